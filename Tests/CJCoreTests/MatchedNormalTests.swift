import CJCore
import Testing

@Suite("Errors about the mean of a posterior")
struct ClosestNormalTests {
    /// Mean and standard deviation of d = θ₁ − θ₂ when the first item has won so many of so many, θ ~ N(0, σ²), by summing over a grid.
    private func exact(wins: Int, of count: Int, deviation: Double) -> (mean: Double, deviation: Double) {
        var (total, first, second) = (0.0, 0.0, 0.0)
        for step in -6_000...6_000 {
            let d = Double(step) / 100
            let density = exponential(
                -d * d / (4 * deviation * deviation) - Double(wins) * logOnePlus(exponential(-d))
                    - Double(count - wins) * logOnePlus(exponential(d)))
            total += density
            first += density * d
            second += density * d * d
        }
        let mean = first / total
        return (mean, (second / total - mean * mean).squareRoot())
    }

    private func exponential(_ x: Double) -> Double {
        // Halved until the series is short, and squared as often.
        let parts = 1024.0
        var (sum, term) = (1.0, 1.0)
        for order in 1...12 {
            term *= max(-600, min(600, x)) / parts / Double(order)
            sum += term
        }
        for _ in 0..<10 { sum *= sum }
        return sum
    }

    private func logOnePlus(_ x: Double) -> Double { logarithm(1 + x) }

    private func estimate(_ judgements: [Judgement], _ deviation: Double, _ centre: ScaleEstimator.Centre) -> (
        mean: Double, deviation: Double
    ) {
        let scale = ScaleEstimator(
            settings: .init(prior: .fixed(standardDeviation: deviation), positionBiasDeviation: nil, centre: centre)
        ).estimate(items: ["a", "b"], judgements: judgements)
        return (
            scale.estimate(of: "a").ability - scale.estimate(of: "b").ability, scale.varianceOfDifference("a", "b").squareRoot()
        )
    }

    @Test(
        "Errors are those of the exact posterior within a tenth, even of items that won everything, and nearer than about the mode",
        arguments: [(3, 3, 2.0), (3, 3, 4.0), (6, 6, 4.0), (12, 12, 4.0), (1, 1, 4.0), (4, 6, 3.0), (10, 12, 2.0)])
    func twoItems(wins: Int, count: Int, deviation: Double) throws {
        let comparison = try Comparison(first: "a", second: "b")
        let judgements = (0..<count).map { Judgement(comparison: comparison, outcome: $0 < wins ? .first : .second, judge: "j") }
        let exact = exact(wins: wins, of: count, deviation: deviation)
        let (mean, mode) = (estimate(judgements, deviation, .mean), estimate(judgements, deviation, .mode))
        #expect((mean.deviation / exact.deviation - 1).magnitude < 0.1, "\(mean) \(exact)")
        #expect((mean.deviation - exact.deviation).magnitude < (mode.deviation - exact.deviation).magnitude, "\(mode) \(exact)")
        // Between the mode and the exact mean.
        #expect(mean.mean > mode.mean && mean.mean < exact.mean, "\(mean) \(mode) \(exact)")
    }
}
