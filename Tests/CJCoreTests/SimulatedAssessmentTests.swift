import CJCore
import Testing

@Suite("A simulated assessment")
struct SimulatedAssessmentTests {
    private func assessment(items: Int, deviation: Double = 2, target: Double = 0.8, most: Int = 1000) -> SimulatedAssessment {
        SimulatedAssessment(
            itemCount: items, abilityDeviation: deviation,
            rule: StoppingRule(targetReliability: target, maximumComparisons: most), inFlight: 6)
    }

    @Test("is the same for a seed, and another for another")
    func deterministic() {
        let one = assessment(items: 10)
        #expect(one.run(seed: 3) == one.run(seed: 3))
        #expect(Set((1...6).map { one.run(seed: UInt64($0)).comparisons }).count > 1)
    }

    @Test("ends by its rule: converged, at the budget, or when the pairs are used up")
    func endings() {
        let converged = assessment(items: 12).run(seed: 1)
        #expect(converged.reason == .converged)
        #expect(converged.quality.statedReliability.posteriorReliability > 0.75)
        let spent = assessment(items: 12, most: 20).run(seed: 1)
        #expect(spent.reason == .comparisonBudget)
        #expect(spent.comparisons == 20)
        let alike = assessment(items: 2, deviation: 0, target: 0.99).run(seed: 1)
        #expect(alike.reason == .pairsExhausted)
        #expect(alike.comparisons == 2)
    }

    @Test("always ends by itself with up to four items, at its goal or when every pair was judged", arguments: 2...4)
    func few(items: Int) {
        for seed in 0..<8 {
            for deviation in [0.5, 2, 6] {
                let outcome = assessment(items: items, deviation: deviation, target: 0.85).run(seed: UInt64(seed))
                #expect(outcome.reason == .converged || outcome.reason == .pairsExhausted, "\(seed) \(deviation)")
                #expect(outcome.comparisons <= items * (items - 1))
            }
        }
    }

    @Test("states a reliability, a τ and errors that are true on average, whatever the spread and the judge's leaning")
    func calibrated() {
        // The less items differ, the more runs are needed to tell chance from a figure that is untrue.
        for (deviation, bias, count, limit) in [(1.0, 0.0, 48, 0.04), (2, -0.5, 24, 0.03), (4, 0, 16, 0.03)] {
            let runs = (1...count).map { seed in
                SimulatedAssessment(
                    itemCount: 16, abilityDeviation: deviation, judge: SimulatedJudge(positionBias: bias),
                    rule: StoppingRule(goal: .budget, maximumComparisons: 120), inFlight: 40
                ).run(seed: UInt64(seed)).quality
            }
            func mean(_ value: (ScaleQuality) -> Double) -> Double { runs.reduce(0) { $0 + value($1) } / Double(runs.count) }
            #expect(mean(\.coverage) > 0.9 && mean(\.coverage) < 0.99)
            /// That a difference is 0.02 at most, as far as so many runs can tell: within two standard errors of that, and a limit.
            func isSmall(_ difference: (ScaleQuality) -> Double) -> Bool {
                let average = mean(difference)
                let square = mean { (difference($0) - average) * (difference($0) - average) }
                return abs(average) < min(limit, 0.02 + 2 * (square / Double(runs.count - 1)).squareRoot())
            }
            #expect(isSmall { $0.statedReliability.posteriorReliability - $0.squaredCorrelation })
            #expect(isSmall { $0.statedKendallTau - $0.kendallTau })
            let inside = runs.count { ($0.statedReliability.low...$0.statedReliability.high).contains($0.squaredCorrelation) }
            #expect(inside * 3 >= runs.count * 2)
        }
    }

    @Test("Coin tosses never look reliable once there are enough of them, though pairs are chosen by the estimates")
    func coinToss() {
        let reliabilities = (0..<12).map { seed in
            SimulatedAssessment(
                itemCount: 16, abilityDeviation: 2, judge: SimulatedJudge(.coinToss),
                rule: StoppingRule(goal: .budget, maximumComparisons: 160), inFlight: 40
            ).run(seed: seed).quality.statedReliability.posteriorReliability
        }
        #expect(reliabilities.count { $0 < 0.6 } >= 11)
    }

    @Test("stops about where the goal is reached, and more certain the more certainty is asked for")
    func stopping() {
        func stops(certainty: Double) -> [SimulatedAssessment.Outcome] {
            (0..<20).map { seed in
                SimulatedAssessment(
                    itemCount: 14, abilityDeviation: 2.5,
                    rule: StoppingRule(goal: .reliability(0.8), certainty: certainty, maximumComparisons: 180), inFlight: 14
                ).run(seed: seed)
            }
        }
        let (usual, certain) = (stops(certainty: StoppingRule.usualCertainty), stops(certainty: 0.9))
        #expect(usual.count { $0.reason == .converged } >= 18)
        func mean(_ outcomes: [SimulatedAssessment.Outcome]) -> Double {
            outcomes.reduce(0) { $0 + $1.quality.squaredCorrelation } / Double(outcomes.count)
        }
        #expect(mean(usual) > 0.78)
        #expect(mean(certain) > mean(usual))
        #expect(certain.count { $0.quality.squaredCorrelation >= 0.8 } >= 15)
    }

    @Test("aims at Kendall's τ or at grades where that is asked for")
    func otherGoals() {
        let tau = SimulatedAssessment(
            itemCount: 12, abilityDeviation: 2.5, rule: StoppingRule(goal: .kendallTau(0.7), maximumComparisons: 132), inFlight: 4
        ).run(seed: 2)
        #expect(tau.reason == .converged)
        #expect(tau.quality.statedKendallTau > 0.68)
        #expect(tau.comparisons < 132)
    }

    @Test("makes scales with the estimator that it is given, such as one that knows how far the items lie apart")
    func estimator() {
        let knowing = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 1.5), centre: .mean))
        let outcome = SimulatedAssessment(
            itemCount: 8, abilityDeviation: 1.5, rule: StoppingRule(goal: .budget, maximumComparisons: 24), estimator: knowing
        ).run(seed: 1)
        #expect(outcome.quality.spread == 1.5)
    }

    @Test("takes abilities that are given as they are")
    func given() {
        let outcome = SimulatedAssessment(
            abilities: [-6, -2, 2, 6], judge: SimulatedJudge(clearThreshold: 1), pairing: RoundPairing(),
            rule: StoppingRule(goal: .budget, maximumComparisons: 12)
        ).run(seed: 1)
        #expect(outcome.quality.kendallTau == 1)
        #expect(outcome.quality.largestSkew == 0)
    }
}

@Suite("Agreement of two lists")
struct AgreementTests {
    @Test("Kendall's τ-b is that of the textbook, with ties in either list")
    func kendall() {
        #expect(Agreement.kendallTau([1, 2, 3], [10, 20, 30]) == 1)
        #expect(Agreement.kendallTau([1, 2, 3], [3, 2, 1]) == -1)
        #expect(Agreement.kendallTau([1, 2], [5, 5]) == 0)
        // Four concordant pairs, one discordant, one tied in the second list: 3 / √(6 · 5).
        #expect((Agreement.kendallTau([1, 2, 3, 4], [1, 3, 2, 3]) - 3 / 30.0.squareRoot()).magnitude < 1e-15)
        #expect(Agreement.kendallTau([], []) == 0)
    }

    @Test("The squared correlation knows neither scale nor sign")
    func correlation() {
        #expect((Agreement.squaredCorrelation([1, 2, 3], [-2, -4, -6]) - 1).magnitude < 1e-15)
        #expect((Agreement.squaredCorrelation([1, 2, 3, 4], [1, 3, 2, 4]) - 0.64).magnitude < 1e-15)
        #expect(Agreement.squaredCorrelation([1, 1], [1, 2]) == 0)
        #expect(Agreement.squaredCorrelation([], []) == 0)
    }
}
