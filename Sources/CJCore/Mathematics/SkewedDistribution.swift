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
