/// What a running assessment will probably have cost in all.
///
/// The comparisons to come are taken to cost what those so far have cost on average. The estimate from before the run counts like five
/// comparisons more, so that the first ones, which pay for writing the vendor's cache, do not stand for all.
struct CostForecast: Sendable, Hashable {
    private static let weightOfEstimate: Int64 = 5

    let nanodollars: Int64

    /// Nil for an assessment that does not run, or whose price is not known.
    init?(_ snapshot: AssessmentSnapshot, counts: [AssessmentSnapshot.Entry.State: Int]) {
        guard snapshot.state == .running, let estimate = snapshot.estimatedCost else { return nil }
        let judged = counts[.judged] ?? 0
        let paid = Int64(judged + (counts[.failed] ?? 0))
        // Nothing more is begun once it is stopping.
        let left = snapshot.reason == nil ? max(0, snapshot.expectedComparisons - judged) : counts[.inFlight] ?? 0
        let each = (snapshot.cost + Self.weightOfEstimate * estimate) / (paid + Self.weightOfEstimate)
        let expected = snapshot.cost + Int64(left) * each
        nanodollars = max(snapshot.cost, min(expected, snapshot.stopping.maximumCost ?? .max))
    }
}
