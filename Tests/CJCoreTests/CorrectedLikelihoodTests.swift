import Testing

@testable import CJCore

@Suite("Corrected joint maximum likelihood")
struct CorrectedLikelihoodTests {
    private func judgements(_ records: [(winner: Item.ID, loser: Item.ID, times: Int)]) throws -> [Judgement] {
        try records.flatMap { record in
            let judgement = Judgement(
                comparison: try Comparison(first: record.winner, second: record.loser), outcome: .first, judge: "j")
            return Array(repeating: judgement, count: record.times)
        }
    }

    @Test("Two items stand apart by the log odds of the corrected scores")
    func twoItems() throws {
        let scale = CorrectedLikelihood(epsilon: 0.3).estimate(try judgements([("a", "b", 7), ("b", "a", 3)]))
        // 7 of 10 count as 0.3 + 0.94 · 7 = 6.88, 3 as 3.12.
        let expected = ElementaryFunctions.log(6.88 / 3.12) / 2
        #expect((scale.estimates[0].ability - expected).magnitude < 1e-9)
        #expect((scale.estimates[1].ability + expected).magnitude < 1e-9)
        let information = 10 * 0.688 * 0.312
        #expect((scale.estimates[0].standardError - (1 / information).squareRoot()).magnitude < 1e-9)
    }

    @Test("Perfect records have finite places, and at the solution all items miss their scores by the same number of logits")
    func perfectRecords() throws {
        let records = try judgements([("a", "b", 5), ("a", "c", 4), ("b", "c", 6), ("c", "d", 1), ("b", "d", 2), ("d", "b", 1)])
        let scale = CorrectedLikelihood(epsilon: 0.1).estimate(records)
        #expect(scale.estimates.allSatisfy { $0.ability.isFinite && $0.standardError > 0 })
        #expect(scale.estimate(of: "a")?.rank == 1)
        #expect(scale.estimates.reduce(0) { $0 + $1.ability }.magnitude < 1e-9)
        let misses = scale.items.map { item in
            let own = records.filter { $0.comparison.first == item || $0.comparison.second == item }
            var expected = 0.0
            var information = 0.0
            for judgement in own {
                let other = judgement.comparison.first == item ? judgement.comparison.second : judgement.comparison.first
                let distance = scale.estimate(of: item)!.ability - scale.estimate(of: other)!.ability
                let probability = ElementaryFunctions.logistic(distance)
                expected += probability
                information += probability * (1 - probability)
            }
            let count = Double(own.count)
            let corrected = 0.1 + (1 - 0.2 / count) * Double(own.count { $0.winner == item })
            return (corrected - expected) / information
        }
        for miss in misses { #expect((miss - misses[0]).magnitude < 1e-7) }
    }

    @Test("Groups that never met each sum to zero, and there are two of them")
    func groups() throws {
        let scale = CorrectedLikelihood().estimate(try judgements([("a", "b", 3), ("c", "d", 2), ("d", "c", 1)]))
        #expect(scale.componentCount == 2)
        #expect((scale.estimates[0].ability + scale.estimates[1].ability).magnitude < 1e-9)
        #expect((scale.estimates[2].ability + scale.estimates[3].ability).magnitude < 1e-9)
        #expect(scale.estimates.allSatisfy { $0.ability.isFinite })
    }

    @Test("A single judgement, and none at all, are no trouble")
    func few() throws {
        let one = CorrectedLikelihood().estimate(try judgements([("a", "b", 1)]))
        #expect(one.estimates.map(\.rank) == [1, 2])
        let none = CorrectedLikelihood().estimate([])
        #expect(none.items.isEmpty)
        #expect(none.judgeFit == nil)
    }

    @Test("Each judge's fit is its own: one who contradicts the others stands out")
    func judges() throws {
        var records = try judgements([("a", "b", 12), ("b", "a", 2), ("b", "c", 12), ("c", "b", 2), ("a", "c", 12)])
        let rebel = try (0..<6).map { _ in
            Judgement(comparison: try Comparison(first: "c", second: "a"), outcome: .first, judge: "rebel")
        }
        records += rebel
        let scale = CorrectedLikelihood().estimate(records)
        let own = try #require(scale.judges.first { $0.id == "rebel" }).fit
        let others = try #require(scale.judges.first { $0.id == "j" }).fit
        #expect(own.judgements == 6)
        #expect(own.infit > 3 && others.infit < 1)
        #expect(own.firstShare == 1)
    }
}
