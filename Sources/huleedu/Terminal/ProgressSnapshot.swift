import CJCore

/// How far an assessment has come.
struct ProgressSnapshot: Sendable, Hashable {
    /// Comparisons with a judgement.
    var judged: Int
    /// Judgements expected in all; nil where nothing can be said yet.
    var expected: Int?
    /// Comparisons given up after every attempt.
    var failed: Int
    /// Nil until there is something to estimate from.
    var reliability: Double?
    /// What the assessment is to reach.
    var goal: StoppingGoal
    /// Nil where the price is not known.
    var spent: Money?
    /// What it will probably have cost in all; nil where nothing can be said.
    var forecast: Money?
    /// No language model stands behind the judgements.
    var simulated: Bool
}
