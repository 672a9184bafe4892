/// How many comparisons an assessment is expected to take until it is reliable enough.
///
/// With R the posterior reliability, the odds R/(1 − R) grow with the information gathered, and information-seeking pairing
/// gathers it the more slowly the better the items are known. To be as certain of the target as ``StoppingRule/usualCertainty`` asks for
/// takes odds that are exp(0.2533·√((4(1 − R)/R + 2)/n)) times as large (see ``Reliability``). In simulations with that rule and
/// pairing (12 to 60 items whose abilities have standard deviations σ from 1.2 to 6, targets from 0.8 to 0.9), the comparisons per item follow
///
///     (1 + 0.5/n) · (4.9 + 11.4/σ²) · (odds/4)^(0.25 + 1/σ),
///
/// and half a comparison more to confirm it, within about a fifth, as long as they stay below the number of other items; repeated pairs tell
/// less. Before the run σ is a guess; during it, the scale says what it is, and what has been reached so far is extrapolated along the same
/// curve.
public struct ExpectedComparisons: Sendable, Hashable {
    public let itemCount: Int
    /// Posterior reliability to reach, between 0 and 1.
    public let targetReliability: Double
    /// Comparisons that every item needs in any case.
    public let minimumComparisonsPerItem: Int
    /// How often a pair may be judged.
    public let maximumJudgementsPerPair: Int

    /// Quantile of the standard normal distribution at the usual certainty, 0.6.
    private static let certaintyInDeviations = 0.2533

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
        totalFrom(
            judged: scale.judgementCount, reliability: scale.reliability.posteriorReliability,
            deviation: scale.priorStandardDeviation)
    }

    func totalFrom(judged count: Int, reliability: Double, deviation: Double) -> Int {
        let judged = Double(count)
        // What has been reached, and the spread that has been found, count for more the longer the run has lasted.
        let trust = judged / (judged + 2 * Double(itemCount))
        let deviation = Self.power(deviation, trust) * Self.power(Self.deviations.usual, 1 - trust)
        let planned = Double(total(deviation: deviation))
        guard reliability > 0, judged > 0 else { return bounded(planned, atLeast: count) }
        let growth = neededOdds / Self.odds(reliability)
        let extrapolated = judged * Self.power(growth, Self.exponent(deviation: deviation))
        let blended = Self.power(extrapolated, trust) * Self.power(planned, 1 - trust)
        return bounded(blended, atLeast: count)
    }

    /// For items of a spread that is known, in logits.
    static func total(items: Int, target: Double, deviation: Double) -> Int {
        ExpectedComparisons(itemCount: items, targetReliability: target).total(deviation: deviation)
    }

    private func total(deviation: Double) -> Int {
        guard itemCount > 1 else { return 0 }
        let count = Double(itemCount)
        let perItem =
            (1 + 0.5 / count) * (4.9 + 11.4 / (deviation * deviation))
            * Self.power(neededOdds / 4, Self.exponent(deviation: deviation))
        return bounded(perItem * count / 2 + count / 4, atLeast: 0)
    }

    /// Rounded up, no less than every item needs, and no more than the pairs allow.
    private func bounded(_ comparisons: Double, atLeast judged: Int) -> Int {
        guard itemCount > 1 else { return 0 }
        let most = itemCount * (itemCount - 1) / 2 * maximumJudgementsPerPair
        let least = (min(minimumComparisonsPerItem, itemCount - 1) * itemCount + 1) / 2 + itemCount / 4
        let wanted = comparisons < Double(most) ? Int(comparisons.rounded(.up)) : most
        return max(judged, min(most, max(least, wanted)))
    }

    /// Odds of the reliability at which the target is certain enough.
    private var neededOdds: Double {
        let odds = Self.odds(targetReliability)
        let deviation = ((4 / odds + 2) / Double(max(1, itemCount))).squareRoot()
        return odds * ElementaryFunctions.exp(Self.certaintyInDeviations * deviation)
    }

    private static func exponent(deviation: Double) -> Double { 0.25 + 1 / deviation }

    private static func odds(_ reliability: Double) -> Double {
        reliability / max(1 - reliability, 1e-9)
    }

    private static func power(_ base: Double, _ exponent: Double) -> Double {
        ElementaryFunctions.exp(exponent * ElementaryFunctions.log(base))
    }
}
