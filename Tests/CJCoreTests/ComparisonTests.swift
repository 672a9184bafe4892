import CJCore
import Testing

@Suite("Comparisons")
struct ComparisonTests {
    @Test("An item cannot meet itself")
    func itself() {
        #expect(throws: PairingError.itemMeetsItself("a")) { try Comparison(first: "a", second: "a") }
        #expect(throws: PairingError.itemMeetsItself("a")) { try Pair("a", "a") }
        #expect(PairingError.itemMeetsItself("a").code == .itemMeetsItself)
    }

    @Test("A pair has no order, a comparison has")
    func order() throws {
        let comparison = try Comparison(first: "b", second: "a")
        #expect(comparison != comparison.swapped)
        #expect(comparison.pair == comparison.swapped.pair)
        #expect(comparison.pair == (try Pair("a", "b")))
        #expect(comparison.pair.lower == "a")
        #expect(comparison.swapped.swapped == comparison)
    }

    @Test("Names are told apart and ordered by their bytes")
    func names() {
        let composed: Item.ID = "\u{E9}"
        let decomposed: Item.ID = "e\u{301}"
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
        #expect(Item.ID("B") < Item.ID("a"))
        let scale = ScaleEstimator().estimate(items: [composed, decomposed], judgements: [win(composed, over: decomposed)])
        #expect(scale.estimate(of: composed).wins == 1)
    }

    @Test("A judgement knows its winner, in either order, and none in a tie")
    func winner() throws {
        let comparison = try Comparison(first: "a", second: "b")
        let judgement = Judgement(comparison: comparison, outcome: .second, judge: "j", confidence: 2, rationale: "r")
        #expect(judgement.winner == "b")
        #expect(Judgement(comparison: comparison, outcome: .first, judge: "j").winner == "a")
        let tie = Judgement(comparison: comparison, outcome: .tie, margin: .clear, judge: "j")
        #expect(tie.winner == nil && tie.margin == nil)
    }
}
