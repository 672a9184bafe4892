/// How well judgements agree with the scale that was made of them.
public struct JudgeFit: Sendable, Hashable {
    /// How many they are, by weight.
    public let judgements: Int
    /// Σ(x − p)² / Σp(1 − p): mean square of the residuals weighted by information; 1 is expected.
    public let infit: Double
    /// Mean of (x − p)² / p(1 − p), which surprises weigh heavily on; 1 is expected.
    public let outfit: Double
    /// Share of the judgements that were for the item shown first.
    public let firstShare: Double
}

/// What is known of one judge.
public struct JudgeEstimate: Sendable, Hashable, Identifiable {
    public let id: Judge.ID
    public let fit: JudgeFit
    /// Preference for the first place, in logits; below zero, it prefers the second. That of all judges where judges have none of their
    /// own, and zero where there is none.
    public let positionBias: Double
    /// Standard deviation of the posterior of the position bias, in logits; zero where the bias was held at zero.
    public let positionBiasStandardError: Double
    /// κ: how sharply the judge tells items apart, 1 being usual; a judge at 0.5 sees half of every difference through the same noise.
    public let discrimination: Double
}
