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
        #expect(converged.statedReliability > 0.75)
        let spent = assessment(items: 12, most: 20).run(seed: 1)
        #expect(spent.reason == .comparisonBudget)
        #expect(spent.comparisons == 20)
        let alike = assessment(items: 2, deviation: 0, target: 0.99).run(seed: 1)
        #expect(alike.reason == .pairsExhausted)
        #expect(alike.comparisons == 2)
    }

    @Test("states a reliability that is true on average, and ranks as well as that says")
    func honest() {
        let outcomes = (1...30).map { assessment(items: 16).run(seed: UInt64($0)) }
        let stated = outcomes.reduce(0) { $0 + $1.statedReliability } / 30
        let real = outcomes.reduce(0) { $0 + $1.squaredCorrelation } / 30
        #expect((stated - real).magnitude < 0.06)
        #expect(outcomes.allSatisfy { $0.kendallTau > 0.3 })
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
