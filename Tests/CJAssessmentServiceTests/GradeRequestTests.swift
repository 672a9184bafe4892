import CJCore
import Contracts
import Testing

@testable import CJAssessmentService

@Suite("Scales of grades in a request")
struct GradeRequestTests {
    private let parser = RequestParser(configuration: CJAssessmentConfiguration())

    private func plan(_ change: (inout CJV1.StartAssessmentRequest) -> Void) throws(RequestFault) -> AssessmentPlan {
        let request = Sample.request(3) {
            $0.essays[0].anchorGrade = "B"
            change(&$0)
        }
        return try parser.plan(request, uploaded: [])
    }

    private func fault(_ change: (inout CJV1.StartAssessmentRequest) -> Void) -> String? {
        do throws(RequestFault) {
            _ = try plan(change)
            return nil
        } catch {
            return error.field
        }
    }

    @Test("Every scale that has a name can be asked for by it", arguments: GradeScale.named.map(\.name))
    func named(name: String) throws {
        let scale = try #require(GradeScale.named(name))
        let plan = try plan {
            $0.gradeScale = name
            $0.essays[0].anchorGrade = scale.grades[1]
        }
        #expect(plan.grading.grades == scale.grades)
        #expect(try plan.grading.scale.steps == scale.steps)
        #expect(plan.grading.expectedShares.isEmpty, "shares count when they are asked for")
    }

    @Test("A scale's own shares count when they are asked for, and only those of a scale that has some")
    func sharesOfScale() throws {
        let plan = try plan {
            $0.gradeScale = "swedish_8_anchor"
            $0.usesSharesOfScale = true
        }
        #expect(plan.grading.expectedShares.count == 8)
        #expect(fault { ($0.gradeScale, $0.usesSharesOfScale) = ("swedish", true) } == "uses_shares_of_scale")
        #expect(fault { ($0.grades, $0.usesSharesOfScale) = (["F", "B"], true) } == "uses_shares_of_scale")
        #expect(
            fault {
                ($0.gradeScale, $0.usesSharesOfScale) = ("swedish_8_anchor", true)
                $0.expectedShares = Array(repeating: 0.125, count: 8)
            } == "expected_shares")
    }

    @Test("A name that is none, and a scale that is named and described, are refused")
    func names() {
        #expect(fault { $0.gradeScale = "swedisch" } == "grade_scale")
        #expect(fault { ($0.gradeScale, $0.grades) = ("swedish", ["F", "B"]) } == "grades")
        #expect(fault { ($0.gradeScale, $0.gradeSteps) = ("swedish", [.plus]) } == "grade_steps")
        #expect(fault { ($0.gradeScale, $0.essays[0].anchorGrade) = ("swedish", "") } == "grade_scale")
        #expect(fault { ($0.grades, $0.essays[0].anchorGrade) = (["F", "B"], "") } == "grades")
        #expect(fault { ($0.gradeScale, $0.essays[0].anchorGrade) = ("cefr", "B") } == "essays[0].anchor_grade")
    }

    @Test("Steps and shares come one for each grade, and not without grades")
    func details() throws {
        let plan = try plan {
            $0.grades = ["F", "B", "A"]
            $0.gradeSteps = [.unspecified, .minusAndPlus, .unspecified]
            $0.expectedShares = [0.25, 0.5, 0.25]
        }
        #expect(plan.grading.steps == [[], [.minus, .plus], []])
        #expect(try plan.grading.scale.expectedShares == [0.25, 0.5, 0.25])
        #expect(fault { ($0.grades, $0.gradeSteps) = (["F", "B", "A"], [.plus]) } == "grade_steps")
        #expect(fault { ($0.grades, $0.gradeSteps) = (["F", "B"], [.plus, .unspecified]) } == "grade_steps")
        #expect(fault { ($0.grades, $0.gradeSteps) = (["F", "B"], [.unspecified, .init(rawValue: 9)]) } == "grade_steps[1]")
        #expect(fault { ($0.grades, $0.expectedShares) = (["F", "B"], [1]) } == "expected_shares")
        #expect(fault { ($0.grades, $0.expectedShares) = (["F", "B"], [0.5, 0.4]) } == "expected_shares")
        #expect(fault { ($0.essays[0].anchorGrade, $0.gradeSteps) = ("", [.plus]) } == "grade_steps")
        #expect(fault { ($0.essays[0].anchorGrade, $0.expectedShares) = ("", [1]) } == "expected_shares")
    }

    @Test("Steps come back from the database as they went in, and what no version wrote is refused")
    func stored() throws {
        for raw in UInt8(0)...3 {
            let steps = GradeSteps(rawValue: raw)
            #expect(GradeSteps(stored: steps.stored) == steps)
            #expect(GradeSteps(steps.contract) == steps)
        }
        #expect(GradeSteps(stored: "±") == nil)
    }
}
