import CJAssessmentService
import CJCore
import Contracts

/// What the simulated database holds: the rows that the workflow's statements read and write.
///
/// Each function does what one statement of `AssessmentStore` does, conditions included, on committed rows.
struct Tables {
    struct Request {
        let id: String
        let assessment: String
        let comparison: Int
        let attempt: Int
        /// When it was claimed, in simulated seconds; nil while it is not, `.distantPast` once a claim's end was unclear.
        var claimedAt: Int?
        /// How often it was claimed.
        var claims: Int64 = 0
        /// When it was handed over; nil before.
        var submittedAt: Int?
        /// When its result was last asked for.
        var askedAt: Int?
        var isSubmitted: Bool { submittedAt != nil }
        var isFinished = false
    }

    struct Assessment {
        var snapshot: AssessmentSnapshot
        /// When it was started or continued, in simulated seconds.
        var begunAt = 0
        /// Results recorded when it was last advanced; nil asks for its first advance.
        var advancedAtResults: Int64?
        /// Ends that were told, by the number of results then.
        var ends: [AssessmentSnapshot.Reason] = []
        /// How often it was taken up after an end.
        var continuations = 0
        var requests: [Request] = []
    }

    /// A claim that is older than any.
    static let distantPast = Int.min / 2

    var assessments: [Assessment] = []
    /// Position in the provider's log up to which results have been recorded.
    var cursor = 0
    /// Transitions between phases that were written, to be checked against the table.
    var violations: [String] = []

    func index(of id: String) -> Int? { assessments.firstIndex { $0.snapshot.id == id } }

    // MARK: - Reading

    /// An assessment as it is read at a moment.
    func snapshot(_ index: Int, now: Int) -> AssessmentSnapshot {
        var snapshot = assessments[index].snapshot
        snapshot.isOverdue = snapshot.stopping.maximumSeconds.map { assessments[index].begunAt + Int($0) <= now } ?? false
        return snapshot
    }

    func isUndecided(_ snapshot: AssessmentSnapshot, at index: Int) -> Bool {
        guard snapshot.state == .running else { return false }
        guard snapshot.reason == nil, !snapshot.isOverdue, let advanced = assessments[index].advancedAtResults else {
            return true
        }
        let pace = DecisionPace(essays: snapshot.items.count)
        if snapshot.results - advanced >= pace.results { return true }
        if advanced != snapshot.results,
            snapshot.permanentFailure != nil || snapshot.budgetRefusal != nil
                || snapshot.consecutiveFailures >= DecisionPace.failuresWorthALook
        {
            return true
        }
        return snapshot.count(.inFlight) == 0
    }

    func purse(_ assessment: Assessment) -> Purse {
        let snapshot = assessment.snapshot
        return Purse(
            limit: snapshot.stopping.maximumCost, spent: snapshot.cost, underWay: Int64(snapshot.count(.inFlight)),
            callCostAtMost: snapshot.callCostAtMost ?? 0)
    }

    func openRequest(_ id: String) -> OpenRequest? {
        for assessment in assessments {
            guard let request = assessment.requests.first(where: { $0.id == id && !$0.isFinished }) else { continue }
            return OpenRequest(
                assessment: assessment.snapshot.id, comparison: Int64(request.comparison), attempt: Int64(request.attempt),
                claim: request.claims,
                isStopping: assessment.snapshot.reason != nil, levels: assessment.snapshot.judge.levels)
        }
        return nil
    }

    /// Requests to hand over: those of dead processes whatever their assessment does, and new ones as far as there is room.
    func due(limit: Int, now: Int, lifetime: Int) -> [(assessment: Int, request: Int)] {
        var due: [(Int, Int)] = []
        for (place, assessment) in assessments.enumerated()
        where assessment.requests.contains(where: { !$0.isFinished && !$0.isSubmitted }) {
            let open = assessment.requests.indices.filter { !assessment.requests[$0].isFinished }
                .sorted { key(assessment.requests[$0]) < key(assessment.requests[$1]) }
            let isGoingOn = assessment.snapshot.state == .running && assessment.snapshot.reason == nil
            for (rank, index) in open.enumerated() where !assessment.requests[index].isSubmitted {
                let isDue =
                    assessment.requests[index].claimedAt.map { $0 < now - lifetime }
                    ?? (isGoingOn && rank < assessment.snapshot.maximumInFlight)
                if isDue { due.append((place, index)) }
            }
        }
        // What is claimed already has its place before what is not, but no turn before it.
        return Array(due.sorted { turn($0) < turn($1) }.prefix(limit))
    }

    private func turn(_ due: (assessment: Int, request: Int)) -> (Int64, Int, Int) {
        let request = assessments[due.assessment].requests[due.request]
        return (request.claims, due.assessment, request.comparison)
    }

    private func key(_ request: Request) -> (Int, Int, Int) {
        (request.claimedAt == nil ? 1 : 0, request.comparison, request.attempt)
    }

    // MARK: - Writing

    mutating func apply(_ decision: AssessmentMachine.Decision, from old: AssessmentSnapshot, to index: Int) {
        let id = old.id
        for comparison in decision.start {
            let number = assessments[index].snapshot.entries.count + 1
            assessments[index].snapshot.entries.append(.init(number: number, comparison: comparison, state: .inFlight))
            assessments[index].requests.append(
                Request(id: "\(id):\(number):1", assessment: id, comparison: number, attempt: 1))
        }
        if decision.stop != nil { withdrawUnclaimed(index) }
        let before = assessments[index].snapshot.phase
        assessments[index].snapshot.revision += 1
        assessments[index].snapshot.decisions += 1
        if let stop = decision.stop { assessments[index].snapshot.reason = stop }
        if let failure = decision.failure { assessments[index].snapshot.failure = failure }
        if let finish = decision.finish { assessments[index].snapshot.state = finish }
        if let figures = decision.figures { assessments[index].snapshot.reliability = figures.posteriorReliability }
        if let expected = decision.expectedComparisons { assessments[index].snapshot.expectedComparisons = expected }
        assessments[index].advancedAtResults = old.results
        check(from: before, index)
        if decision.finish != nil, let reason = assessments[index].snapshot.reason { assessments[index].ends.append(reason) }
    }

    mutating func withdrawUnclaimed(_ index: Int) {
        for request in assessments[index].requests.indices
        where assessments[index].requests[request].claimedAt == nil && !assessments[index].requests[request].isFinished {
            assessments[index].requests[request].isFinished = true
            let entry = assessments[index].requests[request].comparison - 1
            guard assessments[index].snapshot.entries[entry].state == .inFlight else { continue }
            assessments[index].snapshot.entries[entry].state = .cancelled
        }
    }

    /// Gives back every claim that is not marked as handed over, as each process does when it starts.
    mutating func releaseAllClaims() {
        for index in assessments.indices {
            for request in assessments[index].requests.indices {
                let stored = assessments[index].requests[request]
                guard stored.claimedAt != nil, !stored.isSubmitted, !stored.isFinished else { continue }
                assessments[index].requests[request].claimedAt = Self.distantPast
            }
        }
    }

    mutating func takeUp(stopping: AssessmentPlan.Stopping, maximumInFlight: Int, index: Int, now: Int) {
        let old = assessments[index].snapshot
        var entries = old.entries
        if old.reason == .judgeFailed {
            for entry in entries.indices where entries[entry].state == .failed { entries[entry].state = .cancelled }
        }
        if old.state != .running { assessments[index].continuations += 1 }
        assessments[index].snapshot = AssessmentSnapshot(
            id: old.id, state: .running, revision: old.revision + 1, decisions: old.decisions + 1, results: old.results,
            judge: old.judge, stopping: stopping, pairing: old.pairing, grading: old.grading, seed: old.seed,
            maximumInFlight: maximumInFlight, promptVersion: old.promptVersion, isSimulated: old.isSimulated,
            estimatedCost: old.estimatedCost, callCostAtMost: old.callCostAtMost, consecutiveFailures: 0,
            providerCalls: old.providerCalls, cost: old.cost, cacheSavings: old.cacheSavings, reliability: old.reliability,
            expectedComparisons: old.expectedComparisons, elapsedMilliseconds: 0, run: old.run + 1,
            items: old.items, entries: entries)
        assessments[index].begunAt = now
        assessments[index].advancedAtResults = nil
        check(from: old.phase, index)
    }

    mutating func record(_ finished: [FinishedRequest]) {
        for request in finished {
            guard let index = index(of: request.assessment),
                let row = assessments[index].requests.firstIndex(where: { $0.id == request.requestID })
            else { continue }
            assessments[index].requests[row].isFinished = true
            let entry = Int(request.comparison) - 1
            switch request.effect {
            case .judged(let verdict):
                let comparison = assessments[index].snapshot.entries[entry].comparison
                if assessments[index].snapshot.entries[entry].judgement != nil {
                    violations.append("comparison \(request.assessment) \(entry + 1) was judged twice")
                }
                assessments[index].snapshot.entries[entry].judgement = Judgement(
                    comparison: comparison, outcome: verdict.outcome, margin: verdict.margin, judge: "simulated",
                    confidence: verdict.confidence)
                assessments[index].snapshot.entries[entry].state = .judged
                assessments[index].snapshot.entries[entry].failure = nil
            case .giveUp(let reason), .judgeUnusable(let reason):
                assessments[index].snapshot.entries[entry].state = .failed
                assessments[index].snapshot.entries[entry].failure = reason
            case .withdrawn, .unaffordable:
                assessments[index].snapshot.entries[entry].state = .cancelled
                assessments[index].snapshot.entries[entry].failure = nil
            case .retry:
                let attempt = Int(request.attempt) + 1
                assessments[index].requests.append(
                    Request(
                        id: "\(request.assessment):\(entry + 1):\(attempt)", assessment: request.assessment,
                        comparison: entry + 1, attempt: attempt))
            }
        }
        for (id, tally) in AssessmentTally.tallies(finished) {
            guard let index = index(of: id) else { continue }
            add(tally, to: &assessments[index].snapshot)
        }
    }

    private func add(_ tally: AssessmentTally, to snapshot: inout AssessmentSnapshot) {
        snapshot.revision += 1
        snapshot.results += tally.results
        snapshot.providerCalls += Int(tally.calls)
        snapshot.cost += tally.cost
        snapshot.cacheSavings += tally.cacheSavings
        snapshot.consecutiveFailures =
            (tally.hasJudgement ? 0 : snapshot.consecutiveFailures) + Int(tally.trailingFailures)
        snapshot.permanentFailure = snapshot.permanentFailure ?? tally.permanentFailure
        snapshot.budgetRefusal = snapshot.budgetRefusal ?? tally.budgetRefusal
        if snapshot.reason == nil { snapshot.failure = tally.lastFailure ?? snapshot.failure }
    }

    private mutating func check(from before: AssessmentPhase, _ index: Int) {
        let after = assessments[index].snapshot.phase
        guard before == after || before.successors.contains(after) else {
            violations.append("\(assessments[index].snapshot.id) went from \(before) to \(after), which no rule allows")
            return
        }
    }
}
