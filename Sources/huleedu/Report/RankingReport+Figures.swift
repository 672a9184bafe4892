extension RankingReport {
    /// How much of the differences between essays is not chance.
    struct Reliability: Sendable, Hashable {
        /// Share of the variance of the abilities that is not error, from the posterior; what the run stops on.
        var posterior: Double
        /// 1 − mean squared standard error / variance of the abilities.
        var scaleSeparation: Double
        /// Square root of variance of the abilities / mean squared standard error.
        var separationRatio: Double
        /// Kendall's tau to the true order that the posterior expects.
        var expectedKendallTau: Double
        /// Standard deviation of the prior on abilities, in logits.
        var priorStandardDeviation: Double
    }

    /// The figures at one moment of the run.
    struct ScalePoint: Sendable, Hashable {
        /// Judgements so far.
        var judged: Int
        var posterior: Double
        var scaleSeparation: Double
        /// Nil where the price is not known.
        var cost: Money?
    }

    /// Who judged, and how well the judgements hang together.
    struct Judge: Sendable, Hashable {
        var provider: String
        var model: String
        var promptVersion: String
        /// No language model stands behind the judgements.
        var simulated: Bool
        /// Preference for the first place, in logits.
        var positionBias: Double
        var positionBiasStandardError: Double
        /// Share of judgements for the essay shown first, 0 to 1.
        var firstShare: Double
        /// Mean square of the residuals, weighted by information; 1 is expected.
        var infit: Double
        /// Mean square of the standardised residuals; 1 is expected.
        var outfit: Double
        /// Mean confidence from 1 to 5; nil where the judge gives none.
        var meanConfidence: Double?
    }

    /// Why the run ended.
    struct Stop: Sendable, Hashable {
        var reason: StopReason
        /// Why it failed, for a person to read; empty otherwise.
        var failure: String
    }

    /// The ways in which a run ends.
    enum StopReason: String, Sendable, Hashable, CaseIterable {
        case converged
        case comparisonBudget = "comparison_budget"
        case moneyBudget = "money_budget"
        case pairsExhausted = "pairs_exhausted"
        case cancelled
        case judgeFailed = "judge_failed"
    }

    /// What it cost.
    struct Cost: Sendable, Hashable {
        /// Nil where the model's price is not known.
        var total: Money?
        /// What the provider's prompt cache saved; negative where writing to it cost more than reading brought back.
        var cacheSavings: Money?
        /// Calls to the provider, retries among them.
        var providerCalls: Int
    }
}
