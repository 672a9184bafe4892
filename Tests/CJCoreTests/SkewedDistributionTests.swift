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

    @Test("Without skew it is normal, and a little skew changes little", arguments: [-2.0, -0.3, 0, 1, 4])
    func normal(mean: Double) {
        let normal = NormalDistribution.cumulative(mean)
        #expect(SkewedDistribution.probabilityAboveZero(mean: mean, skewness: 0) == normal)
        for skewness in [-1e-3, 1e-3, -1.1e-3, 1.1e-3] {
            #expect((SkewedDistribution.probabilityAboveZero(mean: mean, skewness: skewness) - normal).magnitude < 2e-4)
        }
    }
}
