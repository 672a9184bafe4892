import Contracts
import Testing

@testable import CJAssessmentService

@Suite("What an assessment is to reach")
struct GoalTests {
    @Test("An assessment ends when it has probably reached the agreement with the true order that was asked for")
    func tau() async throws {
        try await withService { fixture in
            try await fixture.running {
                try await fixture.start(8) { $0.stopping = CJV1.StoppingSettings(targetKendallTau: 0.6) }
                let progress = try await fixture.end()
                #expect(progress.stopReason == .converged)
                #expect(progress.targetKendallTau == 0.6 && progress.targetReliability == 0)
                try await fixture.check(progress)
            }
            let goal = try #require(try await fixture.get().goal)
            #expect(goal.probability >= 0.6)
            #expect(try #require(goal.value) > 0.6)
        }
    }

    @Test("An assessment ends when every grade is as certain as was asked for")
    func grades() async throws {
        try await withService { fixture in
            try await fixture.running {
                try await fixture.start(8) {
                    $0.grades = ["F", "C", "A"]
                    for (essay, grade) in [(0, "F"), (3, "C"), (7, "A")] { $0.essays[essay].anchorGrade = grade }
                    $0.stopping = CJV1.StoppingSettings(maxGradeDeviation: 0.65)
                }
                let progress = try await fixture.end()
                #expect(progress.stopReason == .converged)
                #expect(progress.maxGradeDeviation == 0.65)
            }
            let assessment = try await fixture.get()
            #expect(assessment.goal?.probability == 1)
            let widest = try #require(
                assessment.items.filter(\.anchorGrade.isEmpty).map { deviation($0.gradeProbabilities.map(\.probability)) }.max())
            #expect(abs(try #require(assessment.goal?.value) - widest) < 1e-9)
            #expect(widest <= 0.65)
        }
    }

    private func deviation(_ probabilities: [Double]) -> Double {
        let mean = probabilities.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
        let square = probabilities.enumerated().reduce(0) { $0 + Double($1.offset * $1.offset) * $1.element }
        return (square - mean * mean).squareRoot()
    }

    @Test("Where nothing but the limits is to stop it, an assessment uses them up; continued with a goal, it ends at that")
    func budget() async throws {
        try await withService { fixture in
            try await fixture.running {
                try await fixture.start(5) { $0.stopping = CJV1.StoppingSettings(maxComparisons: 16, untilBudget: true) }
                let progress = try await fixture.end()
                #expect(progress.stopReason == .comparisonBudget)
                #expect(progress.judged == 16 && progress.expected == 16)
                #expect(progress.targetReliability == 0 && progress.targetKendallTau == 0 && progress.maxGradeDeviation == 0)
                #expect(try await fixture.get().goal == nil)
                _ = try await fixture.service.continueAssessment(
                    CJV1.ContinueAssessmentRequest(
                        assessmentID: "a", stopping: CJV1.StoppingSettings(maxComparisons: 20, targetKendallTau: 0.3)),
                    context: .test)
                let continued = try await fixture.end()
                #expect(continued.stopReason == .converged)
                #expect(continued.targetKendallTau == 0.3)
                // Another limit alone leaves what is to be reached as it was.
                _ = try await fixture.service.continueAssessment(
                    CJV1.ContinueAssessmentRequest(assessmentID: "a", stopping: CJV1.StoppingSettings(maxComparisons: 18)),
                    context: .test)
                let narrowed = try await fixture.end()
                #expect(narrowed.targetKendallTau == 0.3 && narrowed.targetReliability == 0)
            }
        }
    }
}
