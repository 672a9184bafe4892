/// Decides whether an assessment has what was asked for, or has spent what it may.
///
/// An assessment has converged when three things hold: all items are connected through judged pairs; every item has been
/// compared a minimum of times (or with everybody, where there are fewer others); and the goal has been reached with the
/// certainty asked for, now and before the latest judgements came in (``confirmation(items:)``), so that one lucky look does not end
/// it. The rule may look after every judgement.
///
/// The rule always ends an assessment: pairs run out.
public struct StoppingRule: Sendable, Hashable {
    public var goal: StoppingGoal
    /// Probability with which the goal must have been reached, between 0 and 1.
    public var certainty: Double
    /// Comparisons to pay for at most.
    public var maximumComparisons: Int
    /// Nano-dollars to spend at most; nothing sets no limit.
    public var maximumCost: Int?
    /// Comparisons that every item needs before the rule believes the scale.
    public var minimumComparisonsPerItem: Int

    /// Comparisons per item that a budget allows when none is given; human practice is 20 (Kinnear, Jones and Davies 2025).
    private static let usualComparisonsPerItem = 20
    /// Items for each judgement that must have come in between two looks.
    private static let itemsForEachFreshJudgement = 4
    /// Certainty that is asked for when nobody says otherwise.
    public static let usualCertainty = 0.6

    /// Sets the aims; limits must not be negative.
    public init(
        goal: StoppingGoal, certainty: Double = StoppingRule.usualCertainty, maximumComparisons: Int, maximumCost: Int? = nil,
        minimumComparisonsPerItem: Int = 6
    ) {
        precondition(goal.isSound, "a reliability and a τ lie between 0 and 1, a deviation above 0")
        precondition(certainty > 0 && certainty < 1, "a probability to reach lies between 0 and 1")
        precondition(maximumComparisons >= 0 && maximumCost ?? 0 >= 0, "a budget is not negative")
        precondition(minimumComparisonsPerItem >= 0, "a minimum is not negative")
        self.goal = goal
        self.certainty = certainty
        self.maximumComparisons = maximumComparisons
        self.maximumCost = maximumCost
        self.minimumComparisonsPerItem = minimumComparisonsPerItem
    }

    /// Aims at a reliability between 0 and 1.
    public init(
        targetReliability: Double = 0.85, maximumComparisons: Int, maximumCost: Int? = nil, minimumComparisonsPerItem: Int = 6
    ) {
        self.init(
            goal: .reliability(targetReliability), maximumComparisons: maximumComparisons, maximumCost: maximumCost,
            minimumComparisonsPerItem: minimumComparisonsPerItem)
    }

    /// Judgements that must have come in between two looks that both find the goal reached, so that they differ by fresh data.
    public func confirmation(items: Int) -> Int { max(1, items / Self.itemsForEachFreshJudgement) }

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
    ///   - grades: for each item of a scale the probabilities of its grades; asked for where the goal is about grades.
    ///   - earlierScale: The scale of all judgements but so many of the latest; asked for where the goal seems to have been reached.
    public func decide(
        scale: Scale?, judged: Int, inFlight: Int, cost: Int, expectedCostPerComparison: Int, pairsLeft: Int,
        grades: (Scale) -> [[Double]] = { _ in [] }, earlierScale: (Int) -> Scale
    ) -> StoppingDecision {
        if let scale, PositionCheck(scale).isHopeless { return .stop(.blindJudge) }
        if let scale, hasConverged(scale, grades: grades, earlierScale: earlierScale) {
            return .stop(PositionCheck(scale).isBlind ? .blindJudge : .converged)
        }
        let comparisonsLeft = maximumComparisons - judged - inFlight
        let moneyLeft = comparisonsForMoneyLeft(
            inFlight: inFlight, cost: cost, expectedCostPerComparison: expectedCostPerComparison)
        let mayStart = min(comparisonsLeft, moneyLeft, pairsLeft)
        if mayStart > 0 { return .continue(mayStart: mayStart) }
        if inFlight > 0 { return .continue(mayStart: 0) }
        if let scale, PositionCheck(scale).isBlind { return .stop(.blindJudge) }
        if comparisonsLeft <= 0 { return .stop(.comparisonBudget) }
        return .stop(moneyLeft <= 0 ? .moneyBudget : .pairsExhausted)
    }

    /// Whether a scale is as good as was asked for, and was so before the latest judgements.
    public func hasConverged(
        _ scale: Scale, grades: (Scale) -> [[Double]] = { _ in [] }, earlierScale: (Int) -> Scale
    ) -> Bool {
        guard scale.items.count > 1, scale.isConnected else { return false }
        let minimum = min(minimumComparisonsPerItem, scale.items.count - 1)
        guard scale.items.allSatisfy({ scale.estimate(of: $0).comparisons >= minimum }) else { return false }
        return isReached(scale, grades: grades)
            && isReached(earlierScale(confirmation(items: scale.items.count)), grades: grades)
    }

    /// How far a scale is from the goal.
    public func progress(of scale: Scale, grades: (Scale) -> [[Double]] = { _ in [] }) -> GoalProgress {
        GoalProgress(goal: goal, scale: scale, grades: grades)
    }

    private func isReached(_ scale: Scale, grades: (Scale) -> [[Double]]) -> Bool {
        progress(of: scale, grades: grades).probability >= certainty
    }

    private func comparisonsForMoneyLeft(inFlight: Int, cost: Int, expectedCostPerComparison: Int) -> Int {
        guard let maximumCost else { return .max }
        let (reserved, overflow) = inFlight.multipliedReportingOverflow(by: max(0, expectedCostPerComparison))
        guard !overflow, cost < maximumCost, maximumCost - cost > reserved else { return 0 }
        guard expectedCostPerComparison > 0 else { return .max }
        return (maximumCost - cost - reserved) / expectedCostPerComparison
    }
}
