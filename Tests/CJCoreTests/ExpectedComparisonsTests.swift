import Testing

@testable import CJCore

@Suite("Expected comparisons")
struct ExpectedComparisonsTests {
    @Test("More items and higher targets take more, but never more than the pairs allow")
    func shape() {
        let plan = { (items: Int, target: Double) in
            ExpectedComparisons(itemCount: items, targetReliability: target).beforeTheRun
        }
        #expect(plan(0, 0.85) == 0)
        #expect(plan(1, 0.85) == 0)
        #expect(plan(2, 0.85) == 2)
        #expect(plan(4, 0.85) == 12)
        #expect(plan(30, 0.80) < plan(30, 0.85))
        #expect(plan(30, 0.85) < plan(30, 0.95))
        #expect(plan(30, 0.85) < plan(60, 0.85))
        #expect(plan(30, 0.999_999) == 870)
        #expect(plan(100, 0.01) == 325)
        let range = ExpectedComparisons(itemCount: 30, targetReliability: 0.85).rangeBeforeTheRun
        #expect(range.contains(plan(30, 0.85)))
        #expect(range.lowerBound < range.upperBound)
    }

    @Test("With nothing judged the plan stands; with more than planned judged, what is judged counts")
    func edges() {
        let expected = ExpectedComparisons(itemCount: 2, targetReliability: 0.9)
        let empty = ScaleEstimator().estimate(items: ["a", "b"], judgements: [])
        #expect(expected.total(given: empty) == 2)
        let many = ScaleEstimator().estimate(items: ["a", "b"], judgements: (0..<5).map { _ in win("a", over: "b") })
        #expect(expected.total(given: many) == 5)
    }

    @Test("Simulated runs take about as many as planned, and the forecast closes in on the end")
    func forecast() {
        for (count, deviation) in [(16, 1.8), (30, 2.0)] {
            let expected = ExpectedComparisons(itemCount: count, targetReliability: 0.8)
            let estimator = ScaleEstimator(settings: .init(centre: .mean))
            let rule = StoppingRule(targetReliability: 0.8, maximumComparisons: 1_000)
            var (planned, halfway, taken) = (0.0, 0.0, 0.0)
            for seed in 0..<12 {
                var simulation = Simulation(items: count, deviation: deviation, seed: UInt64(70 + seed))
                var judgements: [Judgement] = []
                var scale = estimator.estimate(items: simulation.items, judgements: [])
                var forecasts: [Int] = []
                func earlier(_ fresh: Int) -> Scale {
                    estimator.estimate(items: simulation.items, judgements: Array(judgements.dropLast(fresh)))
                }
                while !rule.hasConverged(scale, earlierScale: earlier), judgements.count < 15 * count {
                    let state = PairingState(items: simulation.items, scale: scale, judgements: judgements)
                    for comparison in InformationPairing().nextComparisons(6, state: state, using: &simulation.generator) {
                        judgements.append(simulation.judge(comparison))
                    }
                    scale = estimator.estimate(items: simulation.items, judgements: judgements)
                    forecasts.append(expected.total(given: scale))
                }
                planned += Double(ExpectedComparisons.total(items: count, target: 0.8, deviation: deviation))
                halfway += Double(forecasts[forecasts.count / 2])
                taken += Double(judgements.count)
            }
            #expect((planned / taken - 1).magnitude < 0.3)
            #expect((halfway / taken - 1).magnitude < 0.3)
        }
    }
}
