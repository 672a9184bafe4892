/// Decides whether an assessment has what was asked for, or has spent what it may.
///
/// An assessment has converged when three things hold: all items are connected through judged pairs; every item has been
/// compared a minimum of times (or with everybody, where there are fewer others); and the posterior reliability has reached
/// the target. The rule may look after every judgement: a posterior means the same whenever one looks, whereas the scale
/// separation reliability is carried over a line by chance (see `Reliability`). In simulations that looked after every
/// judgement of information-seeking pairing (30 items, target 0.85), the squared correlation with the truth at the stop was on
/// average 0.81 where abilities had a standard deviation of 1 logit, 0.88 at 2, 0.90 at 3 and 0.92 at 6.
///
/// The rule always ends an assessment: pairs run out.
public struct StoppingRule: Sendable, Hashable {
    /// Posterior reliability to reach, between 0 and 1.
    public var targetReliability: Double
    /// Comparisons to pay for at most.
    public var maximumComparisons: Int
    /// Nano-dollars to spend at most; nothing sets no limit.
    public var maximumCost: Int?
    /// Comparisons that every item needs before the rule believes the reliability.
    public var minimumComparisonsPerItem: Int

    /// Comparisons per item that a budget allows when none is given; human practice is 20 (Kinnear, Jones and Davies 2025).
    private static let usualComparisonsPerItem = 20

    /// Sets the aims; `targetReliability` must lie between 0 and 1, limits must not be negative.
    public init(
        targetReliability: Double = 0.85, maximumComparisons: Int, maximumCost: Int? = nil, minimumComparisonsPerItem: Int = 6
    ) {
        precondition(targetReliability > 0 && targetReliability < 1, "a reliability lies between 0 and 1")
        precondition(maximumComparisons >= 0 && maximumCost ?? 0 >= 0, "a budget is not negative")
        precondition(minimumComparisonsPerItem >= 0, "a minimum is not negative")
        self.targetReliability = targetReliability
        self.maximumComparisons = maximumComparisons
        self.maximumCost = maximumCost
        self.minimumComparisonsPerItem = minimumComparisonsPerItem
    }

    /// Judgements that are reasonable to pay for at most when nobody says otherwise: 20 comparisons per item, or as many as
    /// there are when every pair may be judged so often at most.
    public static func usualMaximumComparisons(items: Int, maximumJudgementsPerPair: Int = 2) -> Int {
        guard items > 1 else { return 0 }
        return min(items * usualComparisonsPerItem / 2, items * (items - 1) / 2 * maximumJudgementsPerPair)
    }

    /// Weighs what is known.
    /// - Parameters:
    ///   - scale: The scale of everything judged; nothing before the first judgement.
    ///   - judged: Comparisons that are over: those judged, and those given up, which were paid for too.
    ///   - inFlight: Comparisons that a judge has been given and has not answered.
    ///   - cost: Nano-dollars spent so far.
    ///   - expectedCostPerComparison: Nano-dollars to set aside for one more comparison, and for each of those in flight; with the most
    ///     that one can cost, the limit on money is not exceeded. Zero where it is not known, in which case money stops an assessment
    ///     only once it is spent.
    ///   - pairsLeft: Comparisons that may still be started, as `PairingState.comparisonsLeft` counts them.
    public func decide(
        scale: Scale?, judged: Int, inFlight: Int, cost: Int, expectedCostPerComparison: Int, pairsLeft: Int
    ) -> StoppingDecision {
        if let scale, hasConverged(scale) { return .stop(.converged) }
        let comparisonsLeft = maximumComparisons - judged - inFlight
        let moneyLeft = comparisonsForMoneyLeft(
            inFlight: inFlight, cost: cost, expectedCostPerComparison: expectedCostPerComparison)
        let mayStart = min(comparisonsLeft, moneyLeft, pairsLeft)
        if mayStart > 0 { return .continue(mayStart: mayStart) }
        if inFlight > 0 { return .continue(mayStart: 0) }
        if comparisonsLeft <= 0 { return .stop(.comparisonBudget) }
        return .stop(moneyLeft <= 0 ? .moneyBudget : .pairsExhausted)
    }

    /// Whether a scale is as good as was asked for.
    public func hasConverged(_ scale: Scale) -> Bool {
        guard scale.items.count > 1, scale.isConnected else { return false }
        guard scale.reliability.posteriorReliability >= targetReliability else { return false }
        let minimum = min(minimumComparisonsPerItem, scale.items.count - 1)
        return scale.items.allSatisfy { scale.estimate(of: $0).comparisons >= minimum }
    }

    private func comparisonsForMoneyLeft(inFlight: Int, cost: Int, expectedCostPerComparison: Int) -> Int {
        guard let maximumCost else { return .max }
        let (reserved, overflow) = inFlight.multipliedReportingOverflow(by: max(0, expectedCostPerComparison))
        guard !overflow, cost < maximumCost, maximumCost - cost > reserved else { return 0 }
        guard expectedCostPerComparison > 0 else { return .max }
        return (maximumCost - cost - reserved) / expectedCostPerComparison
    }
}
