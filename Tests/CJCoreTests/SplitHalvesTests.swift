import Testing

@testable import CJCore

@Suite("Split-halves reliability")
struct SplitHalvesTests {
    /// Judgements of every pair of some items: judge j puts them in the order that is given for it.
    private func judgements(orders: [[Int]]) -> IndexedJudgements {
        var judgements = IndexedJudgements(itemCount: orders.flatMap { $0 }.max().map { $0 + 1 } ?? 0)
        for (judge, order) in orders.enumerated() {
            for (place, better) in order.enumerated() {
                for worse in order[(place + 1)...] {
                    judgements.append(first: better, second: worse, outcome: .first, judge: judge)
                }
            }
        }
        return judgements
    }

    private let estimator = CorrectedLikelihood()

    @Test("Two judges of one mind correlate at 1, of opposite minds at −1")
    func twoJudges() throws {
        let same = try #require(estimator.splitHalves(judgements(orders: [[0, 1, 2], [0, 1, 2]]), splits: 4, seed: 1))
        #expect(same.unit == .judges)
        #expect(same.splits == 4)
        #expect((same.mean - 1).magnitude < 1e-9)
        #expect((same.low - 1).magnitude < 1e-9)
        #expect((same.fullLength - 1).magnitude < 1e-9)
        let opposite = try #require(estimator.splitHalves(judgements(orders: [[0, 1, 2], [2, 1, 0]]), splits: 4, seed: 1))
        #expect((opposite.mean + 1).magnitude < 1e-9)
    }

    @Test("Judges who swap neighbours correlate by the places, which are equally far apart")
    func neighbours() throws {
        // Places 1, 0, −1 and 0, 1, −1 times the same step: ½.
        let halves = try #require(estimator.splitHalves(judgements(orders: [[0, 1, 2], [1, 0, 2]]), splits: 3, seed: 1))
        #expect((halves.mean - 0.5).magnitude < 1e-9)
        // 2r/(1 + r) = 1/1.5.
        #expect((halves.fullLength - 2.0 / 3).magnitude < 1e-9)
    }

    @Test("Where two of four judges turn the order over, a third of the splits set them against the others")
    func fourJudges() throws {
        let four = judgements(orders: [[0, 1, 2], [0, 1, 2], [2, 1, 0], [2, 1, 0]])
        // In the other splits each half holds one of either mind, and tells nothing apart: their correlation is 0.
        let halves = try #require(estimator.splitHalves(four, splits: 600, seed: 7))
        #expect(halves.splits == 600)
        #expect((halves.mean + 1.0 / 3).magnitude < 0.06)
        #expect((halves.low + 1).magnitude < 1e-9)
        #expect(halves.high.magnitude < 1e-6)
    }

    @Test("The judgements of one judge are split themselves, and the seed decides how")
    func oneJudge() throws {
        var one = IndexedJudgements(itemCount: 4)
        for repetition in 0..<12 {
            for lower in 0..<4 {
                for upper in lower + 1..<4 {
                    let wins = !(repetition + upper).isMultiple(of: 3)
                    if repetition.isMultiple(of: 2) {
                        one.append(first: lower, second: upper, outcome: wins ? .first : .second)
                    } else {
                        one.append(first: upper, second: lower, outcome: wins ? .second : .first)
                    }
                }
            }
        }
        let posterior = ScaleEstimator()
        let halves = try #require(posterior.splitHalves(one, priorStandardDeviation: 1, splits: 20, seed: 3))
        #expect(halves.unit == .judgements)
        #expect(halves.low < halves.mean && halves.mean < halves.high)
        #expect(halves.mean > 0.3)
        #expect(posterior.splitHalves(one, priorStandardDeviation: 1, splits: 20, seed: 3) == halves)
        #expect(posterior.splitHalves(one, priorStandardDeviation: 1, splits: 20, seed: 4) != halves)
    }

    @Test("Halves with three items in common can be compared, with two they cannot")
    func fewItems() {
        #expect(estimator.splitHalves(judgements(orders: [[0, 1, 2, 3], [0, 1, 2]]), splits: 2, seed: 1)?.splits == 2)
        #expect(estimator.splitHalves(judgements(orders: [[0, 1, 2, 3], [0, 1]]), splits: 2, seed: 1) == nil)
        #expect(estimator.splitHalves(judgements(orders: [[0, 1, 2], [0, 1, 2]]), splits: 0, seed: 1) == nil)
        #expect(estimator.splitHalves(IndexedJudgements(itemCount: 0), splits: 2, seed: 1) == nil)
    }

    @Test("Half of the judges, rounded down, are chosen, and every choice comes as often")
    func choices() {
        var random = SplitMix64(seed: 5)
        var counts = Array(repeating: 0, count: 5)
        for _ in 0..<5_000 {
            let half = SplitHalves.half(of: 5, using: &random)
            #expect(half.count(where: \.self) == 2)
            for (place, isIn) in half.enumerated() where isIn { counts[place] += 1 }
        }
        #expect(counts.allSatisfy { ($0 - 2_000).magnitude < 150 })
    }

    @Test("A share of the values lies below the ends of the interval")
    func quantiles() {
        let values = (0...10).map { Double($0) }
        #expect((SplitHalves.quantile(0.05, of: values) - 0.5).magnitude < 1e-12)
        #expect((SplitHalves.quantile(0.95, of: values) - 9.5).magnitude < 1e-12)
        #expect(SplitHalves.quantile(0.95, of: [3]) == 3)
    }
}
