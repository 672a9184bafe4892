import CJCore
import Testing

@Suite("A judge that goes by places")
struct PositionCheckTests {
    @Test("Always the same place is found out at once where nothing more is to be asked, and after twenty answers in any case")
    func constant() {
        for outcome in [Outcome.first, .second] {
            #expect(!check(outcome, 11).isBlind)
            #expect(check(outcome, 12).isBlind)
            #expect(!check(outcome, 19).isHopeless)
            #expect(check(outcome, 20).isHopeless)
        }
    }

    @Test("One answer in twenty for the other place excuses nothing, two do")
    func nearlyConstant() {
        #expect(check(.first, 19, others: 1).isHopeless)
        #expect(!check(.first, 18, others: 2).isHopeless)
        #expect(check(.second, 95, others: 5).isHopeless)
        #expect(!check(.second, 94, others: 6).isHopeless)
    }

    @Test("Ties are no answers for a place")
    func ties() {
        let scale = ScaleEstimator().estimate(items: items, judgements: judgements(.tie, 40))
        let check = PositionCheck(scale)
        #expect((check.first, check.second) == (0, 0))
        #expect(!check.isBlind)
    }

    @Test("A judge that always says first ends the assessment without a ranking, early", arguments: [4, 10, 24])
    func assessment(count: Int) {
        for method in PairingMethod.allCases {
            let outcome = SimulatedAssessment(
                itemCount: count, abilityDeviation: 2, judge: SimulatedJudge(.alwaysFirst), pairing: method.strategy(),
                rule: StoppingRule(maximumComparisons: StoppingRule.usualMaximumComparisons(items: count)), inFlight: 4
            ).run(seed: UInt64(count))
            #expect(outcome.reason == .blindJudge)
            #expect(!outcome.reason.leavesRanking)
            #expect(outcome.comparisons <= 26)
        }
    }

    @Test("A judge that leans heavily to one place but looks is not accused")
    func leaning() {
        for seed in 0..<4 {
            let outcome = SimulatedAssessment(
                itemCount: 14, abilityDeviation: 2, judge: SimulatedJudge(positionBias: seed.isMultiple(of: 2) ? 1 : -1),
                rule: StoppingRule(maximumComparisons: 60), inFlight: 12
            ).run(seed: UInt64(seed))
            #expect(outcome.reason.leavesRanking)
        }
    }

    private let items = (0..<10).map { Item.ID("i\($0)") }

    private func check(_ outcome: Outcome, _ count: Int, others: Int = 0) -> PositionCheck {
        PositionCheck(
            ScaleEstimator().estimate(items: items, judgements: judgements(outcome, count) + judgements(outcome.swapped, others)))
    }

    private func judgements(_ outcome: Outcome, _ count: Int) -> [Judgement] {
        (0..<count).map { number in
            let comparison = win(items[number % 10], over: items[(number + 1 + number / 10 % 9) % 10]).comparison
            return Judgement(comparison: comparison, outcome: outcome, judge: "test")
        }
    }
}
