import CJCore
import Testing

@testable import CJAssessmentService

@Suite("What is remembered of an assessment's scale changes nothing that is told of it")
struct RecentScalesTests {
    private func run(essays: Int, seed: UInt64, scales: () -> RecentScales) -> [AssessmentMachine.Decision] {
        var assessment = SimulatedAssessment(essays: essays, seed: seed, inFlight: 3)
        var generator = SplitMix64(seed: seed)
        var decisions: [AssessmentMachine.Decision] = []
        while assessment.snapshot.state == .running {
            decisions.append(assessment.advance(scales: scales()))
            if let number = assessment.waiting.randomElement(using: &generator) { assessment.judge(number, using: &generator) }
        }
        return decisions
    }

    @Test("An assessment is decided as by a process that has just started", arguments: [3, 6, 14])
    func decisions(essays: Int) {
        let remembering = RecentScales()
        let known = run(essays: essays, seed: 5, scales: { remembering })
        let forgetful = run(essays: essays, seed: 5, scales: { RecentScales() })
        #expect(known == forgetful)
        #expect(known.contains { $0.figures != nil })
    }

    @Test("A scale is that of its judgements, its essays and its assessment, however often others were asked for between")
    func keys() throws {
        let scales = RecentScales()
        let items: [Item.ID] = ["a", "b", "c"]
        let judgements = try ["ab", "bc", "ac", "ba"].map { pair in
            Judgement(
                comparison: try Comparison(first: Item.ID(String(pair.first!)), second: Item.ID(String(pair.last!))),
                outcome: .first, judge: "j")
        }
        func expectOwn(_ assessment: String, _ items: [Item.ID], _ judgements: [Judgement]) {
            let expected = scales.estimator.estimate(items: items, judgements: judgements)
            let told = scales.scale(of: assessment, items: items, judgements: judgements).scale
            #expect(told.items == expected.items)
            #expect(told.judgementCount == expected.judgementCount)
            for item in items { #expect(told.estimate(of: item) == expected.estimate(of: item)) }
        }
        for _ in 0..<2 {
            expectOwn("one", items, Array(judgements.prefix(3)))
            expectOwn("one", items, judgements)
            expectOwn("one", items, judgements.reversed())
            expectOwn("one", ["a", "b"], judgements)
            expectOwn("one", ["b", "c"], judgements)
            expectOwn("other", items, Array(judgements.suffix(2)))
        }
    }

    @Test("Where there is no room, what was asked for last is kept")
    func capacity() {
        let scales = RecentScales(capacity: 2 * 2 * 9)
        let items: [Item.ID] = ["a", "b", "c"]
        for assessment in ["one", "two"] { _ = scales.scale(of: assessment, items: items, judgements: []) }
        #expect(scales.assessments == ["one", "two"])
        _ = scales.scale(of: "one", items: items, judgements: [])
        _ = scales.scale(of: "three", items: items, judgements: [])
        #expect(scales.assessments == ["one", "three"])
        _ = scales.scale(of: "four", items: items + ["d", "e"], judgements: [])
        #expect(scales.assessments == ["four"])
    }
}
