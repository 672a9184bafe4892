/// How far scales that rest on two halves of the judgements agree.
///
/// Judges are split at random into two halves, or the judgements where there is one judge; each half gives a scale of its own, and
/// Pearson's correlation r is taken of the abilities of the items that occur in both. That is repeated (Bisson, Gilmore, Inglis and Jones
/// 2016, "Measuring conceptual understanding using comparative judgement"). Halves of the judges disagree on what judges disagree
/// on, and halves of one judge's judgements do not: the latter is agreement of a judge with itself.
public struct SplitHalves: Sendable, Hashable {
    /// What was split.
    public enum Unit: String, Sendable, Hashable {
        case judges, judgements
    }

    public let unit: Unit
    /// Splits of which both halves gave a scale of three items or more in common.
    public let splits: Int
    /// Mean of r over the splits.
    public let mean: Double
    /// Ends of an interval that holds r of nine splits in ten. It tells how much the split matters, not what other judges would bring.
    public let low: Double
    public let high: Double

    /// 2r/(1 + r): what r of the mean says of scales that rest on as many judgements as there are (Spearman 1910; Brown 1910).
    public var fullLength: Double { mean > -1 ? 2 * mean / (1 + mean) : -1 }

    private static let fewestItems = 3
    /// Shares of the splits that lie below the ends of the interval.
    private static let (lowShare, highShare) = (0.05, 0.95)

    /// Splits judgements, again and again.
    ///
    /// - Parameter abilities: of the items of a half, all of which were judged, in the order of their numbers.
    /// - Returns: nothing where no split could be used.
    init?(
        _ judgements: IndexedJudgements, splits: Int, seed: UInt64, abilities: (IndexedJudgements) -> [Double]
    ) {
        let unit = judgements.judgeCount > 1 ? Unit.judges : .judgements
        self.unit = unit
        var correlations: [Double] = []
        for split in 0..<max(0, splits) {
            var random = SplitMix64(seed: seed, stream: UInt64(split))
            let isInFirst = Self.half(of: unit == .judges ? judgements.judgeCount : judgements.count, using: &random)
            func places(onSide side: Bool) -> [Double] {
                HalfScale(judgements, abilities: abilities) { isInFirst[unit == .judges ? $1 : $0] == side }.abilities
            }
            let common = zip(places(onSide: true), places(onSide: false)).filter { !$0.0.isNaN && !$0.1.isNaN }
            guard common.count >= Self.fewestItems else { continue }
            correlations.append(Agreement.correlation(common.map(\.0), common.map(\.1)))
        }
        guard !correlations.isEmpty else { return nil }
        self.splits = correlations.count
        mean = correlations.reduce(0, +) / Double(correlations.count)
        correlations.sort()
        low = Self.quantile(Self.lowShare, of: correlations)
        high = Self.quantile(Self.highShare, of: correlations)
    }

    /// Which half of so many belong to the first half; every choice is equally likely (Knuth's algorithm S).
    static func half(of count: Int, using random: inout some RandomNumberGenerator) -> [Bool] {
        var wanted = count / 2
        return (0..<count).map { place in
            let isIn = random.below(count - place) < wanted
            wanted -= isIn ? 1 : 0
            return isIn
        }
    }

    /// The value below which a share of ascending values lies, between its two neighbours in proportion.
    static func quantile(_ share: Double, of values: [Double]) -> Double {
        let place = share * Double(values.count - 1)
        let below = Int(place)
        let above = min(below + 1, values.count - 1)
        return values[below] + (place - Double(below)) * (values[above] - values[below])
    }
}

/// The scale of a half of the judgements.
private struct HalfScale {
    /// By the items' numbers in the whole; not a number for an item that was not judged in this half.
    private(set) var abilities: [Double]

    init(
        _ whole: IndexedJudgements, abilities estimate: (IndexedJudgements) -> [Double],
        where isIn: (_ place: Int, _ judge: Int) -> Bool
    ) {
        abilities = Array(repeating: .nan, count: whole.itemCount)
        let (half, items) = whole.selecting(isIn)
        guard !items.isEmpty else { return }
        for (item, ability) in zip(items, estimate(half)) { abilities[item] = ability }
    }
}

extension ScaleEstimator {
    /// How far scales of halves of the judgements agree; judges are taken to be alike.
    ///
    /// - Parameters:
    ///   - priorStandardDeviation: of the scale of all judgements, in logits, which halves share.
    ///   - splits: How often to split.
    ///   - seed: The same seed gives the same splits.
    /// - Returns: nothing where no split leaves three items in both halves.
    public func splitHalves(
        _ judgements: IndexedJudgements, priorStandardDeviation: Double, splits: Int, seed: UInt64
    ) -> SplitHalves? {
        var settings = settings
        settings.prior = .fixed(standardDeviation: priorStandardDeviation)
        settings.judges = .alike
        let estimator = ScaleEstimator(settings: settings)
        return SplitHalves(judgements, splits: splits, seed: seed) { estimator.abilities($0).abilities }
    }
}
