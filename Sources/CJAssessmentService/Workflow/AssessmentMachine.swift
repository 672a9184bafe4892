package import CJCore

/// Decides how an assessment goes on: which comparisons to put to the judge next, and when and why to end.
///
/// It is a function of the stored state and nothing else, so a restart decides what the run before would have decided.
package struct AssessmentMachine: Sendable {
    /// What is to be written after a look at an assessment.
    package struct Decision: Sendable, Hashable {
        /// Comparisons to put to the judge now, in order.
        package var start: [Comparison] = []
        /// The reason for which nothing more is started; what is with the judge is waited for.
        package var stop: AssessmentSnapshot.Reason?
        /// Why the judge was given up, for a person to read.
        package var failure: String?
        /// The state in which the assessment has ended, once nothing is with the judge any more.
        package var finish: AssessmentSnapshot.State?
        /// Figures of the scale, once there is a judgement.
        package var figures: Figures?
        package var expectedComparisons: Int?
    }

    package struct Figures: Sendable, Hashable {
        package let judged: Int
        package let posteriorReliability: Double
        package let scaleSeparationReliability: Double
        /// Standard deviation of the prior on the abilities, in logits.
        package let spread: Double
    }

    package let configuration: CJAssessmentConfiguration

    package init(configuration: CJAssessmentConfiguration) {
        self.configuration = configuration
    }

    /// Looks at a running assessment and says what follows.
    ///
    /// - Parameter scales: of earlier looks; they save time and change nothing.
    package func advance(_ snapshot: AssessmentSnapshot, scales: RecentScales = RecentScales()) -> Decision {
        guard snapshot.state == .running else { return Decision() }
        if let reason = snapshot.reason { return drain(snapshot, reason: reason) }
        if let failure = judgeFailure(snapshot) {
            var decision = drain(snapshot, reason: .judgeFailed)
            decision.stop = .judgeFailed
            decision.failure = failure
            return decision
        }
        if let refusal = snapshot.budgetRefusal {
            var decision = drain(snapshot, reason: .moneyBudget)
            decision.stop = .moneyBudget
            decision.failure = refusal
            return decision
        }
        return proceed(snapshot, scales: scales)
    }

    // MARK: - The running assessment

    private func proceed(_ snapshot: AssessmentSnapshot, scales: RecentScales) -> Decision {
        let judgements = snapshot.judgements
        let items = Self.judgeable(snapshot)
        let scale = scales.scale(of: snapshot.id, items: items, judgements: judgements).scale
        var decision = Decision()
        if !judgements.isEmpty {
            decision.figures = Figures(
                judged: judgements.count,
                posteriorReliability: scale.reliability.posteriorReliability,
                scaleSeparationReliability: scale.reliability.scaleSeparationReliability,
                spread: scale.priorStandardDeviation)
        }
        decision.expectedComparisons = expectedComparisons(snapshot, scale: scale)

        let pairing = pairingState(snapshot, items: items, scale: scale)
        switch stoppingRule(snapshot).decide(
            scale: scale, judged: judgements.count + snapshot.count(.failed), inFlight: snapshot.count(.inFlight),
            cost: Int(snapshot.cost), expectedCostPerComparison: Int(snapshot.callCostAtMost ?? 0),
            pairsLeft: pairing.comparisonsLeft(maximumJudgementsPerPair: RequestParser.maximumJudgementsPerPair),
            grades: snapshot.gradeProbabilities,
            earlierScale: { latest in
                scales.estimator.estimateCheckingMargins(items: items, judgements: Array(judgements.dropLast(latest))).scale
            })
        {
        case .stop(let reason):
            if reason == .blindJudge { decision.failure = Self.blindness(PositionCheck(scale)) }
            return end(decision, snapshot, reason: Self.reason(reason))
        case .continue(let mayStart):
            guard !snapshot.isOverdue else { return end(decision, snapshot, reason: .timeLimit) }
            let chosenAtOnce = DecisionPace(essays: snapshot.items.count).chosenAtOnce(maximumInFlight: snapshot.maximumInFlight)
            let room = min(mayStart, chosenAtOnce - snapshot.count(.inFlight))
            guard room > 0 else { return decision }
            decision.start = choose(room, snapshot, pairing)
            guard decision.start.isEmpty, snapshot.count(.inFlight) == 0 else { return decision }
            return end(decision, snapshot, reason: .pairsExhausted)
        }
    }

    /// The essays that comparisons are made of: all but those that are refused.
    package static func judgeable(_ snapshot: AssessmentSnapshot) -> [Item.ID] {
        let refused = refused(snapshot)
        return snapshot.itemIDs.filter { refused[$0] == nil }
    }

    /// The essays that were never judged and failed with several others, each with the last reason. They are refused for what they are:
    /// to ask about one again would lead nowhere, and to wait for its judgement would keep the scale from ever being precise enough.
    package static func refused(_ snapshot: AssessmentSnapshot) -> [Item.ID: String] {
        var partners: [Item.ID: Set<Item.ID>] = [:]
        var reasons: [Item.ID: String] = [:]
        for entry in snapshot.entries where entry.state == .failed {
            let (first, second) = (entry.comparison.first, entry.comparison.second)
            partners[first, default: []].insert(second)
            partners[second, default: []].insert(first)
            for item in [first, second] { reasons[item] = entry.failure ?? "no reason given" }
        }
        for judgement in snapshot.judgements {
            partners[judgement.comparison.first] = nil
            partners[judgement.comparison.second] = nil
        }
        let refused = partners.filter { $0.value.count >= failuresOfOneEssay }.keys
        // Where too few are left it is the judge's failure, and those in a row tell.
        guard snapshot.items.count - refused.count >= 2 else { return [:] }
        return reasons.filter { refused.contains($0.key) }
    }

    /// Partners with which an essay that was never judged may fail.
    private static let failuresOfOneEssay = 3

    private func choose(_ count: Int, _ snapshot: AssessmentSnapshot, _ state: PairingState) -> [Comparison] {
        // A stream of its own for each look, so that a choice depends on what is stored and not on how often it was looked at.
        var generator = SplitMix64(seed: snapshot.seed, stream: UInt64(snapshot.entries.count))
        let strategy = snapshot.pairing.strategy(maximumJudgementsPerPair: RequestParser.maximumJudgementsPerPair)
        return strategy.nextComparisons(count, state: state, using: &generator)
    }

    // MARK: - Endings

    private func end(
        _ decision: Decision, _ snapshot: AssessmentSnapshot, reason: AssessmentSnapshot.Reason
    ) -> Decision {
        var decision = decision
        // Where everything was given up, there is nothing to rank by.
        let isInVain = reason != .converged && snapshot.count(.judged) == 0 && snapshot.count(.failed) > 0
        let reason = isInVain ? .judgeFailed : reason
        if isInVain { decision.failure = "no comparison was judged; the last reason: \(snapshot.failure ?? "unknown")" }
        decision.stop = reason
        decision.finish = drain(snapshot, reason: reason).finish
        return decision
    }

    private func drain(_ snapshot: AssessmentSnapshot, reason: AssessmentSnapshot.Reason) -> Decision {
        guard snapshot.count(.inFlight) == 0 else { return Decision() }
        // Where a budget of the provider service's let nothing be judged, there is nothing to rank by either.
        let isInVain = reason == .moneyBudget && snapshot.budgetRefusal != nil && snapshot.count(.judged) == 0
        return Decision(finish: isInVain ? .failed : reason.finalState)
    }

    private func judgeFailure(_ snapshot: AssessmentSnapshot) -> String? {
        if let failure = snapshot.permanentFailure { return failure }
        let limit = max(configuration.minimumFailuresToGiveUp, snapshot.maximumInFlight)
        guard snapshot.consecutiveFailures >= limit else { return nil }
        return
            "\(snapshot.consecutiveFailures) requests in a row brought no judgement; the last: \(snapshot.failure ?? "unknown")"
    }

    // MARK: - What the core needs to know

    private func stoppingRule(_ snapshot: AssessmentSnapshot) -> StoppingRule {
        StoppingRule(
            goal: snapshot.stopping.goal,
            maximumComparisons: snapshot.stopping.maximumComparisons,
            maximumCost: snapshot.stopping.maximumCost.map(Int.init))
    }

    private func pairingState(_ snapshot: AssessmentSnapshot, items: [Item.ID], scale: Scale) -> PairingState {
        let judgements = snapshot.judgements
        // A pair that was given up would probably fail again.
        let givenUp = snapshot.entries.filter { $0.state == .failed }.map(\.comparison.pair)
        return PairingState(
            items: items, scale: judgements.isEmpty ? nil : scale, judgements: judgements, inFlight: snapshot.inFlight,
            excluded: Set(givenUp), anchors: Set(snapshot.items.filter { $0.anchorGrade != nil }.map(\.id)))
    }

    private func expectedComparisons(_ snapshot: AssessmentSnapshot, scale: Scale) -> Int {
        let stopping = snapshot.stopping
        let expected =
            snapshot.judgements.isEmpty
            ? stopping.expectedComparisons(essays: scale.items.count) : stopping.expectedComparisons(given: scale)
        return max(snapshot.count(.judged), expected)
    }

    private static func reason(_ reason: StopReason) -> AssessmentSnapshot.Reason {
        switch reason {
        case .converged: .converged
        case .comparisonBudget: .comparisonBudget
        case .moneyBudget: .moneyBudget
        case .pairsExhausted: .pairsExhausted
        case .blindJudge: .blindJudge
        }
    }

    /// What a judge that goes by places did, for a person to read.
    private static func blindness(_ check: PositionCheck) -> String {
        let (place, count) = check.first > check.second ? ("first", check.first) : ("second", check.second)
        return "it preferred the essay shown \(place) in \(count) of \(check.first + check.second) answers"
    }
}
