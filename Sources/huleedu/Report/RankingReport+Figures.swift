import CJCore

extension RankingReport {
    /// What the run was allowed and asked for.
    struct Limits: Sendable, Hashable {
        /// What to reach before stopping.
        var goal: StoppingGoal
        /// Judgements to make at most.
        var comparisons: Int
        /// Money to spend at most; nil for no limit but the comparisons.
        var money: Money?
        /// Comparisons with the judge at once; nil for the service's default.
        var concurrency: Int?
    }

    /// How far the run is from what it was to reach.
    struct GoalProgress: Sendable, Hashable {
        /// Best guess of the reliability, the tau or the largest deviation of a grade; nil where there are no grades.
        var value: Double?
        /// Probability that it has been reached, 0 to 1.
        var probability: Double
    }

    /// How much of the differences between essays is not chance, with V the variance (n − 1) of the abilities and s their errors.
    struct Reliability: Sendable, Hashable {
        /// Expected squared correlation with the true abilities; what the run stops on.
        var posterior: Double
        /// 1 − (Σs²/n) / V; zero where the error is the larger.
        var scaleSeparation: Double
        /// √(V / (Σs²/n)).
        var separationRatio: Double
        /// Kendall's tau to the true order that the posterior expects.
        var expectedKendallTau: Double
        /// Standard deviation of the prior on abilities, in logits.
        var priorStandardDeviation: Double
        /// An interval that holds the squared correlation nine times in ten.
        var low: Double
        var high: Double
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
        /// 0 to 2; nil for the vendor's default.
        var temperature: Double?
        /// No language model stands behind the judgements.
        var simulated: Bool
        /// Preference for the first place, in logits.
        var positionBias: Double
        var positionBiasStandardError: Double
        /// Standard deviation of the prior on the preference, in logits.
        var positionBiasPrior: Double
        /// Share of judgements for the essay shown first, 0 to 1.
        var firstShare: Double
        /// Mean square of the residuals, weighted by information; 1 is expected.
        var infit: Double
        /// Mean square of the standardised residuals; 1 is expected.
        var outfit: Double
        /// Mean confidence from 1 to 5; nil where the judge gives none.
        var meanConfidence: Double?
        /// How finely it was asked to answer: 2, which essay is better; 4, whether slightly or clearly too.
        var verdictLevels: Int
        /// Share of undecided judgements, 0 to 1.
        var tieShare: Double
        /// What its margins are worth; nil where it gave none.
        var margins: Margins?
    }

    /// What "slightly" and "clearly better" are worth.
    struct Margins: Sendable, Hashable {
        /// Whether the scale rests on them.
        var used: Bool
        /// By how much the differences of the essays explain them better than chance does, in nats.
        var evidence: Double
        /// Clear judgements, as a share of those with a margin.
        var clearShare: Double
        /// Perceived difference in logits from which an essay is clearly better.
        var clearThreshold: Double
        var slight: Repeats
        var clear: Repeats
    }

    /// Pairs judged in both orders, and how many of them the second judgement turned over.
    struct Repeats: Sendable, Hashable {
        var pairs: Int
        var flips: Int
    }

    /// Why the run ended.
    struct Stop: Sendable, Hashable {
        var reason: StopReason
        /// Why it failed, for a person to read, in English or in the provider's language; empty otherwise.
        var failure: String
    }

    /// The ways in which a run ends.
    enum StopReason: String, Sendable, Hashable, CaseIterable {
        case converged
        case comparisonBudget = "comparison_budget"
        case moneyBudget = "money_budget"
        case pairsExhausted = "pairs_exhausted"
        case timeLimit = "time_limit"
        case cancelled
        case judgeFailed = "judge_failed"
        case blindJudge = "blind_judge"
    }

    /// What it cost; with a simulated judge, what it would have cost.
    struct Cost: Sendable, Hashable {
        /// Nil where the model's price is not known.
        var total: Money?
        /// What the provider's prompt cache saved; negative where writing to it cost more than reading brought back.
        var cacheSavings: Money?
        /// Calls to the provider, retries among them.
        var providerCalls: Int
        /// How the judge was asked, and why; empty where that is not on record.
        var dispatch = ""
    }
}
