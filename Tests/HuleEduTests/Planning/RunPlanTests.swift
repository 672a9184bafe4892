import ArgumentParser
import CJCore
import Testing

@testable import huleedu

@Suite("Planning an assessment")
struct RunPlanTests {
    private func plan(seed: UInt64 = 1) async -> RunPlan {
        await plan(runs: 6, seed: seed)
    }

    private func plan(runs: Int, seed: UInt64, pairing: PairingChoice = .information) async -> RunPlan {
        let assumptions = RunPlan.Assumptions(
            essays: 8, goal: .reliability(0.7), spread: 2, pairing: pairing, mostComparisons: 56, concurrency: 4)
        return await RunPlan.simulate(assumptions, runs: runs, seed: seed) { _ in }
    }

    @Test("is the same for a seed, whichever processor is quicker")
    func deterministic() async {
        let (one, other) = (await plan(), await plan())
        #expect(one.outcomes == other.outcomes)
        #expect(one.outcomes.count == 6)
    }

    @Test("tells beforehand what other runs then take", arguments: [PairingChoice.information, .rounds])
    func forecast(pairing: PairingChoice) async {
        let planned = await plan(runs: 20, seed: 1, pairing: pairing).comparisons
        let taken = await plan(runs: 20, seed: 1_000, pairing: pairing).outcomes.map { Double($0.comparisons) }
        #expect(taken.count { (planned.low...planned.high).contains($0) } >= 15)
        #expect((planned.median / RunPlan.Figure(taken).median - 1).magnitude < 0.3)
    }

    @Test("spreads wider where the essays' spread is not known than where it is large")
    func unknownSpread() async {
        func range(_ spread: Double?) async -> Double {
            let assumptions = RunPlan.Assumptions(
                essays: 12, goal: .reliability(0.8), spread: spread, levels: 2, mostComparisons: 132)
            let figure = await RunPlan.simulate(assumptions, runs: 24, seed: 3) { _ in }.comparisons
            return figure.high - figure.low
        }
        let (known, unknown) = (await range(4), await range(nil))
        #expect(unknown > known)
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
            (["30", "--levels", "3"], "2 or 4"), (["30", "--pairing", "best"], "pairing"),
            (["30", "--spread", "10.1"], "logits from 0 to 10"), (["30", "--price", "3"], "US dollars"),
            (["30", "--price", "1001usd"], "1000.00"), (["30", "--precision", "1"], "0.5 to 0.99"),
        ])
    func refused(arguments: [String], says: String) {
        let error = #expect(throws: (any Error).self) { try PlanCommand.parse(arguments) }
        #expect(error.map { PlanCommand.fullMessage(for: $0).contains(says) } == true)
    }
}
