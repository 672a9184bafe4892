/// Every comparison in the order in which it was made, with what the judge said.
struct JudgementsSection: ReportSection {
    let context: ReportContext

    var html: HTML {
        guard !report.comparisons.isEmpty else { return .empty }
        let judged = context.judged
        let others = report.comparisons.count - judged
        let summary = say(
            "All \(report.judgements(judged)), in the order in which they were made",
            "Alla \(report.judgements(judged)), i den ordning de gjordes")
        let rest =
            others > 0
            ? say(" (and \(count(others)) without an answer)", " (och \(count(others)) utan svar)") : ""
        let body: HTML = """
            <p class="note">\(order)</p>
            <details class="all"><summary>\(summary)\(rest)</summary>
            <ol class="judgements">
            \(report.comparisons.map(entry))</ol>
            </details>

            """
        return section("judgements", say("Every judgement", "Alla bedömningar"), body)
    }

    private var order: String {
        say(
            "The essay that the judge saw first is named first; that is the one its reason calls the first.",
            "Uppsatsen som domaren såg först nämns först; det är den som skälet kallar den första.")
    }

    private func entry(_ comparison: RankingReport.Comparison) -> HTML {
        let reason: HTML =
            comparison.rationale.isEmpty ? .empty : "<p dir=\"auto\">\(comparison.rationale)</p>\n"
        let failure: HTML =
            comparison.failure.isEmpty
            ? .empty : "<p class=\"warm\">\(say("", "På engelska: "))<span lang=\"en\">\(comparison.failure)</span></p>\n"
        return """
            <li id="judgement-\(comparison.number)"><span class="quiet">#\(comparison.number)</span> \
            \(side(comparison, .first)) <span class="quiet">\(say("against", "mot"))</span> \(side(comparison, .second)) \
            <span class="quiet">\(facts(comparison))</span>
            \(reason)\(failure)<p class="trace mono">\(trace(comparison))</p></li>

            """
    }

    private func side(_ comparison: RankingReport.Comparison, _ side: RankingReport.Outcome) -> HTML {
        let name = link(to: side == .first ? comparison.first : comparison.second)
        guard comparison.outcome == side else { return name }
        return "<strong>\(name)</strong> <span class=\"tag\">\(verdict(comparison.margin))</span>"
    }

    private func verdict(_ margin: RankingReport.Margin?) -> String {
        switch margin {
        case .slight: say("slightly better", "lite bättre")
        case .clear: say("clearly better", "klart bättre")
        case nil: say("preferred", "föredragen")
        }
    }

    private func facts(_ comparison: RankingReport.Comparison) -> String {
        var parts: [String] = []
        if comparison.outcome == .tie { parts.append(say("undecided", "oavgjort")) }
        if comparison.outcome == nil { parts.append(StateName(language: language).text(comparison.state)) }
        if let confidence = comparison.confidence {
            parts.append(say("confidence \(confidence) of 5", "säkerhet \(confidence) av 5"))
        }
        if let probability = context.probabilityOfOutcome(comparison), probability < SecondLook.surprising {
            parts.append(say("against the final order", "emot slutlig ordning"))
        }
        if let cost = comparison.cost, !report.judge.simulated { parts.append(cost.formatted(in: language)) }
        return parts.isEmpty ? "" : "· " + parts.joined(separator: " · ")
    }

    private func trace(_ comparison: RankingReport.Comparison) -> String {
        var parts: [String] = []
        if !comparison.requestID.isEmpty { parts.append(say("request", "förfrågan") + " " + comparison.requestID) }
        if !comparison.promptSHA256.isEmpty { parts.append("prompt " + comparison.promptSHA256.prefix(16)) }
        if comparison.model != report.judge.model, !comparison.model.isEmpty { parts.append(comparison.model) }
        return parts.joined(separator: " · ")
    }
}
