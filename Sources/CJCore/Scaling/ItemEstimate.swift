/// What is known of one item.
public struct ItemEstimate: Sendable, Hashable {
    /// Logits, in the gauge in which all items sum to zero.
    public let ability: Double
    /// Standard deviation of the posterior of the ability, in logits, in the same gauge.
    public let standardError: Double
    /// 1 for the best; items of the same ability share a rank.
    public let rank: Int
    /// Judgements in which the item took part.
    public let comparisons: Int
    /// How many of them it won.
    public let wins: Int
    /// In how many of them the judge saw it first.
    public let shownFirst: Int
    /// Mean square of the residuals weighted by information; 1 is expected, more means that judgements contradict each
    /// other. Nothing for an item without judgements.
    public let infit: Double?
}

/// How well judgements agree with the scale that was made of them.
public struct JudgeFit: Sendable, Hashable {
    /// Σ(x − p)² / Σp(1 − p): mean square of the residuals weighted by information; 1 is expected.
    public let infit: Double
    /// Mean of (x − p)² / p(1 − p), which surprises weigh heavily on; 1 is expected.
    public let outfit: Double
    /// Share of the judgements that were for the item shown first.
    public let firstShare: Double
}
