/// Whether the judge's own confidence means anything: for each level, how often it agrees with the final order.
struct ConfidenceTable: ReportSection {
    let context: ReportContext

    var html: HTML {
        let rows = (1...5).reversed().compactMap(row)
        guard !rows.isEmpty else { return .empty }
        let heads: [HTML] = [
            "<th scope=\"col\">\(say("Confidence", "Säkerhet"))</th>",
            "<th scope=\"col\" class=\"num\">\(say("Judgements", "Bedömningar"))</th>",
            "<th scope=\"col\">\(say("In line with the final order", "I linje med slutlig ordning"))</th>",
        ]
        return """
            <h3>\(say("Is it right when it is sure?", "Har den rätt när den är säker?"))</h3>
            <table class="small">
            <caption class="unseen">\(say("Agreement by confidence", "Överensstämmelse efter säkerhet"))</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            <p class="note">\(note)</p>

            """
    }

    private func row(_ level: Int) -> HTML? {
        let judged = report.judgements.filter { $0.confidence == level }
        guard !judged.isEmpty else { return nil }
        let along = judged.filter(agrees).count
        let share = Double(along) / Double(judged.count)
        return """
            <tr><th scope="row">\(level) <span class="quiet">\(name(level))</span></th>\
            <td class="num">\(count(judged.count))</td><td>\(meter(share)) \(percent(share))</td></tr>

            """
    }

    private func name(_ level: Int) -> String {
        switch level {
        case 5: say("certain", "säker")
        case 1: say("a guess", "en gissning")
        default: ""
        }
    }

    private func agrees(_ comparison: RankingReport.Comparison) -> Bool {
        guard let winner = comparison.winner, let first = context.index[winner],
            let second = context.index[comparison.opponent(of: winner)]
        else { return false }
        return report.items[first].ability >= report.items[second].ability
    }

    private var note: String {
        let mean = report.judge.meanConfidence.map { decimal($0, 1) } ?? "–"
        return say(
            """
            Mean confidence \(mean) of 5. The scale does not use it. Pairs are chosen close together, so even a good judge \
            agrees with the final order in far from all of them.
            """,
            """
            Genomsnittlig säkerhet \(mean) av 5. Skalan använder den inte. Paren väljs tätt ihop, så även en bra domare \
            stämmer långt ifrån alltid med den slutliga ordningen.
            """
        )
    }
}
