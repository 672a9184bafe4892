/// How skewed the differences of abilities are under a posterior.
///
/// A difference d has the third cumulant Σ g·Cov(d, dₐ)³ over all answers a, to first order in their own (``PairSkew``). Those count here that
/// are about one of the two items, and of the covariances those of the item itself; the others are small, and count by their cubes.
struct DifferenceSkewness {
    /// For each item, whom it was judged against, with g for its own winning.
    private var neighbours: [[(item: Int, skew: Double)]]
    /// Third cumulant of each ability.
    private var own: [Double]
    private let covariances: SymmetricMatrix

    init(_ pairs: [PairSkew], covariances: SymmetricMatrix) {
        neighbours = Array(repeating: [], count: covariances.size)
        own = Array(repeating: 0, count: covariances.size)
        self.covariances = covariances
        for pair in pairs where pair.sum != 0 {
            neighbours[pair.lower].append((pair.upper, pair.sum))
            neighbours[pair.upper].append((pair.lower, -pair.sum))
            let (lower, upper) = (lead(of: pair.lower, over: pair.upper), lead(of: pair.upper, over: pair.lower))
            own[pair.lower] += pair.sum * lower * lower * lower
            own[pair.upper] -= pair.sum * upper * upper * upper
        }
    }

    /// Third cumulants of an item's lead over each other.
    func cumulants(of item: Int) -> [Double] {
        var cumulants = own.map { own[item] - $0 }
        for neighbour in neighbours[item] {
            // Answers between the two count with the covariances of both: (a + b)³ instead of a³ + b³.
            let (one, other) = (lead(of: item, over: neighbour.item), lead(of: neighbour.item, over: item))
            cumulants[neighbour.item] += 3 * neighbour.skew * one * other * (one + other)
        }
        return cumulants
    }

    /// Covariance of an ability with its lead over another.
    private func lead(of item: Int, over other: Int) -> Double { covariances[item, item] - covariances[item, other] }
}

/// A gamma distribution, shifted and perhaps mirrored, with given moments.
enum SkewedDistribution {
    /// Skewness up to which a distribution is taken for normal, which changes a probability by less than a thousandth.
    static let negligible = 1e-2
    /// That of an exponential variable; larger ones are taken for it.
    private static let largest = 2.0

    /// Probability of a value above zero, by the cube root that makes a gamma variable close to normal (Wilson and Hilferty 1931, "The
    /// distribution of chi-square").
    ///
    /// - Parameters:
    ///   - mean: in standard deviations.
    static func probabilityAboveZero(mean: Double, skewness: Double) -> Double {
        guard skewness.magnitude > negligible else { return NormalDistribution.cumulative(mean) }
        let skewness = max(-largest, min(largest, skewness))
        let base = 1 - 0.5 * skewness * mean
        // Zero lies beyond the end of the distribution.
        guard base > 0 else { return skewness > 0 ? 1 : 0 }
        let root = ElementaryFunctions.exp(ElementaryFunctions.log(base) / 3)
        return 1 - NormalDistribution.cumulative(6 / skewness * (root - 1) + skewness / 6)
    }
}
