/// Essay by essay: its place, what the judge said about it, the text itself; folded until opened.
struct EssaysSection: ReportSection {
    /// Judgements of the whole report up to which the rationale stands with the essay too and not only in the full list.
    static let repeatedRationales = 2_000

    let context: ReportContext

    var html: HTML {
        guard !report.items.isEmpty else { return .empty }
        let intro = say(
            "Open an essay to see every judgement of it, with the judge's reason, and the text.",
            "Öppna en uppsats för att se alla bedömningar av den, med domarens skäl, och texten.")
        return section(
            "essays", say("Essay by essay", "Uppsats för uppsats"),
            "<p class=\"note\">\(intro)</p>\n\(report.items.indices.map(essay))")
    }

    private func essay(_ place: Int) -> HTML {
        let item = report.items[place]
        let grade: HTML = item.gradeWithStep.map { "<span class=\"tag\">\($0)</span>" } ?? .empty
        let rank: HTML = report.isRanked ? "<span class=\"rank\">\(item.rank)</span> " : .empty
        let figures: HTML =
            report.isRanked
            ? " <span class=\"quiet\">\(signed(item.ability)) ± \(decimal(item.standardError))</span>" : .empty
        let entries = context.comparisonsOfItem[place].map { entry(report.comparisons[$0], of: item.id) }
        let list: HTML =
            entries.isEmpty
            ? "<p>\(say("It was not compared.", "Den jämfördes inte."))</p>\n" : "<ul class=\"verdicts\">\n\(entries)</ul>\n"
        return """
            <details class="essay" id="essay-\(place + 1)">
            <summary>\(rank)<bdi>\(item.id)</bdi> \(grade)\(figures)</summary>
            \(facts(item))\(grades(item))\(list)\(text(item))</details>

            """
    }

    private func facts(_ item: RankingReport.Item) -> HTML {
        guard report.isRanked else { return .empty }
        let reach = DotChart.halfInterval * item.standardError
        let (low, high) = (signed(item.ability - reach), signed(item.ability + reach))
        var parts = [
            say(
                "Preferred in \(item.wins) of \(item.comparisons) judgements",
                "Föredragen i \(item.wins) av \(item.comparisons) bedömningar"),
            say("shown first in \(item.shownFirst)", "visad först i \(item.shownFirst)"),
            say(
                "true place between \(low) and \(high) with 95% probability",
                "sann plats mellan \(low) och \(high) med 95 % sannolikhet"),
        ]
        if let infit = item.infit { parts.append(say("fit \(decimal(infit))", "passning \(decimal(infit))")) }
        if let anchor = item.anchorGrade {
            parts.append(say("anchor with the known grade \(anchor)", "ankare med det kända betyget \(anchor)"))
        }
        return "<p class=\"note\">\(parts.joined(separator: ", ")).</p>\n"
    }

    private func grades(_ item: RankingReport.Item) -> HTML {
        guard !item.gradeProbabilities.isEmpty else { return .empty }
        let entries = item.gradeProbabilities.map { grade -> HTML in
            return """
                <li><b>\(grade.grade)</b> \(meter(grade.probability)) \(percent(grade.probability))</li>

                """
        }
        return
            """
            <ul class="grades" \
            aria-label="\(say("Probability of each grade, by the scale", "Sannolikhet för varje betyg, enligt skalan"))">
            \(entries)</ul>

            """
    }

    private func word(won: Bool, margin: RankingReport.Margin?) -> String {
        switch margin {
        case .slight: won ? say("slightly better than", "lite bättre än") : say("slightly weaker than", "lite svagare än")
        case .clear: won ? say("clearly better than", "klart bättre än") : say("clearly weaker than", "klart svagare än")
        case nil: won ? say("better than", "bättre än") : say("weaker than", "svagare än")
        }
    }

    private func entry(_ comparison: RankingReport.Comparison, of id: String) -> HTML {
        let number: HTML = "<a class=\"quiet\" href=\"#judgement-\(comparison.number)\">#\(comparison.number)</a>"
        let opponent = link(to: comparison.opponent(of: id))
        guard let winner = comparison.winner else {
            return
                """
                <li class="none">\(opponent) <span \
                class="tag">\(comparison.outcome == .tie ? say("undecided", "oavgjort") : StateName(language: language).text(comparison.state))\
                </span> \(number)</li>

                """
        }
        let won = winner == id
        let kind: HTML = won ? "won" : "lost"
        let word = word(won: won, margin: comparison.margin)
        // The judge's reason speaks of the first and the second essay.
        let order =
            comparison.first == id
            ? say("shown first", "visad först") : say("shown second", "visad sist")
        let reason: HTML =
            context.judged <= Self.repeatedRationales && !comparison.rationale.isEmpty
            ? "<p dir=\"auto\">\(comparison.rationale)</p>" : .empty
        return """
            <li class="\(kind)"><i class="key \(kind)"></i>\(word) \(opponent) \(number) \
            <small class="quiet">\(order)</small>\(reason)</li>

            """
    }

    private func text(_ item: RankingReport.Item) -> HTML {
        guard let text = item.text else { return .empty }
        return """
            <details class="text"><summary>\(say("The essay", "Uppsatsen"))</summary>
            <div class="prose" dir="auto">\(text)</div></details>

            """
    }
}

/// What the state of a comparison is called.
struct StateName {
    let language: Language

    func text(_ state: RankingReport.State) -> String {
        switch state {
        case .inFlight: language.say("not answered", "inte besvarad")
        case .judged: language.say("judged", "bedömd")
        case .failed: language.say("failed", "misslyckad")
        case .cancelled: language.say("cancelled", "avbruten")
        }
    }
}
