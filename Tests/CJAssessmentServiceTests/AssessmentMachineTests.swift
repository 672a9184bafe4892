import CJCore
import Contracts
import Testing

@testable import CJAssessmentService

@Suite("The assessment's decisions")
struct AssessmentMachineTests {
    @Test("Random orders of results, losses and looks always end, with every started comparison accounted for", arguments: 0..<40)
    func alwaysEnds(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let essays = Int.random(in: 2...7, using: &generator)
        var assessment = SimulatedAssessment(
            essays: essays, seed: seed, maximumComparisons: Int.random(in: 1...20, using: &generator),
            inFlight: Int.random(in: 1...6, using: &generator), pairing: seed % 2 == 0 ? .information : .random)
        var steps = 0
        while assessment.snapshot.state == .running {
            steps += 1
            guard steps < 2000 else {
                Issue.record("seed \(seed): still running after \(steps) steps")
                return
            }
            let decision = assessment.advance()
            #expect(assessment.waiting.count <= assessment.snapshot.maximumInFlight)
            if let number = assessment.waiting.randomElement(using: &generator), decision.finish == nil {
                Int.random(in: 0..<10, using: &generator) == 0
                    ? assessment.fail(number) : assessment.judge(number, using: &generator)
            }
        }
        #expect(assessment.waiting.isEmpty)
        #expect(assessment.snapshot.reason != nil)
        #expect(assessment.snapshot.count(.judged) <= assessment.snapshot.stopping.maximumComparisons)
    }

    @Test("A look that changes nothing starts nothing twice")
    func looksAreIdempotent() {
        var assessment = SimulatedAssessment(essays: 6, seed: 1, inFlight: 3)
        #expect(assessment.advance().start.count == 3)
        #expect(assessment.advance().start.isEmpty)
        #expect(assessment.waiting.count == 3)
    }

    @Test("One slow comparison holds nothing up: a result that arrives is followed by another comparison at once")
    func noBarrier() {
        var generator = SplitMix64(seed: 2)
        var assessment = SimulatedAssessment(essays: 10, seed: 2, inFlight: 4)
        assessment.advance()
        let slow = assessment.waiting[0]
        for _ in 0..<12 {
            guard let next = assessment.waiting.first(where: { $0 != slow }) else { break }
            assessment.judge(next, using: &generator)
            assessment.advance()
            #expect(assessment.waiting.count == 4)
        }
        #expect(assessment.waiting.contains(slow))
        #expect(assessment.snapshot.count(.judged) == 12)
    }

    @Test("The budget in comparisons ends the assessment exactly there, and says so")
    func comparisonBudget() {
        var generator = SplitMix64(seed: 3)
        var assessment = SimulatedAssessment(essays: 12, seed: 3, maximumComparisons: 7, target: 0.99)
        run(&assessment, using: &generator)
        #expect(assessment.snapshot.count(.judged) == 7)
        #expect(assessment.snapshot.reason == .comparisonBudget)
        #expect(assessment.snapshot.state == .completed)
    }

    @Test("The budget in money is never exceeded")
    func moneyBudget() {
        var generator = SplitMix64(seed: 4)
        var assessment = SimulatedAssessment(essays: 12, seed: 4, maximumCost: 9_500, target: 0.99)
        run(&assessment, using: &generator)
        #expect(assessment.snapshot.cost <= 9_500)
        #expect(assessment.snapshot.count(.judged) == 9)
        #expect(assessment.snapshot.reason == .moneyBudget)
    }

    @Test(
        "What was with the judge when a budget of the provider service's refused the next is waited for, and may be all in vain")
    func refusalBesideCalls() {
        var generator = SplitMix64(seed: 1)
        for isJudged in [true, false] {
            var assessment = SimulatedAssessment(essays: 4, seed: 1, inFlight: 2)
            assessment.advance()
            let (refused, underWay) = (assessment.waiting[0], assessment.waiting[1])
            assessment.refuseForWantOfMoney(refused)
            #expect(assessment.advance().stop == .moneyBudget)
            #expect(assessment.snapshot.state == .running)
            if isJudged { assessment.judge(underWay, using: &generator) } else { assessment.fail(underWay) }
            assessment.advance()
            #expect(assessment.snapshot.state == (isJudged ? .completed : .failed))
            #expect(assessment.snapshot.reason == .moneyBudget && assessment.snapshot.failure == "no money")
        }
    }

    @Test("Two essays are compared in both orders at most, and that is the end")
    func twoEssays() {
        var generator = SplitMix64(seed: 5)
        var assessment = SimulatedAssessment(essays: 2, seed: 5, target: 0.999)
        run(&assessment, using: &generator)
        #expect(assessment.snapshot.count(.judged) <= 2)
        #expect(assessment.snapshot.state == .completed)
        #expect(assessment.snapshot.reason == .pairsExhausted)
    }

    @Test("A judge that never answers is given up after as many failures in a row as are in flight, keeping what was judged")
    func judgeGivenUp() {
        var generator = SplitMix64(seed: 6)
        var assessment = SimulatedAssessment(essays: 12, seed: 6, inFlight: 4)
        assessment.advance()
        assessment.judge(assessment.waiting[0], using: &generator)
        var failures = 0
        while assessment.snapshot.state == .running, failures < 100 {
            assessment.advance()
            guard let number = assessment.waiting.first else { continue }
            assessment.fail(number)
            failures += 1
        }
        #expect(assessment.snapshot.reason == .judgeFailed)
        #expect(assessment.snapshot.state == .failed)
        #expect(assessment.snapshot.count(.judged) == 1)
        #expect(assessment.snapshot.failure?.contains("no answer") == true)
    }

    @Test("A judge that can't be used ends the assessment with its reason, once nothing is in flight")
    func judgeUnusable() {
        var assessment = SimulatedAssessment(essays: 12, seed: 7, inFlight: 3)
        assessment.advance()
        assessment.refuse(assessment.waiting[0])
        #expect(assessment.advance().stop == .judgeFailed)
        #expect(assessment.snapshot.state == .running)
        for number in assessment.waiting { assessment.fail(number) }
        assessment.advance()
        #expect(assessment.snapshot.state == .failed)
        #expect(assessment.snapshot.failure == "the key is wrong")
    }

    @Test("What it will have cost is told from what it has cost so far and, while that is little, from the estimate")
    func forecast() {
        var assessment = SimulatedAssessment(essays: 12, seed: 7, maximumCost: 50_000)
        func forecast(judged: Int, failed: Int = 0, cost: Int64, expected: Int, reason: AssessmentSnapshot.Reason? = nil)
            -> Int64?
        {
            var snapshot = assessment.snapshot
            snapshot.cost = cost
            snapshot.expectedComparisons = expected
            snapshot.reason = reason
            return CostForecast(snapshot, counts: [.judged: judged, .failed: failed, .inFlight: 2])?.nanodollars
        }
        #expect(forecast(judged: 0, cost: 0, expected: 30) == 27_000)
        #expect(forecast(judged: 5, cost: 5 * 1100, expected: 30) == 30_500)
        #expect(forecast(judged: 14, failed: 1, cost: 15 * 500, expected: 30) == 17_100)
        #expect(forecast(judged: 5, cost: 5500, expected: 1000) == 50_000)
        #expect(forecast(judged: 40, cost: 44_000, expected: 30) == 44_000)
        #expect(forecast(judged: 5, cost: 5500, expected: 30, reason: .converged) == 7500)
        while assessment.snapshot.state == .running {
            assessment.advance()
            guard let number = assessment.waiting.first else { continue }
            assessment.answer(number, .first)
        }
        #expect(forecast(judged: 5, cost: 5500, expected: 30) == nil)
    }

    @Test("A judge that always names the essay shown first is found out, and nothing is ranked by it", arguments: [4, 12])
    func blindJudge(essays: Int) async {
        var assessment = SimulatedAssessment(essays: essays, seed: 9, inFlight: 4)
        while assessment.snapshot.state == .running {
            assessment.advance()
            guard let number = assessment.waiting.first else { continue }
            assessment.answer(number, .first)
        }
        #expect(assessment.snapshot.state == .failed)
        #expect(assessment.snapshot.reason == .blindJudge)
        #expect(assessment.snapshot.count(.judged) <= 24)
        #expect(assessment.snapshot.failure?.contains("preferred the essay shown first in") == true)
        let response = await AssessmentView(snapshot: assessment.snapshot, scales: RecentScales()).response(history: [])
        #expect(response.progress?.stopReason == .blindJudge)
        #expect(response.progress?.failure == assessment.snapshot.failure)
        #expect(response.items.count == essays)
        #expect(response.items.allSatisfy { $0.rank == 0 && $0.ability == 0 })
        #expect(response.reliability == nil)
        #expect(response.judge?.firstShare == 1)
    }

    @Test("An assessment of which every pair was given up has failed, with the last reason; with one judgement it has not")
    func inVain() {
        var generator = SplitMix64(seed: 10)
        var assessment = SimulatedAssessment(essays: 3, seed: 10)
        var other = assessment
        assessment.advance()
        for number in assessment.waiting { assessment.fail(number) }
        assessment.advance()
        #expect(assessment.snapshot.state == .failed)
        #expect(assessment.snapshot.reason == .judgeFailed)
        #expect(assessment.snapshot.failure == "no comparison was judged; the last reason: no answer")

        other.advance()
        for number in other.waiting.dropFirst() { other.fail(number) }
        other.judge(other.waiting[0], using: &generator)
        while other.snapshot.state == .running {
            other.advance()
            for number in other.waiting { other.judge(number, using: &generator) }
        }
        #expect(other.snapshot.state == .completed)
    }

    @Test("An essay that fails with every partner is left out after three, and the others reach their precision without it")
    func refusedEssay() {
        var generator = SplitMix64(seed: 11)
        var assessment = SimulatedAssessment(essays: 12, seed: 11, inFlight: 2)
        var steps = 0
        while assessment.snapshot.state == .running, steps < 5000 {
            steps += 1
            assessment.advance()
            guard let number = assessment.waiting.randomElement(using: &generator) else { continue }
            let comparison = assessment.snapshot.entries[number - 1].comparison
            [comparison.first, comparison.second].contains("essay-5")
                ? assessment.fail(number) : assessment.judge(number, using: &generator)
        }
        #expect(assessment.snapshot.reason == .converged)
        #expect((3...4).contains(assessment.snapshot.count(.failed)))
    }

    @Test("Once stopped, nothing is started, and what is in flight still counts")
    func draining() {
        var generator = SplitMix64(seed: 8)
        var assessment = SimulatedAssessment(essays: 12, seed: 8, maximumComparisons: 5, target: 0.99, inFlight: 5)
        assessment.advance()
        for number in assessment.waiting.dropLast() { assessment.judge(number, using: &generator) }
        #expect(assessment.advance().start.isEmpty)
        #expect(assessment.snapshot.state == .running)
        assessment.judge(assessment.waiting[0], using: &generator)
        assessment.advance()
        assessment.advance()
        #expect(assessment.snapshot.state == .completed)
        #expect(assessment.snapshot.judgements.count == 5)
    }

    @Test("The same stored state leads to the same choice")
    func deterministic() {
        var one = SimulatedAssessment(essays: 20, seed: 9)
        var other = SimulatedAssessment(essays: 20, seed: 9)
        #expect(one.advance().start == other.advance().start)
    }

    private func run(_ assessment: inout SimulatedAssessment, using generator: inout some RandomNumberGenerator) {
        var steps = 0
        while assessment.snapshot.state == .running, steps < 5000 {
            steps += 1
            assessment.advance()
            if let number = assessment.waiting.randomElement(using: &generator) { assessment.judge(number, using: &generator) }
        }
    }
}
