import CJCore

/// A goal in the database: the one of three columns that has a value, or none of them for the budget.
extension StoppingGoal {
    init(reliability: Double?, kendallTau: Double?, gradeDeviation: Double?) {
        if let reliability {
            self = .reliability(reliability)
        } else if let kendallTau {
            self = .kendallTau(kendallTau)
        } else if let gradeDeviation {
            self = .gradeDeviation(gradeDeviation)
        } else {
            self = .budget
        }
    }

    var reliability: Double? {
        if case .reliability(let target) = self { target } else { nil }
    }

    var kendallTau: Double? {
        if case .kendallTau(let target) = self { target } else { nil }
    }

    var gradeDeviation: Double? {
        if case .gradeDeviation(let limit) = self { limit } else { nil }
    }
}
