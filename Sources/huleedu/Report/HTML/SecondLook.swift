/// What a teacher should look at first: the judgements that go most against the order, the essays judged most unevenly.
struct SecondLook: ReportSection {
    /// Judgements and essays listed.
    static let listed = 5
    /// Judgements with a probability below this are surprising.
    static let surprising = 0.2

    let context: ReportContext

    var html: HTML {
        let surprises = surprises.map(entry)
        let uneven = uneven.map(entry)
        guard !surprises.isEmpty || !uneven.isEmpty else { return .empty }
        let first: HTML =
            surprises.isEmpty
            ? .empty
            : """
            <p>\(intro)</p>
            <ul>
            \(surprises)</ul>

            """
        let second: HTML =
            uneven.isEmpty
            ? .empty
            : """
            <p>\(say("Essays whose judgements contradict each other:", "Uppsatser vars bedömningar säger emot varandra:"))</p>
            <ul>
            \(uneven)</ul>

            """
        return "<h3>\(say("Worth a second look", "Värt att titta på igen"))</h3>\n\(first)\(second)"
    }

    private var intro: String {
        say(
            "Judgements most against the final order; where it matters, read the two essays yourself:",
            "Bedömningar mest emot den slutliga ordningen; läs själv de båda uppsatserna där det är viktigt:")
    }

    private var surprises: [(comparison: RankingReport.Comparison, probability: Double)] {
        report.judgements
            .compactMap { comparison in context.probabilityOfOutcome(comparison).map { (comparison, $0) } }
            .filter { $0.1 < Self.surprising }
            .sorted { ($0.1, $0.0.number) < ($1.1, $1.0.number) }
            .prefix(Self.listed)
            .map { ($0.0, $0.1) }
    }

    private var uneven: [(place: Int, infit: Double)] {
        report.items.enumerated()
            .compactMap { place, item -> (Int, Double)? in
                guard let infit = item.infit, infit > Misfit.limit, item.comparisons >= Misfit.fewestComparisons else {
                    return nil
                }
                return (place, infit)
            }
            .sorted { $0.1 > $1.1 }
            .prefix(Self.listed)
            .map { ($0.0, $0.1) }
    }

    private func entry(_ surprise: (comparison: RankingReport.Comparison, probability: Double)) -> HTML {
        let comparison = surprise.comparison
        guard let winner = comparison.winner else { return .empty }
        let loser = comparison.opponent(of: winner)
        let expected =
            surprise.probability < 0.01
            ? say("under 1%", "under 1 %") : percent(surprise.probability)
        let sentence: HTML = language.say(
            "\(link(to: winner)) over \(link(to: loser)), expected with a probability of \(expected)",
            "\(link(to: winner)) före \(link(to: loser)), väntat med sannolikheten \(expected)")
        return
            """
            <li>\(sentence) (<a href="#judgement-\(comparison.number)">\(say("judgement", "bedömning")) \
            \(comparison.number)</a>)</li>

            """
    }

    private func entry(_ uneven: (place: Int, infit: Double)) -> HTML {
        "<li>\(link(toItem: uneven.place)), \(say("fit", "passning")) \(decimal(uneven.infit))</li>\n"
    }
}
