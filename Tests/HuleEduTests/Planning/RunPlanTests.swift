import ArgumentParser
import CJCore
import Testing

@testable import huleedu

@Suite("Planning an assessment")
struct RunPlanTests {
    private func plan(seed: UInt64 = 1) async -> RunPlan {
        let assessment = SimulatedAssessment(
            itemCount: 8, abilityDeviation: 2, rule: StoppingRule(targetReliability: 0.7, maximumComparisons: 56), inFlight: 4)
        return await RunPlan.simulate(assessment, runs: 6, seed: seed) { _ in }
    }

    @Test("is the same for a seed, whichever processor is quicker")
    func deterministic() async {
        let (one, other) = (await plan(), await plan())
        #expect(one.outcomes == other.outcomes)
        #expect(one.outcomes.count == 6)
    }

    @Test("tells the median and the middle nine tenths")
    func figures() {
        let figure = RunPlan.Figure((0...100).reversed().map(Double.init))
        #expect((figure.low, figure.median, figure.high) == (5, 50, 95))
        let lone = RunPlan.Figure([7])
        #expect((lone.low, lone.median, lone.high) == (7, 7, 7))
    }

    @Test("says what it assumed, and what it would cost where a price is given")
    func text() async {
        let plan = await plan()
        let text = plan.text(pricePerComparison: Money(nanodollars: 2_000_000))
        #expect(text.contains("8 essays") && text.contains("at most 56 comparisons") && text.contains("6 simulated runs"))
        #expect(text.contains("Cost  "))
        #expect(!plan.text(pricePerComparison: nil).contains("Cost"))
        let json = plan.json(pricePerComparison: nil).text()
        #expect(json.contains("\"simulated\": true") && json.contains("\"price_per_comparison_usd\": null"))
    }

    @Test(
        "refuses what makes no sense, by name",
        arguments: [
            (["1"], "number of essays"), (["1001"], "2 to 1000"), (["30", "--runs", "0"], "1 to 1000"),
            (["30", "--spread", "10.1"], "logits from 0 to 10"), (["30", "--price", "3"], "US dollars"),
            (["30", "--price", "1001usd"], "1000.00"), (["30", "--precision", "1"], "0.5 to 0.99"),
        ])
    func refused(arguments: [String], says: String) {
        let error = #expect(throws: (any Error).self) { try PlanCommand.parse(arguments) }
        #expect(error.map { PlanCommand.fullMessage(for: $0).contains(says) } == true)
    }
}
