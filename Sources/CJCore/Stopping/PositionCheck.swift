/// Whether a judge looks at the items at all, or answers by the places in which they are shown.
///
/// Language models have been found to name the first item in 38 to 72 of a hundred answers. One that names the same place in all but one
/// of twenty tells nothing of the items: any order that its answers seem to give is one of chance, and must not be taken for a ranking.
/// Decided answers count, ties do not. Of two or three items, whose pairs are judged twice at most, there are too few answers to say it.
public struct PositionCheck: Sendable, Hashable {
    /// Answers for the item shown first, and for the item shown second.
    public let first: Int
    public let second: Int

    /// Share of answers for the other place up to which a judge is taken to go by places.
    private static let largestMinority = 0.05
    /// Answers from which that is said at the end of an assessment, and from which it ends one. A judge that names one place in 72 of a
    /// hundred answers would be wrongly accused with a probability of 0.02 at the end, and of 0.015 before it.
    private static let fewestAtEnd = 12
    private static let fewestToEnd = 20

    /// Counts the answers that a scale rests on.
    public init(_ scale: Scale) {
        let decided = scale.items.reduce(0) { $0 + scale.estimate(of: $1).wins }
        let fit = scale.judgeFit
        let forFirst = (fit?.firstShare ?? 0) * Double(fit?.judgements ?? 0)
        first = Int(forFirst.rounded())
        second = max(0, decided - first)
    }

    /// Whether the answers say nothing of the items, as far as that can be said at the end of an assessment.
    public var isBlind: Bool { first + second >= Self.fewestAtEnd && isOneSided }

    /// Whether they say so clearly enough to ask nothing more.
    public var isHopeless: Bool { first + second >= Self.fewestToEnd && isOneSided }

    private var isOneSided: Bool {
        Double(min(first, second)) <= Self.largestMinority * Double(first + second)
    }
}
