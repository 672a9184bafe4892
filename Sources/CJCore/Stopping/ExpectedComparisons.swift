/// How many comparisons an assessment is expected to take until it is reliable enough.
///
/// With R the posterior reliability, the odds R/(1 − R) grow with the information gathered, and information-seeking pairing
/// gathers it the more slowly the better the items are known. In simulations with that pairing (12 to 60 items whose abilities
/// have standard deviations σ from 1 to 6, targets from 0.8 to 0.9), the comparisons per item follow
///
///     (1 + 3.8/n) · (5.3 + 11.4/σ²) · (odds/4)^(0.25 + 0.82/σ)
///
/// within about 20 %, as long as they stay below the number of other items; repeated pairs tell less. Before the run σ is a guess; during it, the scale says what it is, and what has been reached so far is
/// extrapolated along the same curve.
public struct ExpectedComparisons: Sendable, Hashable {
    public let itemCount: Int
    /// Posterior reliability to reach, between 0 and 1.
    public let targetReliability: Double
    /// Comparisons that every item needs in any case.
    public let minimumComparisonsPerItem: Int
    /// How often a pair may be judged.
    public let maximumJudgementsPerPair: Int

    /// Standard deviation of abilities that is usual, in logits, and those that are unusually large and small.
    private static let deviations = (large: 5.0, usual: 2.2, small: 1.2)

    /// Plans for so many items; `targetReliability` must lie between 0 and 1.
    public init(
        itemCount: Int, targetReliability: Double, minimumComparisonsPerItem: Int = 6, maximumJudgementsPerPair: Int = 2
    ) {
        precondition(targetReliability > 0 && targetReliability < 1, "a reliability lies between 0 and 1")
        self.itemCount = itemCount
        self.targetReliability = targetReliability
        self.minimumComparisonsPerItem = minimumComparisonsPerItem
        self.maximumJudgementsPerPair = maximumJudgementsPerPair
    }

    /// The number to tell before anything is known of the items.
    public var beforeTheRun: Int {
        total(deviation: Self.deviations.usual)
    }

    /// The numbers between which most assessments end: from items that differ much to items that are much alike.
    public var rangeBeforeTheRun: ClosedRange<Int> {
        total(deviation: Self.deviations.large)...total(deviation: Self.deviations.small)
    }

    /// The number to tell when some judgements are in: all of the run's, those made so far among them.
    public func total(given scale: Scale) -> Int {
        let judged = Double(scale.judgementCount)
        let reliability = scale.reliability.posteriorReliability
        let planned = Double(total(deviation: scale.priorStandardDeviation))
        guard reliability > 0, judged > 0 else { return bounded(planned, atLeast: 0) }
        let exponent = Self.exponent(deviation: scale.priorStandardDeviation)
        let growth = Self.odds(targetReliability) / Self.odds(reliability)
        let extrapolated = judged * Self.power(growth, exponent)
        // What has been reached counts for more the longer the run has lasted.
        let trust = judged / (judged + 2 * Double(itemCount))
        let blended = Self.power(extrapolated, trust) * Self.power(planned, 1 - trust)
        return bounded(blended, atLeast: scale.judgementCount)
    }

    private func total(deviation: Double) -> Int {
        guard itemCount > 1 else { return 0 }
        let count = Double(itemCount)
        let perItem =
            (1 + 3.8 / count) * (5.3 + 11.4 / (deviation * deviation))
            * Self.power(Self.odds(targetReliability) / 4, Self.exponent(deviation: deviation))
        return bounded(perItem * count / 2, atLeast: 0)
    }

    /// Rounded up, no less than every item needs, and no more than the pairs allow.
    private func bounded(_ comparisons: Double, atLeast judged: Int) -> Int {
        guard itemCount > 1 else { return 0 }
        let most = itemCount * (itemCount - 1) / 2 * maximumJudgementsPerPair
        let least = (min(minimumComparisonsPerItem, itemCount - 1) * itemCount + 1) / 2
        let wanted = comparisons < Double(most) ? Int(comparisons.rounded(.up)) : most
        return max(judged, min(most, max(least, wanted)))
    }

    private static func exponent(deviation: Double) -> Double { 0.25 + 0.82 / deviation }

    private static func odds(_ reliability: Double) -> Double {
        reliability / max(1 - reliability, 1e-9)
    }

    private static func power(_ base: Double, _ exponent: Double) -> Double {
        ElementaryFunctions.exp(exponent * ElementaryFunctions.log(base))
    }
}
