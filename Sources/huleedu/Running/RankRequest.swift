import CJCore
import Contracts

extension RankInput {
    /// Bytes of essays that travel with the request to start; a larger pile is handed over ahead in parts of this size.
    static let essayBytesPerMessage = 1 << 20

    /// The request to start this run's assessment, without essays that were handed over ahead.
    func startRequest(id: String, seed: UInt64, judge: JudgeProvider, withEssays: Bool) -> CJV1.StartAssessmentRequest {
        CJV1.StartAssessmentRequest(
            assessmentID: id,
            essays: withEssays ? essays : [],
            question: Array((settings.question ?? "").utf8),
            rubric: Array((settings.rubric ?? "").utf8),
            language: settings.language.rawValue,
            grades: anchors.isEmpty ? [] : settings.scale.grades,
            judge: CJV1.JudgeSettings(
                provider: judge.name.rawValue, model: judge.model, temperature: settings.temperature,
                verdictLevels: UInt32(settings.levels.rawValue), dispatch: settings.dispatch.contract),
            stopping: stopping,
            pairing: settings.pairing.contract,
            seed: seed,
            maxInFlight: UInt32(settings.concurrency ?? 0),
            gradeSteps: anchors.isEmpty || settings.scale.steps.allSatisfy(\.isEmpty) ? [] : settings.scale.steps.map(Self.steps),
            expectedShares: anchors.isEmpty || !settings.usesExpectedShares ? [] : settings.scale.expectedShares ?? [])
    }

    private static func steps(_ steps: GradeSteps) -> CJV1.GradeSteps {
        switch (steps.contains(.minus), steps.contains(.plus)) {
        case (false, false): .unspecified
        case (true, false): .minus
        case (false, true): .plus
        case (true, true): .minusAndPlus
        }
    }

    /// When to stop.
    var stopping: CJV1.StoppingSettings {
        var stopping = CJV1.StoppingSettings()
        switch settings.goal {
        case .reliability(let target): stopping.targetReliability = target
        case .kendallTau(let target): stopping.targetKendallTau = target
        case .gradeDeviation(let limit): stopping.maxGradeDeviation = limit
        case .budget: stopping.untilBudget = true
        }
        switch settings.budget {
        case .comparisons(let count): stopping.maxComparisons = UInt32(clamping: count)
        case .money(let money): stopping.maxCostNanodollars = UInt64(clamping: money.nanodollars)
        case nil: break
        }
        stopping.maxSeconds = settings.timeLimit.map { UInt64(clamping: $0.components.seconds) }
        return stopping
    }

    /// The essays in parts that fit one message each; none when all fit the request to start.
    var uploads: [[CJV1.Essay]] {
        guard essays.reduce(0, { $0 + $1.text.count }) > Self.essayBytesPerMessage else { return [] }
        var parts: [[CJV1.Essay]] = [[]]
        var bytes = 0
        for essay in essays {
            if bytes + essay.text.count > Self.essayBytesPerMessage, parts[parts.count - 1].isEmpty == false {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(essay)
            bytes += essay.text.count
        }
        return parts
    }

    private var essays: [CJV1.Essay] {
        folder.essays.map { CJV1.Essay(id: $0.id, text: Array($0.text.utf8), anchorGrade: anchors[$0.id] ?? "") }
    }
}
