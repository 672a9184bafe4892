/// How skewed the differences of abilities are under a posterior.
///
/// A difference d has the third cumulant Σ g·Cov(d, dₐ)³ over all answers a, to first order in their own (``PairSkew``). Those count here that
/// are about one of the two items; the others' covariances are small, and count by their cubes.
struct DifferenceSkewness {
    /// For each item, whom it was judged against, with g for its own winning.
    private var neighbours: [[(item: Int, skew: Double)]]
    private let covariances: SymmetricMatrix

    init(_ pairs: [PairSkew], covariances: SymmetricMatrix) {
        neighbours = Array(repeating: [], count: covariances.size)
        for pair in pairs {
            neighbours[pair.lower].append((pair.upper, pair.sum))
            neighbours[pair.upper].append((pair.lower, -pair.sum))
        }
        self.covariances = covariances
    }

    /// Third cumulant of the difference of two abilities, by the cube of its standard deviation.
    func skewness(of one: Int, above other: Int, variance: Double) -> Double {
        let cumulant = cumulant(one, other) - cumulant(other, one) + ownCumulant(one, other, variance)
        return cumulant / (variance * variance.squareRoot())
    }

    /// What the answers about one of two items, and not both, contribute.
    private func cumulant(_ one: Int, _ other: Int) -> Double {
        var sum = 0.0
        for neighbour in neighbours[one] where neighbour.item != other {
            let covariance =
                covariances[one, one] - covariances[one, other] - covariances[one, neighbour.item]
                + covariances[other, neighbour.item]
            sum += neighbour.skew * covariance * covariance * covariance
        }
        return sum
    }

    private func ownCumulant(_ one: Int, _ other: Int, _ variance: Double) -> Double {
        guard let own = neighbours[one].first(where: { $0.item == other }) else { return 0 }
        return own.skew * variance * variance * variance
    }
}

/// A gamma distribution, shifted and perhaps mirrored, with given moments.
enum SkewedDistribution {
    /// Skewness below which a distribution is as good as normal.
    private static let negligible = 1e-3

    /// Probability of a value above zero, by the cube root that makes a gamma variable close to normal (Wilson and Hilferty 1931, "The
    /// distribution of chi-square").
    ///
    /// - Parameters:
    ///   - mean: in standard deviations.
    static func probabilityAboveZero(mean: Double, skewness: Double) -> Double {
        guard skewness.magnitude > negligible else { return NormalDistribution.cumulative(mean) }
        let base = 1 - 0.5 * skewness * mean
        // Zero lies beyond the end of the distribution.
        guard base > 0 else { return skewness > 0 ? 1 : 0 }
        let root = ElementaryFunctions.exp(ElementaryFunctions.log(base) / 3)
        return 1 - NormalDistribution.cumulative(6 / skewness * (root - 1) + skewness / 6)
    }
}
