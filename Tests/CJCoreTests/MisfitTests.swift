import Testing

@testable import CJCore

@Suite("Misfit and strata")
struct MisfitTests {
    @Test("Infit weighs surprises by information and outfit weighs them alike, for items and judges")
    func fit() throws {
        var judgements = IndexedJudgements(itemCount: 4)
        judgements.append(first: 0, second: 1, outcome: .first, judge: 0)
        judgements.append(first: 2, second: 0, outcome: .first, judge: 1)
        // The first is expected with 0.8; the second is even.
        let residuals = Residuals(table: ComparisonTable(judgements)) { cell in cell.judge == 0 ? (0.8, 0.16) : (0.5, 0.25) }
        let item = residuals.estimate(of: 0, ability: 0, variance: 1, rank: 1)
        #expect((try #require(item.infit) - 0.29 / 0.41).magnitude < 1e-12)
        #expect((try #require(item.outfit) - 0.625).magnitude < 1e-12)
        let judge = try #require(residuals.byJudge[0])
        #expect((judge.infit - 0.25).magnitude < 1e-12)
        #expect((judge.outfit - 0.25).magnitude < 1e-12)
        #expect((try #require(residuals.total).outfit - 0.625).magnitude < 1e-12)
        let unjudged = residuals.estimate(of: 3, ability: 0, variance: 1, rank: 1)
        #expect(unjudged.infit == nil && unjudged.outfit == nil)
    }

    @Test("A spread of twice the error tells three levels apart")
    func strata() throws {
        #expect(Strata.count(separationRatio: 2) == 3)
        #expect((Strata.count(separationRatio: 0) - 1.0 / 3).magnitude < 1e-12)
        let comparison = try Comparison(first: "a", second: "b")
        let judgements = [Judgement(comparison: comparison, outcome: .first, judge: "j")]
        let scale = ScaleEstimator().estimate(items: ["a", "b"], judgements: judgements)
        #expect(scale.reliability.strata == (4 * scale.reliability.separationRatio + 1) / 3)
        let corrected = CorrectedLikelihood().estimate(judgements)
        #expect(corrected.strata == (4 * corrected.separationRatio + 1) / 3)
    }
}
