import CJCore
import Contracts

/// An assessment as its callers see it, computed from the stored judgements.
struct AssessmentView: Sendable {
    let snapshot: AssessmentSnapshot
    /// What has been estimated already.
    let scales: RecentScales

    /// Where an assessment stands; its comparisons are needed in numbers only.
    static func progress(
        of snapshot: AssessmentSnapshot, counts: [AssessmentSnapshot.Entry.State: Int]
    ) -> CJV1.AssessmentProgress {
        let isPriced = snapshot.estimatedCost != nil
        return CJV1.AssessmentProgress(
            assessmentID: snapshot.id,
            revision: UInt64(clamping: snapshot.revision),
            state: snapshot.state.contract,
            stopReason: snapshot.reason?.contract ?? .unspecified,
            failure: (snapshot.reason?.finalState == .failed ? snapshot.failure : snapshot.budgetRefusal) ?? "",
            essays: UInt32(snapshot.items.count),
            judged: UInt32(counts[.judged] ?? 0),
            inFlight: UInt32(counts[.inFlight] ?? 0),
            failed: UInt32(counts[.failed] ?? 0),
            expected: UInt32(snapshot.expectedComparisons),
            maxComparisons: UInt32(snapshot.stopping.maximumComparisons),
            targetReliability: snapshot.stopping.goal.reliability ?? 0,
            reliability: snapshot.reliability,
            costNanodollars: isPriced ? UInt64(clamping: snapshot.cost) : nil,
            cacheSavingsNanodollars: isPriced ? snapshot.cacheSavings : nil,
            elapsedMilliseconds: UInt64(clamping: snapshot.elapsedMilliseconds),
            simulated: snapshot.isSimulated,
            providerCalls: UInt32(clamping: snapshot.providerCalls),
            targetKendallTau: snapshot.stopping.goal.kendallTau ?? 0,
            maxGradeDeviation: snapshot.stopping.goal.gradeDeviation ?? 0,
            forecastCostNanodollars: CostForecast(snapshot, counts: counts).map { UInt64(clamping: $0.nanodollars) },
            dispatch: snapshot.dispatch.contract, dispatchReason: snapshot.dispatch.reason)
    }

    /// The whole assessment. Estimation, where there are new judgements, takes milliseconds to fractions of a second of a processor.
    @concurrent func response(history: [CJV1.ScalePoint]) async -> CJV1.GetAssessmentResponse {
        let judgements = snapshot.judgements
        let checked = scales.scale(of: snapshot.id, items: snapshot.itemIDs, judgements: judgements)
        let scale = checked.scale
        // The figures are those by which the assessment was stopped: of the essays that can be judged.
        let judgeable = AssessmentMachine.judgeable(snapshot)
        let measured =
            judgeable.count == snapshot.items.count
            ? scale
            : scales.scale(of: snapshot.id, items: judgeable, judgements: judgements).scale
        // The answers of a judge that goes by places order nothing.
        let isRanked = !judgements.isEmpty && snapshot.reason != .blindJudge
        let grading = isRanked ? grading(on: scale) : nil
        let grades: GradeProjection? = if case .success(let projection) = grading { projection } else { nil }
        return CJV1.GetAssessmentResponse(
            progress: Self.progress(of: snapshot, counts: snapshot.counts),
            items: isRanked ? rankedItems(scale, grading: grades) : unjudgedItems,
            reliability: isRanked ? reliability(measured) : nil,
            judge: diagnostics(checked, judgements: judgements),
            history: history,
            grades: snapshot.grades,
            gradingNotes: notes(grading),
            cutScores: grades?.cutScores.map {
                CJV1.CutScore(grade: $0.upper, ability: $0.ability, standardError: $0.standardError)
            } ?? [],
            excludedEssays: excludedEssays,
            anchorCheck: grades.map { CJV1.AnchorCheck($0.anchorCheck) },
            suspectEssays: CJV1.SuspectEssay.essays(of: snapshot.suspects),
            goal: isRanked ? goal(on: measured) : nil)
    }

    // MARK: - Items

    private func rankedItems(_ scale: Scale, grading: GradeProjection?) -> [CJV1.RankedItem] {
        let ordered = snapshot.items.map { (item: $0, estimate: scale.estimate(of: $0.id)) }
            .sorted { ($1.estimate.ability, $0.item.id) < ($0.estimate.ability, $1.item.id) }
        var ranked: [CJV1.RankedItem] = []
        for (index, entry) in ordered.enumerated() {
            let isTied = index > 0 && ordered[index - 1].estimate.ability == entry.estimate.ability
            let rank = isTied ? ranked[index - 1].rank : UInt32(index + 1)
            ranked.append(rankedItem(entry.item, entry.estimate, rank: rank, grading: grading))
        }
        return ranked
    }

    private func rankedItem(
        _ item: AssessmentSnapshot.Item, _ estimate: ItemEstimate, rank: UInt32, grading: GradeProjection?
    ) -> CJV1.RankedItem {
        let grade = grading?.grade(of: item.id)
        return CJV1.RankedItem(
            essayID: item.id.rawValue,
            rank: rank,
            ability: estimate.ability,
            standardError: estimate.standardError,
            comparisons: UInt32(estimate.comparisons),
            shownFirst: UInt32(estimate.shownFirst),
            wins: UInt32(estimate.wins),
            anchorGrade: item.anchorGrade ?? "",
            grade: grade?.grade ?? "",
            gradeProbabilities: grade.map { projected in
                zip(snapshot.grades, projected.probabilities).map {
                    CJV1.GradeProbability(grade: $0, probability: $1)
                }
            } ?? [],
            infit: estimate.infit ?? 0,
            gradeStep: grade?.step.contract ?? .unspecified)
    }

    private var excludedEssays: [CJV1.ExcludedEssay] {
        let refused = AssessmentMachine.refused(snapshot)
        return snapshot.items.compactMap { item in
            refused[item.id].map { CJV1.ExcludedEssay(essayID: item.id.rawValue, reason: $0) }
        }
    }

    private var unjudgedItems: [CJV1.RankedItem] {
        snapshot.items.map { CJV1.RankedItem(essayID: $0.id.rawValue, anchorGrade: $0.anchorGrade ?? "") }
    }

    /// Grades, or why there are none; nil for an assessment without anchors or without judgements.
    private func grading(on scale: Scale) -> Result<GradeProjection, GradeError>? {
        guard !snapshot.grades.isEmpty, !snapshot.judgements.isEmpty else { return nil }
        return Result { () throws(GradeError) in try snapshot.grades(on: scale) }
    }

    /// How far the assessment has come, by what it was stopped or goes on.
    private func goal(on scale: Scale) -> CJV1.GoalProgress? {
        guard snapshot.stopping.goal != .budget else { return nil }
        let rule = StoppingRule(goal: snapshot.stopping.goal, maximumComparisons: snapshot.stopping.maximumComparisons)
        let progress = rule.progress(of: scale, grades: snapshot.gradeProbabilities)
        return CJV1.GoalProgress(value: progress.value, probability: progress.probability)
    }

    private func notes(_ grading: Result<GradeProjection, GradeError>?) -> [CJV1.GradingNote] {
        switch grading {
        case .success(let projection): projection.notes.map(CJV1.GradingNote.init)
        case .failure(let error): [CJV1.GradingNote(error)]
        case nil: []
        }
    }

    // MARK: - Figures

    private func reliability(_ scale: Scale) -> CJV1.Reliability {
        CJV1.Reliability(
            posteriorReliability: scale.reliability.posteriorReliability,
            scaleSeparationReliability: scale.reliability.scaleSeparationReliability,
            separationRatio: scale.reliability.separationRatio,
            expectedKendallTau: scale.expectedKendallTau,
            priorStandardDeviation: scale.priorStandardDeviation,
            posteriorReliabilityLow: scale.reliability.low,
            posteriorReliabilityHigh: scale.reliability.high)
    }

    private func diagnostics(_ checked: CheckedScale, judgements: [Judgement]) -> CJV1.JudgeDiagnostics {
        let scale = checked.scale
        let confidences = judgements.compactMap(\.confidence)
        return CJV1.JudgeDiagnostics(
            provider: snapshot.judge.provider,
            model: snapshot.judge.model,
            promptVersion: snapshot.promptVersion,
            simulated: snapshot.isSimulated,
            positionBias: scale.positionBias,
            positionBiasStandardError: scale.positionBiasStandardError,
            firstShare: judgements.isEmpty ? 0 : Double(judgements.count { $0.outcome == .first }) / Double(judgements.count),
            infit: scale.judgeFit?.infit ?? 0,
            outfit: scale.judgeFit?.outfit ?? 0,
            meanConfidence: confidences.isEmpty ? 0 : Double(confidences.reduce(0, +)) / Double(confidences.count),
            positionBiasPrior: scales.estimator.settings.positionBiasDeviation ?? 0,
            verdictLevels: UInt32(snapshot.judge.levels.rawValue),
            margins: checked.margins.map { CJV1.MarginCheck($0, used: checked.usesMargins) },
            tieShare: judgements.isEmpty ? 0 : Double(judgements.count { $0.outcome == .tie }) / Double(judgements.count))
    }
}

extension CJV1.MarginCheck {
    fileprivate init(_ check: CJCore.MarginCheck, used: Bool) {
        self.init(
            used: used, evidence: check.evidence, clearShare: check.clearShare, clearThreshold: check.clearThreshold,
            slightRepeats: UInt32(check.slight.pairs), slightFlips: UInt32(check.slight.flips),
            clearRepeats: UInt32(check.clear.pairs), clearFlips: UInt32(check.clear.flips))
    }
}
