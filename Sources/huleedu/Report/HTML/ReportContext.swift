import Glibc

/// A report with the look-ups that its sections share.
struct ReportContext: Sendable {
    let report: RankingReport
    /// Place of an essay in `report.items`, by id.
    let index: [String: Int]
    /// Places in `report.comparisons` of the comparisons an essay took part in, by place of the essay.
    let comparisonsOfItem: [[Int]]
    /// How many comparisons brought a judgement.
    let judged: Int

    init(_ report: RankingReport) {
        self.report = report
        index = Dictionary(
            report.items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var comparisons = [[Int]](repeating: [], count: report.items.count)
        for (place, comparison) in report.comparisons.enumerated() {
            for id in [comparison.first, comparison.second] {
                if let item = index[id] { comparisons[item].append(place) }
            }
        }
        comparisonsOfItem = comparisons
        judged = report.comparisons.count { $0.outcome != nil }
    }

    /// How probable the model says the outcome of a comparison was, given where both essays came out and the judge's
    /// preference for a place: logistic(θ first − θ second + β), or one minus that. Nil without a decided judgement.
    func probabilityOfOutcome(_ comparison: RankingReport.Comparison) -> Double? {
        guard let outcome = comparison.outcome, outcome != .tie, let first = index[comparison.first],
            let second = index[comparison.second]
        else { return nil }
        let difference = report.items[first].ability - report.items[second].ability + report.judge.positionBias
        return Logistic.probability(outcome == .first ? difference : -difference)
    }
}

/// The function that turns a difference in logits into a probability.
enum Logistic {
    static func probability(_ logits: Double) -> Double {
        guard logits.isFinite else { return 0.5 }
        return 1 / (1 + exponential(-logits))
    }

    private static func exponential(_ value: Double) -> Double {
        Glibc.exp(value)
    }
}
