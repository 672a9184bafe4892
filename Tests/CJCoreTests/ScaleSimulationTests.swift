import CJCore
import Testing

@Suite("Scales of simulated assessments")
struct ScaleSimulationTests {
    @Test("Known abilities come back, and with more judgements better")
    func recovery() {
        var simulation = Simulation(items: 20, deviation: 2, positionBias: -0.3, seed: 1)
        var tau: [Double] = []
        for count in [60, 380] {
            let (scale, _) = simulation.run(RandomPairing(maximumJudgementsPerPair: 2), comparisons: count, step: count)
            tau.append(simulation.kendallTau(scale))
        }
        #expect(tau[0] > 0.5)
        #expect(tau[1] > tau[0])
        #expect(tau[1] > 0.75)
    }

    @Test("The position bias is found within its error")
    func positionBias() {
        var simulation = Simulation(items: 20, deviation: 1.5, positionBias: -0.5, seed: 8)
        let (scale, _) = simulation.run(RandomPairing(), comparisons: 380, step: 380)
        #expect((scale.positionBias + 0.5).magnitude < 3 * scale.positionBiasStandardError)
        #expect(scale.positionBias < -2 * scale.positionBiasStandardError)
    }

    @Test("Intervals of two standard errors cover nine in ten truths or more, and the stated reliability is the true one")
    func calibration() {
        var (covered, total) = (0, 0)
        var (stated, actual, statedTau, actualTau) = (0.0, 0.0, 0.0, 0.0)
        let runs = 30
        for seed in 0..<runs {
            var simulation = Simulation(items: 16, deviation: 1.8, seed: UInt64(100 + seed))
            let (scale, _) = simulation.run(RandomPairing(), comparisons: 110, step: 110)
            let mean = simulation.items.reduce(0) { $0 + simulation.ability($1) } / 16
            for item in simulation.items {
                let estimate = scale.estimate(of: item)
                let error = estimate.ability - (simulation.ability(item) - mean)
                covered += error.magnitude < 1.96 * estimate.standardError ? 1 : 0
                total += 1
            }
            stated += scale.reliability.posteriorReliability
            actual += simulation.squaredCorrelation(scale)
            statedTau += scale.expectedKendallTau
            actualTau += simulation.kendallTau(scale)
        }
        let coverage = Double(covered) / Double(total)
        #expect(coverage > 0.89 && coverage < 0.99)
        #expect(((stated - actual) / Double(runs)).magnitude < 0.05)
        #expect(((statedTau - actualTau) / Double(runs)).magnitude < 0.05)
    }

    @Test("Coin tosses do not look reliable in 19 of 20 runs, even when pairs are chosen by the estimates")
    func noise() {
        let reliabilities = (0..<20).map { seed in
            var simulation = Simulation(items: 24, deviation: 0, seed: UInt64(seed))
            let (scale, _) = simulation.run(InformationPairing(), comparisons: 240, step: 24)
            return scale.reliability.posteriorReliability
        }
        #expect(reliabilities.count { $0 >= 0.6 } <= 1)
        #expect(reliabilities.reduce(0, +) / 20 < 0.5)
    }

    @Test("Judges that contradict themselves misfit, and consistent ones do not")
    func misfit() throws {
        var simulation = Simulation(items: 12, deviation: 2, seed: 5)
        let (fitting, judgements) = simulation.run(RandomPairing(), comparisons: 100, step: 100)
        let fit = try #require(fitting.judgeFit)
        #expect(fit.infit > 0.6 && fit.infit < 1.4)
        // The strongest item loses to everybody half of the time.
        let strongest = try #require(simulation.items.max { simulation.ability($0) < simulation.ability($1) })
        var flips = 0
        let contradictory = judgements.map { judgement in
            let concerns = judgement.comparison.first == strongest || judgement.comparison.second == strongest
            flips += concerns ? 1 : 0
            guard concerns, flips.isMultiple(of: 2) else { return judgement }
            return Judgement(
                comparison: judgement.comparison, outcome: judgement.outcome.swapped, judge: "erratic")
        }
        let misfitting = ScaleEstimator().estimate(items: simulation.items, judgements: contradictory)
        let before = try #require(fitting.estimate(of: strongest).infit)
        let after = try #require(misfitting.estimate(of: strongest).infit)
        #expect(after > before)
        #expect(after > 1)
    }
}
