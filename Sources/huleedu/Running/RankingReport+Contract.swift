import CJCore
import Contracts

extension RankingReport {
    /// What a run's outputs are made from, besides what the assessment service tells.
    struct Background: Sendable {
        var settings: RankSettings
        var essays: EssayFolder
        var seed: UInt64
        var started: WallTime
        var finished: WallTime
    }

    /// An assessment as the service told it, with its comparisons.
    init(_ assessment: CJV1.GetAssessmentResponse, comparisons: [CJV1.ComparisonRecord], background: Background) {
        let progress = assessment.progress ?? CJV1.AssessmentProgress()
        let settings = background.settings
        let texts = Dictionary(uniqueKeysWithValues: background.essays.essays.map { ($0.id, $0.text) })
        self.init(
            assessmentID: progress.assessmentID,
            title: background.essays.title,
            question: settings.question,
            rubric: settings.rubric ?? PromptTemplate(language: settings.language.rawValue)?.builtInRubric ?? "",
            isRubricBuiltIn: settings.rubric == nil,
            language: settings.language,
            started: background.started,
            finished: background.finished,
            seed: background.seed,
            pairing: settings.pairing,
            limits: Limits(progress, settings: settings),
            items: assessment.items.map { Item($0, text: texts[$0.essayID]) },
            comparisons: comparisons.map(Comparison.init),
            grades: assessment.grades,
            cutScores: assessment.cutScores.map {
                CutScore(grade: $0.grade, ability: $0.ability, standardError: $0.standardError)
            },
            gradingNotes: assessment.gradingNotes.map(GradingNote.init),
            anchorCheck: assessment.anchorCheck.map(AnchorCheck.init),
            suspects: assessment.suspectEssays.map(Suspect.init),
            reliability: assessment.reliability.map(Reliability.init),
            goalProgress: assessment.goal.map { GoalProgress(value: $0.value, probability: $0.probability) },
            history: assessment.history.map(ScalePoint.init),
            judge: Judge(assessment.judge ?? CJV1.JudgeDiagnostics(), temperature: settings.temperature),
            stop: Stop(reason: StopReason(progress.stopReason), failure: progress.failure),
            cost: Cost(
                total: progress.costNanodollars.map(Money.init),
                cacheSavings: progress.cacheSavingsNanodollars.map(Money.init(nanodollars:)),
                providerCalls: Int(progress.providerCalls), dispatch: progress.dispatchReason),
            skipped: background.essays.skipped)
    }
}

extension EssayFolder {
    /// The folder's own name.
    var title: String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}

extension Money {
    init(_ nanodollars: UInt64) {
        self.init(nanodollars: Int64(clamping: nanodollars))
    }
}

extension RankingReport.Item {
    init(_ item: CJV1.RankedItem, text: String?) {
        self.init(
            id: item.essayID,
            rank: Int(item.rank),
            ability: item.ability,
            standardError: item.standardError,
            comparisons: Int(item.comparisons),
            wins: Int(item.wins),
            shownFirst: Int(item.shownFirst),
            infit: item.comparisons > 0 && item.infit > 0 ? item.infit : nil,
            anchorGrade: item.anchorGrade.isEmpty ? nil : item.anchorGrade,
            scaleGrade: item.grade.isEmpty ? nil : item.grade,
            gradeProbabilities: item.gradeProbabilities.map {
                RankingReport.GradeProbability(grade: $0.grade, probability: $0.probability)
            },
            text: text,
            scaleStep: item.gradeStep == .minus ? "-" : item.gradeStep == .plus ? "+" : "")
    }
}

extension RankingReport.Comparison {
    init(_ record: CJV1.ComparisonRecord) {
        self.init(
            number: Int(record.number),
            first: record.firstEssayID,
            second: record.secondEssayID,
            state: RankingReport.State(record.state),
            outcome: RankingReport.Outcome(record.outcome),
            margin: RankingReport.Margin(record.margin),
            confidence: record.confidence == 0 ? nil : Int(record.confidence),
            rationale: String(decoding: record.rationale, as: UTF8.self),
            cost: record.costNanodollars.map(Money.init),
            requestID: record.requestID,
            promptSHA256: record.promptSha256,
            model: record.model,
            failure: record.failure)
    }
}

extension RankingReport.State {
    init(_ state: CJV1.ComparisonState) {
        switch state {
        case .judged: self = .judged
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        default: self = .inFlight
        }
    }
}

extension RankingReport.Outcome {
    init?(_ outcome: CJV1.Outcome) {
        switch outcome {
        case .first: self = .first
        case .second: self = .second
        case .tie: self = .tie
        default: return nil
        }
    }
}

extension RankingReport.Margin {
    init?(_ margin: CJV1.Margin) {
        switch margin {
        case .slight: self = .slight
        case .clear: self = .clear
        default: return nil
        }
    }
}

extension RankingReport.StopReason {
    init(_ reason: CJV1.StopReason) {
        switch reason {
        case .converged: self = .converged
        case .comparisonBudget: self = .comparisonBudget
        case .moneyBudget: self = .moneyBudget
        case .pairsExhausted: self = .pairsExhausted
        case .timeLimit: self = .timeLimit
        case .judgeFailed: self = .judgeFailed
        case .blindJudge: self = .blindJudge
        default: self = .cancelled
        }
    }
}

extension StoppingGoal {
    /// What an assessment aims for.
    init(_ progress: CJV1.AssessmentProgress) {
        self =
            switch (progress.targetReliability, progress.targetKendallTau, progress.maxGradeDeviation) {
            case (let target, _, _) where target > 0: .reliability(target)
            case (_, let target, _) where target > 0: .kendallTau(target)
            case (_, _, let limit) where limit > 0: .gradeDeviation(limit)
            default: .budget
            }
    }
}

extension RankingReport.Limits {
    init(_ progress: CJV1.AssessmentProgress, settings: RankSettings) {
        let money: Money? = if case .money(let money) = settings.budget { money } else { nil }
        self.init(
            goal: StoppingGoal(progress), comparisons: Int(progress.maxComparisons), money: money,
            concurrency: settings.concurrency)
    }
}

extension RankingReport.GradingNote {
    init(_ note: CJV1.GradingNote) {
        switch note.code {
        case .gradesWithoutAnchor: self = .gradesWithoutAnchor(note.grades)
        case .anchorsInverted where note.grades.count == 2 && note.essayIds.count == 2:
            self = .anchorsInverted(
                lower: Anchor(id: note.essayIds[0], grade: note.grades[0]),
                higher: Anchor(id: note.essayIds[1], grade: note.grades[1]))
        case .essaysUnconnected: self = .essaysUnconnected
        case .anchorsContradicted: self = .anchorsContradicted(pairs: Int(note.contradictedPairs), of: Int(note.anchorPairs))
        case .tooFewGrades: self = .tooFewGrades
        case .anchorsUnusable: self = .anchorsUnusable
        case .anchorsDisagree: self = .anchorsDisagree(meanError: note.meanError)
        default: self = .unknown
        }
    }
}

extension RankingReport.AnchorCheck {
    init(_ check: CJV1.AnchorCheck) {
        self.init(
            anchors: check.anchors.map { anchor in
                Entry(
                    id: anchor.essayID, grade: anchor.grade,
                    predicted: anchor.predictedGrade.isEmpty ? nil : anchor.predictedGrade,
                    error: Int(anchor.error), probability: anchor.probability)
            },
            pairs: Int(check.pairs), inversions: Int(check.inversions), meanError: check.meanError, bias: check.bias,
            worstError: Int(check.worstError))
    }
}

extension RankingReport.Suspect {
    init(_ essay: CJV1.SuspectEssay) {
        self.init(
            id: essay.essayID,
            attempts: essay.attempts.map { attempt in
                Attempt(
                    kind: Kind(attempt.kind), start: Int(attempt.start), length: Int(attempt.length),
                    excerpt: String(decoding: attempt.excerpt, as: UTF8.self))
            })
    }
}

extension RankingReport.Suspect.Kind {
    init(_ kind: CJV1.InstructionAttemptKind) {
        switch kind {
        case .override: self = .override
        case .demand: self = .demand
        case .address: self = .address
        case .forgery: self = .forgery
        case .hidden: self = .hidden
        default: self = .unknown
        }
    }
}

extension RankingReport.Reliability {
    init(_ reliability: CJV1.Reliability) {
        self.init(
            posterior: reliability.posteriorReliability,
            scaleSeparation: reliability.scaleSeparationReliability,
            separationRatio: reliability.separationRatio,
            expectedKendallTau: reliability.expectedKendallTau,
            priorStandardDeviation: reliability.priorStandardDeviation,
            low: reliability.posteriorReliabilityLow,
            high: reliability.posteriorReliabilityHigh)
    }
}

extension RankingReport.ScalePoint {
    init(_ point: CJV1.ScalePoint) {
        self.init(
            judged: Int(point.judged), posterior: point.posteriorReliability,
            scaleSeparation: point.scaleSeparationReliability, cost: point.costNanodollars.map(Money.init))
    }
}

extension RankingReport.Judge {
    init(_ judge: CJV1.JudgeDiagnostics, temperature: Double?) {
        self.init(
            provider: judge.provider,
            model: judge.model,
            promptVersion: judge.promptVersion,
            temperature: temperature,
            simulated: judge.simulated,
            positionBias: judge.positionBias,
            positionBiasStandardError: judge.positionBiasStandardError,
            positionBiasPrior: judge.positionBiasPrior,
            firstShare: judge.firstShare,
            infit: judge.infit,
            outfit: judge.outfit,
            meanConfidence: judge.meanConfidence == 0 ? nil : judge.meanConfidence,
            verdictLevels: Int(judge.verdictLevels),
            tieShare: judge.tieShare,
            margins: judge.margins.map(RankingReport.Margins.init))
    }
}

extension RankingReport.Margins {
    init(_ check: CJV1.MarginCheck) {
        self.init(
            used: check.used, evidence: check.evidence, clearShare: check.clearShare, clearThreshold: check.clearThreshold,
            slight: RankingReport.Repeats(pairs: Int(check.slightRepeats), flips: Int(check.slightFlips)),
            clear: RankingReport.Repeats(pairs: Int(check.clearRepeats), flips: Int(check.clearFlips)))
    }
}
