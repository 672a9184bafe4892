import CJCore
import Testing

@Suite("Stopping rule")
struct StoppingRuleTests {
    private let rule = StoppingRule(targetReliability: 0.85, maximumComparisons: 100, maximumCost: 1_000)

    @Test("Without a scale it goes on, up to what the comparisons allow")
    func begins() {
        #expect(decide(judged: 0) == .continue(mayStart: 100))
        #expect(decide(judged: 40, inFlight: 10) == .continue(mayStart: 50))
        #expect(decide(judged: 0, pairsLeft: 3) == .continue(mayStart: 3))
    }

    @Test("The comparison budget is used to the last one and not beyond")
    func comparisonBudget() {
        #expect(decide(judged: 99) == .continue(mayStart: 1))
        #expect(decide(judged: 99, inFlight: 1) == .continue(mayStart: 0))
        #expect(decide(judged: 100) == .stop(.comparisonBudget))
        #expect(decide(judged: 101) == .stop(.comparisonBudget))
    }

    @Test("Money is kept back for what is in flight, and the last nano-dollar may be spent")
    func moneyBudget() {
        #expect(decide(cost: 990, each: 10) == .continue(mayStart: 1))
        #expect(decide(cost: 991, each: 10) == .stop(.moneyBudget))
        #expect(decide(inFlight: 1, cost: 980, each: 10) == .continue(mayStart: 1))
        #expect(decide(inFlight: 1, cost: 981, each: 10) == .continue(mayStart: 0))
        #expect(decide(cost: 1_000, each: 0) == .stop(.moneyBudget))
        #expect(decide(cost: 999, each: 0) == .continue(mayStart: 100))
        #expect(decide(inFlight: .max / 2, cost: 1, each: 1_000) == .continue(mayStart: 0))
    }

    @Test("When all pairs are used up it ends, once nothing is in flight")
    func pairsExhausted() {
        #expect(decide(judged: 6, pairsLeft: 0) == .stop(.pairsExhausted))
        #expect(decide(judged: 6, inFlight: 1, pairsLeft: 0) == .continue(mayStart: 0))
    }

    @Test("Without a limit on money only the others hold")
    func noMoneyLimit() {
        let rule = StoppingRule(maximumComparisons: 10)
        let decision = rule.decide(
            scale: nil, judged: 3, inFlight: 2, cost: .max, expectedCostPerComparison: .max, pairsLeft: 100
        ) { _ in Self.nothing }
        #expect(decision == .continue(mayStart: 5))
    }

    @Test("A scale converges where it is certain enough to be as reliable as was asked for, and not just before it")
    func converges() {
        var simulation = Simulation(items: 12, deviation: 3, seed: 4)
        let (scale, judgements) = simulation.run(RandomPairing(), comparisons: 120, step: 120)
        let reliability = scale.reliability
        func decision(target: Double, certainty: Double) -> StoppingDecision {
            StoppingRule(goal: .reliability(target), certainty: certainty, maximumComparisons: 500).decide(
                scale: scale, judged: judgements.count, inFlight: 4, cost: 0, expectedCostPerComparison: 0, pairsLeft: 12
            ) { _ in scale }
        }
        #expect(reliability.posteriorReliability > 0.7)
        let target = reliability.posteriorReliability
        let certainty = reliability.probability(ofReaching: target)
        #expect(certainty > 0.3 && certainty < 0.7)
        #expect(decision(target: target, certainty: certainty - 0.001) == .stop(.converged))
        #expect(decision(target: target, certainty: certainty + 0.001) == .continue(mayStart: 12))
        #expect(decision(target: reliability.low - 0.001, certainty: 0.95) == .stop(.converged))
        #expect(decision(target: reliability.low + 0.001, certainty: 0.95) == .continue(mayStart: 12))
    }

    @Test("One look is not enough: the goal must have been reached before the latest judgements too")
    func confirmation() {
        var simulation = Simulation(items: 12, deviation: 3, seed: 4)
        let (scale, judgements) = simulation.run(RandomPairing(), comparisons: 120, step: 120)
        let rule = StoppingRule(targetReliability: 0.6, maximumComparisons: 500)
        let nothing = ScaleEstimator().estimate(items: simulation.items, judgements: [])
        var asked: [Int] = []
        func decision(earlier: Scale) -> StoppingDecision {
            rule.decide(
                scale: scale, judged: judgements.count, inFlight: 0, cost: 0, expectedCostPerComparison: 0, pairsLeft: 12
            ) { count in
                asked.append(count)
                return earlier
            }
        }
        #expect(decision(earlier: scale) == .stop(.converged))
        #expect(decision(earlier: nothing) == .continue(mayStart: 12))
        #expect(asked == [3, 3])
        #expect(rule.confirmation(items: 2) == 1)
        #expect(rule.confirmation(items: 100) == 25)
    }

    @Test("Grades are certain enough when the widest of them is, and grades that are not there yet are not")
    func grades() {
        var simulation = Simulation(items: 8, deviation: 3, seed: 4)
        let (scale, judgements) = simulation.run(RandomPairing(), comparisons: 56, step: 56)
        let grades = [[0, 0.5, 0.5], [0.1, 0.9, 0], [0, 0, 1]]
        func decision(limit: Double, _ grades: [[Double]]) -> StoppingDecision {
            StoppingRule(goal: .gradeDeviation(limit), maximumComparisons: 500).decide(
                scale: scale, judged: judgements.count, inFlight: 0, cost: 0, expectedCostPerComparison: 0, pairsLeft: 12,
                grades: { _ in grades }
            ) { _ in scale }
        }
        #expect(decision(limit: 0.5, grades) == .stop(.converged))
        #expect(decision(limit: 0.4999, grades) == .continue(mayStart: 12))
        #expect(decision(limit: 5, []) == .continue(mayStart: 12))
        #expect(decision(limit: 0.01, [[0, 1]]) == .stop(.converged))
    }

    @Test("An agreement that is asked for comes to a reliability, as far as errors are normal")
    func equivalents() throws {
        // ρ² = sin²(πτ/2): of a third of a right angle a quarter, of a half the half, of two thirds three quarters.
        for (tau, reliability) in [(1.0 / 3, 0.25), (0.5, 0.5), (2.0 / 3, 0.75)] {
            #expect(abs(try #require(StoppingGoal.kendallTau(tau).equivalentReliability) - reliability) < 1e-15)
        }
        // However small or large, something that can be planned for.
        for tau in [1e-300, 1e-170, 1 - 1e-16] {
            let reliability = try #require(StoppingGoal.kendallTau(tau).equivalentReliability)
            #expect(reliability > 0 && reliability < 1)
        }
        #expect(StoppingGoal.reliability(0.9).equivalentReliability == 0.9)
        #expect(StoppingGoal.gradeDeviation(1).equivalentReliability == nil)
        #expect(StoppingGoal.budget.equivalentReliability == nil)
    }

    @Test("Whoever asks for as much as the budget allows gets that")
    func budgetAlone() {
        var simulation = Simulation(items: 8, deviation: 3, seed: 4)
        let (scale, _) = simulation.run(RandomPairing(), comparisons: 56, step: 56)
        let rule = StoppingRule(goal: .budget, maximumComparisons: 60)
        #expect(!rule.hasConverged(scale, earlierScale: { _ in scale }))
        #expect(rule.progress(of: scale).value == nil)
    }

    @Test("Every item needs its minimum, or to have met everybody")
    func minimumPerItem() {
        // Everybody beats those below, many times over, but the last item has met one other only.
        var judgements = chain(items: 6, times: 12)
        judgements.append(win("i0", over: "late"))
        let items = (0..<6).map { Item.ID("i\($0)") }
        let scale = ScaleEstimator().estimate(items: items + ["late"], judgements: judgements)
        let rule = StoppingRule(targetReliability: 0.2, maximumComparisons: 1_000, minimumComparisonsPerItem: 2)
        #expect(!rule.hasConverged(scale, earlierScale: { _ in scale }))
        var lenient = rule
        lenient.minimumComparisonsPerItem = 1
        #expect(lenient.hasConverged(scale, earlierScale: { _ in scale }))
        // Two items have met everybody after one comparison; five are not asked of them.
        let two = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 20))).estimate(
            items: ["a", "b"], judgements: (0..<40).map { _ in win("a", over: "b") })
        #expect(StoppingRule(targetReliability: 0.1, maximumComparisons: 10).hasConverged(two, earlierScale: { _ in two }))
    }

    @Test("Groups that never met do not converge, however reliable they look")
    func disconnected() {
        let items = (0..<12).map { Item.ID("i\($0)") }
        let judgements = chain(items: 6, times: 12) + chain(items: 6, times: 12, from: 6)
        let scale = ScaleEstimator().estimate(items: items, judgements: judgements)
        #expect(scale.reliability.posteriorReliability > 0.1)
        #expect(
            !StoppingRule(targetReliability: 0.1, maximumComparisons: 1_000).hasConverged(scale, earlierScale: { _ in scale }))
    }

    @Test("An assessment of any size ends, with a reason", arguments: [0, 1, 2, 3, 4, 5, 9])
    func alwaysEnds(count: Int) throws {
        var simulation = Simulation(items: count, deviation: 2, seed: UInt64(count))
        let rule = StoppingRule(maximumComparisons: StoppingRule.usualMaximumComparisons(items: count))
        var judgements: [Judgement] = []
        var scale: Scale?
        for _ in 0...200 {
            let state = PairingState(items: simulation.items, scale: scale, judgements: judgements)
            let decision = rule.decide(
                scale: scale, judged: judgements.count, inFlight: 0, cost: 0, expectedCostPerComparison: 0,
                pairsLeft: state.comparisonsLeft(maximumJudgementsPerPair: 2)
            ) { ScaleEstimator().estimate(items: simulation.items, judgements: Array(judgements.dropLast($0))) }
            guard case .continue(let mayStart) = decision else { return }
            #expect(mayStart > 0)
            let next = InformationPairing().nextComparisons(1, state: state, using: &simulation.generator)
            judgements.append(simulation.judge(try #require(next.first)))
            scale = ScaleEstimator().estimate(
                items: simulation.items, judgements: judgements, startingAt: scale?.priorStandardDeviation)
        }
        Issue.record("the assessment did not end")
    }

    @Test("The usual budget is twenty comparisons per item, or what the pairs allow")
    func usualBudget() {
        #expect(StoppingRule.usualMaximumComparisons(items: 58) == 580)
        #expect(StoppingRule.usualMaximumComparisons(items: 2) == 2)
        #expect(StoppingRule.usualMaximumComparisons(items: 4) == 12)
        #expect(StoppingRule.usualMaximumComparisons(items: 1) == 0)
        #expect(StoppingRule.usualMaximumComparisons(items: 4, maximumJudgementsPerPair: 1) == 6)
    }

    @Test("Noise does not converge: a judge that tosses coins uses up its budget")
    func noise() {
        var simulation = Simulation(items: 16, deviation: 0, seed: 31)
        let (scale, _) = simulation.run(InformationPairing(), comparisons: 160, step: 4)
        #expect(
            !StoppingRule(targetReliability: 0.8, maximumComparisons: 1_000).hasConverged(scale, earlierScale: { _ in scale }))
    }

    private func decide(
        judged: Int = 0, inFlight: Int = 0, cost: Int = 0, each: Int = 0, pairsLeft: Int = 1_000
    ) -> StoppingDecision {
        rule.decide(
            scale: nil, judged: judged, inFlight: inFlight, cost: cost, expectedCostPerComparison: each, pairsLeft: pairsLeft
        ) { _ in Self.nothing }
    }

    private static let nothing = ScaleEstimator().estimate(items: [], judgements: [])

    private func chain(items: Int, times: Int, from start: Int = 0) -> [Judgement] {
        (1..<items).flatMap { place in
            (0..<times).map { turn in
                let (better, worse) = (Item.ID("i\(start + place)"), Item.ID("i\(start + place - 1)"))
                let isSecond = !turn.isMultiple(of: 2)
                return turn.isMultiple(of: 6)
                    ? win(worse, over: better, shownSecond: isSecond) : win(better, over: worse, shownSecond: isSecond)
            }
        }
    }
}
