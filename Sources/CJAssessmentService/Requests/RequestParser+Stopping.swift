import CJCore
import Contracts

extension RequestParser {
    /// Largest deviation of a grade that can be asked for, in steps; half of the longest scale.
    static let largestGradeDeviation = 10.0

    /// Checks when an assessment is to stop.
    ///
    /// - Parameters:
    ///   - anchors: how many of the essays have a known grade.
    ///   - usualGoal: what is to be reached where the settings do not say; nil for the service's default.
    func stopping(
        _ settings: CJV1.StoppingSettings?, essays: Int, anchors: Int, usualGoal: StoppingGoal? = nil
    ) throws(RequestFault) -> AssessmentPlan.Stopping {
        let settings = settings ?? CJV1.StoppingSettings()
        let goal = try goal(settings, essays: essays, anchors: anchors, usualGoal: usualGoal)
        guard settings.maxComparisons <= UInt32(configuration.maximumComparisons) else {
            throw RequestFault(
                "stopping.max_comparisons",
                "expected at most \(configuration.maximumComparisons), got \(settings.maxComparisons)")
        }
        let possible = essays * (essays - 1) / 2 * Self.maximumJudgementsPerPair
        let asked =
            settings.maxComparisons == 0
            ? configuration.defaultComparisonsPerEssay * essays : Int(settings.maxComparisons)
        var maximumCost: Int64?
        if let cost = settings.maxCostNanodollars {
            guard cost > 0, let representable = Int64(exactly: cost) else {
                throw RequestFault("stopping.max_cost_nanodollars", "expected 1 to \(Int64.max), got \(cost)")
            }
            maximumCost = representable
        }
        var maximumSeconds: Int64?
        if let seconds = settings.maxSeconds {
            guard (1...UInt64(configuration.maximumSeconds)).contains(seconds) else {
                throw RequestFault("stopping.max_seconds", "expected 1 to \(configuration.maximumSeconds), got \(seconds)")
            }
            maximumSeconds = Int64(seconds)
        }
        return AssessmentPlan.Stopping(
            goal: goal, maximumComparisons: min(asked, possible), maximumCost: maximumCost, maximumSeconds: maximumSeconds)
    }

    private func goal(
        _ settings: CJV1.StoppingSettings, essays: Int, anchors: Int, usualGoal: StoppingGoal?
    ) throws(RequestFault) -> StoppingGoal {
        let asked = [
            ("target_reliability", settings.targetReliability != nil), ("target_kendall_tau", settings.targetKendallTau != nil),
            ("max_grade_deviation", settings.maxGradeDeviation != nil), ("until_budget", settings.untilBudget),
        ].filter(\.1).map(\.0)
        guard asked.count <= 1 else {
            throw RequestFault("stopping.\(asked[1])", "expected one thing to reach, but there is \(asked[0]) too")
        }
        if settings.untilBudget { return .budget }
        if let tau = settings.targetKendallTau {
            return .kendallTau(try share(tau, "stopping.target_kendall_tau"))
        }
        if let deviation = settings.maxGradeDeviation {
            guard deviation > 0, deviation <= Self.largestGradeDeviation else {
                throw RequestFault(
                    "stopping.max_grade_deviation",
                    "expected more than 0 and at most \(Int(Self.largestGradeDeviation)), got \(deviation)")
            }
            guard anchors > 0 else {
                throw RequestFault("stopping.max_grade_deviation", "expected none, because no essay has an anchor_grade")
            }
            // A known grade deviates by nothing, so there would be nothing to measure, and the goal could not be met.
            guard anchors < essays else {
                throw RequestFault("stopping.max_grade_deviation", "expected none, because every essay has an anchor_grade")
            }
            return .gradeDeviation(deviation)
        }
        if settings.targetReliability == nil, let usualGoal { return usualGoal }
        let target = settings.targetReliability ?? configuration.defaultTargetReliability
        return .reliability(try share(target, "stopping.target_reliability"))
    }

    private func share(_ value: Double, _ field: String) throws(RequestFault) -> Double {
        guard value > 0, value < 1 else { throw RequestFault(field, "expected more than 0 and less than 1, got \(value)") }
        return value
    }
}
