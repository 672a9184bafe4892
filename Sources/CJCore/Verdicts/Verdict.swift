/// What a judge's reply says, once it has been read strictly.
public struct Verdict: Sendable, Hashable {
    public let outcome: Outcome
    /// How far apart the judge sees the essays; nothing where it was not asked, and where it is undecided.
    public let margin: Margin?
    /// The reason in the judge's words, at most `maximumRationaleLength` characters.
    public let rationale: String
    /// From 1 (unsure) to 5 (sure).
    public let confidence: Int

    /// Unicode scalars that a rationale may have.
    public static let maximumRationaleLength = 2_000
    /// Values that a confidence may have.
    public static let confidences = 1...5

    /// Makes a judgement of the verdict.
    public func judgement(on comparison: Comparison, by judge: Judge.ID) -> Judgement {
        Judgement(
            comparison: comparison, outcome: outcome, margin: margin, judge: judge, confidence: confidence, rationale: rationale)
    }
}

/// How finely a judge is asked to answer; "undecided" is allowed beside each.
public enum VerdictLevels: Int, Sendable, Hashable, CaseIterable {
    /// Which essay is better.
    case two = 2
    /// Which essay is better, and whether slightly or clearly. Each answer tells more; see ``MarginCheck`` for whether it does.
    case four = 4
}
