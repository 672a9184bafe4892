import CJCore
import Contracts
import Testing

@testable import CJAssessmentService

@Suite("Notes on grades, as the contract tells them")
struct GradingNoteTests {
    @Test("A note carries the grades and essays it speaks of")
    func notes() {
        #expect(CJV1.GradingNote(.gradesWithoutAnchor(["E", "C"])) == .init(code: .gradesWithoutAnchor, grades: ["E", "C"]))
        let inverted = GradingNote.anchorsInverted(
            lower: Anchor(item: "a.txt", grade: "C"), higher: Anchor(item: "b.txt", grade: "B"))
        #expect(
            CJV1.GradingNote(inverted)
                == .init(code: .anchorsInverted, grades: ["C", "B"], essayIds: ["a.txt", "b.txt"]))
        #expect(CJV1.GradingNote(.anchorsDisagree(meanError: 1.25)) == .init(code: .anchorsDisagree, meanError: 1.25))
        #expect(CJV1.GradingNote(.itemsUnconnected) == .init(code: .essaysUnconnected))
    }

    @Test("What the anchors lack is told by a code, with the numbers")
    func refusals() throws {
        let gradeScale = try GradeScale(grades: ["F", "A"])
        let comparison = try Comparison(first: "a", second: "b")
        let judgements = (0..<5).map { _ in Judgement(comparison: comparison, outcome: .first, judge: "judge") }
        let scale = ScaleEstimator().estimate(items: ["a", "b"], judgements: judgements)
        func note(_ anchors: [Anchor]) -> CJV1.GradingNote? {
            do throws(GradeError) {
                _ = try GradeProjection(scale: scale, anchors: anchors, gradeScale: gradeScale)
                return nil
            } catch {
                return CJV1.GradingNote(error)
            }
        }
        let (a, b) = (Anchor(item: "a", grade: "A"), Anchor(item: "b", grade: "F"))
        #expect(note([a, b]) == nil)
        #expect(note([a]) == .init(code: .tooFewGrades))
        #expect(note([a, Anchor(item: "c", grade: "F")]) == .init(code: .anchorsUnusable))
        #expect(note([a, Anchor(item: "b", grade: "G")]) == .init(code: .anchorsUnusable))
        #expect(
            note([Anchor(item: "a", grade: "F"), Anchor(item: "b", grade: "A")])
                == .init(code: .anchorsContradicted, anchorPairs: 1, contradictedPairs: 1))
    }
}
