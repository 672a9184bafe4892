import CJCore
import Contracts

extension CJV1.GradingNote {
    /// Why grades are wide.
    init(_ note: GradingNote) {
        switch note {
        case .gradesWithoutAnchor(let grades):
            self.init(code: .gradesWithoutAnchor, grades: grades)
        case .anchorsInverted(let lower, let higher):
            self.init(
                code: .anchorsInverted, grades: [lower.grade, higher.grade],
                essayIds: [lower.item.rawValue, higher.item.rawValue])
        case .anchorsDisagree(let meanError):
            self.init(code: .anchorsDisagree, meanError: meanError)
        case .itemsUnconnected:
            self.init(code: .essaysUnconnected)
        }
    }

    /// Why there are no grades.
    init(_ error: GradeError) {
        switch error.code {
        case .invertedAnchors(let contradictions, let pairs):
            self.init(
                code: .anchorsContradicted, anchorPairs: UInt32(clamping: pairs),
                contradictedPairs: UInt32(clamping: contradictions))
        case .tooFewGrades:
            self.init(code: .tooFewGrades)
        case .badScale, .duplicateGrade, .badSteps, .badShares, .unknownGrade, .unknownAnchor:
            self.init(code: .anchorsUnusable)
        }
    }
}
