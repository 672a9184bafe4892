/// Why an assessment ends.
public enum StopReason: String, Sendable, Hashable, CaseIterable {
    /// The scale is as good as was asked for.
    case converged
    /// As many judgements as may be paid for have been made.
    case comparisonBudget
    /// One more comparison could cost more than is left.
    case moneyBudget
    /// Every pair has been judged as often as it may be.
    case pairsExhausted
    /// The judge answers by the places in which items are shown (see ``PositionCheck``); there is no ranking.
    case blindJudge

    /// Whether the scale may be shown as a ranking.
    public var leavesRanking: Bool { self != .blindJudge }
}

/// What to do next.
public enum StoppingDecision: Sendable, Hashable {
    /// Go on; so many comparisons may be started now. Zero means to wait for those in flight.
    case `continue`(mayStart: Int)
    /// Start nothing more.
    case stop(StopReason)
}
