/// What a judge's reply says, once it has been read strictly.
public struct Verdict: Sendable, Hashable {
    public let outcome: Outcome
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
        Judgement(comparison: comparison, outcome: outcome, judge: judge, confidence: confidence, rationale: rationale)
    }
}
