import Testing

@testable import CJCore

@Suite("Skewed distribution")
struct SkewedDistributionTests {
    @Test(
        "An exponential variable, and its mirror image, lie above zero as often as they do",
        arguments: [-2.5, -1, -0.5, 0, 0.5, 0.9])
    func exponential(mean: Double) {
        let above = ElementaryFunctions.exp(mean - 1)
        #expect((SkewedDistribution.probabilityAboveZero(mean: mean, skewness: 2) - above).magnitude < 0.02)
        #expect((SkewedDistribution.probabilityAboveZero(mean: -mean, skewness: -2) - (1 - above)).magnitude < 0.02)
    }

    @Test("Beyond the end of the distribution there is nothing", arguments: [1.0, 1.5, 40])
    func end(mean: Double) {
        #expect(SkewedDistribution.probabilityAboveZero(mean: mean, skewness: 2) == 1)
        #expect(SkewedDistribution.probabilityAboveZero(mean: -mean, skewness: -2) == 0)
    }

    @Test(
        "Without skew it is normal, and so it is with next to none, but for less than a thousandth",
        arguments: [-2.0, -0.3, 0, 1, 4])
    func normal(mean: Double) {
        let normal = NormalDistribution.cumulative(mean)
        for sign in [-1.0, 1] {
            let skewness = sign * SkewedDistribution.negligible
            #expect(SkewedDistribution.probabilityAboveZero(mean: mean, skewness: skewness) == normal)
            let beyond = SkewedDistribution.probabilityAboveZero(mean: mean, skewness: 1.01 * skewness)
            #expect(beyond != normal && (beyond - normal).magnitude < 1e-3)
        }
    }

    @Test("Skewer than an exponential variable is taken for one", arguments: [-0.5, 0.2, 0.9])
    func largest(mean: Double) {
        let exponential = SkewedDistribution.probabilityAboveZero(mean: mean, skewness: 2)
        for skewness in [2.001, 50, .infinity] {
            #expect(SkewedDistribution.probabilityAboveZero(mean: mean, skewness: skewness) == exponential)
        }
    }
}
