import CJCore
import Contracts

extension RequestParser {
    /// The scale of grades that a request names or describes; without one there are no grades.
    func grading(_ request: CJV1.StartAssessmentRequest) throws(RequestFault) -> AssessmentPlan.Grading {
        guard request.gradeScale.isEmpty else { return try namedScale(request) }
        guard !request.usesSharesOfScale else {
            throw RequestFault("uses_shares_of_scale", "expected false, because no grade_scale is named")
        }
        guard !request.grades.isEmpty else {
            for (name, isEmpty) in [
                ("grade_steps", request.gradeSteps.isEmpty), ("expected_shares", request.expectedShares.isEmpty),
            ]
            where !isEmpty {
                throw RequestFault(name, "expected none, because there are no grades")
            }
            return AssessmentPlan.Grading(grades: [])
        }
        guard GradeScale.sizes.contains(request.grades.count), Set(request.grades).count == request.grades.count,
            request.grades.allSatisfy({ (1...Self.longestGrade).contains($0.utf8.count) })
        else {
            throw RequestFault(
                "grades", "expected 2 to 20 different grades of 1 to \(Self.longestGrade) bytes, lowest first")
        }
        let grading = AssessmentPlan.Grading(
            grades: request.grades, steps: try steps(request.gradeSteps), expectedShares: request.expectedShares)
        do {
            _ = try grading.scale
        } catch {
            let field =
                switch error.code {
                case .badSteps: "grade_steps"
                case .badShares: "expected_shares"
                default: "grades"
                }
            throw RequestFault(field, error.message)
        }
        return grading
    }

    private func namedScale(_ request: CJV1.StartAssessmentRequest) throws(RequestFault) -> AssessmentPlan.Grading {
        guard let scale = GradeScale.named(request.gradeScale) else {
            throw RequestFault("grade_scale", "expected one of \(GradeScale.named.map(\.name).joined(separator: ", "))")
        }
        guard request.grades.isEmpty, request.gradeSteps.isEmpty else {
            throw RequestFault(
                request.grades.isEmpty ? "grade_steps" : "grades", "expected none, because grade_scale names a scale")
        }
        guard !request.usesSharesOfScale || scale.expectedShares != nil else {
            throw RequestFault("uses_shares_of_scale", "expected false, because \(request.gradeScale) has no shares")
        }
        guard !request.usesSharesOfScale || request.expectedShares.isEmpty else {
            throw RequestFault("expected_shares", "expected none, because those of the scale are asked for")
        }
        let shares = request.usesSharesOfScale ? scale.expectedShares ?? [] : request.expectedShares
        let grading = AssessmentPlan.Grading(
            grades: scale.grades, steps: scale.steps.allSatisfy(\.isEmpty) ? [] : scale.steps, expectedShares: shares)
        do {
            _ = try grading.scale
        } catch {
            throw RequestFault("expected_shares", error.message)
        }
        return grading
    }

    private func steps(_ steps: [CJV1.GradeSteps]) throws(RequestFault) -> [GradeSteps] {
        var known: [GradeSteps] = []
        for (index, value) in steps.enumerated() {
            guard let steps = GradeSteps(value) else {
                throw RequestFault("grade_steps[\(index)]", "expected GradeSteps of this contract, got \(value)")
            }
            known.append(steps)
        }
        return known
    }
}

extension AssessmentPlan.Grading {
    /// The scale for essays with anchors among them; for others there must be none.
    ///
    /// - Parameter field: the one by which the request has asked for the scale.
    func fitting(_ essays: [AssessmentPlan.Essay], named field: String) throws(RequestFault) -> AssessmentPlan.Grading {
        guard grades.isEmpty || essays.contains(where: { $0.anchorGrade != nil }) else {
            throw RequestFault(field, "expected none, because no essay has an anchor_grade")
        }
        return self
    }
}

extension GradeSteps {
    /// The steps that the contract names; nothing for a value that it does not have.
    init?(_ steps: CJV1.GradeSteps) {
        switch steps {
        case .unspecified: self = []
        case .minus: self = .minus
        case .plus: self = .plus
        case .minusAndPlus: self = [.minus, .plus]
        default: return nil
        }
    }

    var contract: CJV1.GradeSteps {
        switch (contains(.minus), contains(.plus)) {
        case (false, false): .unspecified
        case (true, false): .minus
        case (false, true): .plus
        case (true, true): .minusAndPlus
        }
    }

    /// The steps in the database: "", "-", "+" or "-+".
    var stored: String { (contains(.minus) ? "-" : "") + (contains(.plus) ? "+" : "") }

    /// Steps from the database; nothing for what no version wrote.
    init?(stored: String) {
        switch stored {
        case "": self = []
        case "-": self = .minus
        case "+": self = .plus
        case "-+": self = [.minus, .plus]
        default: return nil
        }
    }
}
