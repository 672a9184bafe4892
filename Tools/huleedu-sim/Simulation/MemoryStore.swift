import CJAssessmentService
import CJCore
import Contracts
import Wire

/// The simulated database, as one process of the service uses it.
///
/// Writes of a unit of work are kept until it commits and then take effect as a whole. Who locks an assessment keeps others from locking it
/// until his unit ends, and who waited reads what was committed meanwhile: PostgreSQL's rules for `READ COMMITTED` and `FOR UPDATE`, as
/// far as the workflow uses them.
struct MemoryStore: WorkflowStore {
    /// A transaction.
    final class Unit {
        var writes: [(inout Tables) -> Void] = []
        var locks: [String] = []
    }

    let process: SimulatedProcess
    private var world: World { process.world }

    func unit<R>(_ name: String, isSnapshot: Bool, _ body: (Unit) async throws -> R) async throws -> R {
        let unit = Unit()
        defer { for lock in unit.locks { world.locks[lock] = nil } }
        let value = try await body(unit)
        try await process.step(.beforeCommit)
        for write in unit.writes { write(&world.tables) }
        if !unit.writes.isEmpty { process.note("commits '\(name)'") }
        for lock in unit.locks { world.locks[lock] = nil }
        unit.locks = []
        try await process.step(.afterCommit)
        return value
    }

    private func acquire(_ lock: String, in unit: Unit) async throws {
        try await process.step(.between)
        while world.locks[lock] != nil {
            guard world.locks[lock] !== unit else { return }
            try await process.step(.between)
        }
        world.locks[lock] = unit
        unit.locks.append(lock)
    }

    // MARK: - Looking

    func isUndecided(_ id: String) async throws -> Bool {
        try await process.step(.between)
        guard let index = world.tables.index(of: id) else { return false }
        return world.tables.isUndecided(world.tables.snapshot(index, now: world.now), at: index)
    }

    func unattended() async throws -> [(id: String, isStopping: Bool)] {
        try await process.step(.between)
        return world.tables.assessments.indices.compactMap { index in
            let snapshot = world.tables.snapshot(index, now: world.now)
            return world.tables.isUndecided(snapshot, at: index) ? (snapshot.id, snapshot.reason != nil) : nil
        }
    }

    func snapshot(of id: String, in unit: Unit) async throws -> AssessmentSnapshot? {
        try await process.step(.between)
        return world.tables.index(of: id).map { world.tables.snapshot($0, now: world.now) }
    }

    func standing(
        of id: String, in unit: Unit
    ) async throws -> (snapshot: AssessmentSnapshot, counts: [AssessmentSnapshot.Entry.State: Int])? {
        try await snapshot(of: id, in: unit).map { ($0, $0.counts) }
    }

    // MARK: - Deciding

    func lock(_ id: String, in unit: Unit) async throws -> Bool {
        try await acquire(id, in: unit)
        return world.tables.index(of: id) != nil
    }

    func lock(_ snapshot: AssessmentSnapshot, in unit: Unit) async throws -> Bool {
        try await acquire(snapshot.id, in: unit)
        guard let index = world.tables.index(of: snapshot.id) else { return false }
        return world.tables.assessments[index].snapshot.decisions == snapshot.decisions
    }

    func purses(of assessments: Set<String>, in unit: Unit) async throws -> [String: Purse] {
        try await process.step(.between)
        return assessments.reduce(into: [:]) { purses, id in
            purses[id] = world.tables.index(of: id).map { world.tables.purse(world.tables.assessments[$0]) }
        }
    }

    func apply(
        _ decision: AssessmentMachine.Decision, conclusion: Conclusion?, to snapshot: AssessmentSnapshot, in unit: Unit
    ) async throws {
        unit.writes.append { tables in
            guard let index = tables.index(of: snapshot.id) else { return }
            tables.apply(decision, from: snapshot, to: index)
        }
    }

    func takeUp(
        _ snapshot: AssessmentSnapshot, stopping: AssessmentPlan.Stopping, maximumInFlight: Int, in unit: Unit
    ) async throws {
        unit.writes.append { tables in
            guard let index = tables.index(of: snapshot.id) else { return }
            tables.takeUp(stopping: stopping, maximumInFlight: maximumInFlight, index: index, now: world.now)
        }
    }

    // MARK: - Handing over

    func claimRequests(
        limit: Int, claimLifetimeSeconds: Int64, besides tenants: Set<String> = []
    ) async throws -> [RequestToSubmit] {
        try await process.step(.beforeCommit)
        // All assessments here are of the one tenant without a name.
        let limit = tenants.contains("") ? 0 : limit
        var claimed: [RequestToSubmit] = []
        for (place, index) in world.tables.due(limit: limit, now: world.now, lifetime: Int(claimLifetimeSeconds)) {
            let request = world.tables.assessments[place].requests[index]
            world.tables.assessments[place].requests[index].claimedAt = world.now
            world.tables.assessments[place].requests[index].claims += 1
            claimed.append(
                RequestToSubmit(
                    id: request.id, assessment: request.assessment, comparison: Int64(request.comparison),
                    attempt: Int64(request.attempt), isUnclear: request.claimedAt != nil, claim: request.claims + 1,
                    judge: world.tables.assessments[place].snapshot.judge, prompt: World.prompt, replyFormat: World.replyFormat,
                    expectedRequests: world.tables.assessments[place].snapshot.items.count))
        }
        for request in claimed { process.note("claims \(request.id) (\(request.claim))") }
        try await process.step(.afterCommit)
        return claimed
    }

    func markSubmitted(_ request: RequestToSubmit) async throws {
        try await process.step(.beforeCommit)
        change(request.id, of: request.assessment) { $0.submittedAt = world.now }
        process.note("marks \(request.id)")
        try await process.step(.afterCommit)
    }

    func releaseClaim(of request: RequestToSubmit, wasRefused: Bool) async throws {
        try await unit("release claim") { unit in
            guard try await lock(request.assessment, in: unit) else { return }
            unit.writes.append { tables in
                guard let index = tables.index(of: request.assessment),
                    let row = tables.assessments[index].requests.firstIndex(where: { $0.id == request.id })
                else { return }
                let stored = tables.assessments[index].requests[row]
                if stored.claims == request.claim, !stored.isSubmitted, !stored.isFinished {
                    tables.assessments[index].requests[row].claimedAt =
                        request.isUnclear || !wasRefused ? Tables.distantPast : nil
                }
                if tables.assessments[index].snapshot.reason != nil { tables.withdrawUnclaimed(index) }
            }
        }
    }

    func recordRefusal(of request: RequestToSubmit, effect: ResultIntake.Effect) async throws {
        try await unit("record refusal") { unit in
            guard try await openRequests([request.id], in: unit)[request.id]?.claim == request.claim else { return }
            try await record(
                [
                    FinishedRequest(
                        requestID: request.id, assessment: request.assessment, comparison: request.comparison,
                        attempt: request.attempt,
                        result: LLMV1.Result(requestID: request.id, owner: request.assessment), effect: effect)
                ], in: unit)
        }
    }

    func overdueRequests(patienceSeconds: Int64) async throws -> [String] {
        try await process.step(.beforeCommit)
        var overdue: [String] = []
        for place in world.tables.assessments.indices {
            for index in world.tables.assessments[place].requests.indices {
                let request = world.tables.assessments[place].requests[index]
                guard let submitted = request.submittedAt, !request.isFinished,
                    request.askedAt ?? submitted < world.now - Int(patienceSeconds)
                else { continue }
                world.tables.assessments[place].requests[index].askedAt = world.now
                overdue.append(request.id)
            }
        }
        try await process.step(.afterCommit)
        return overdue
    }

    func forgetHandOver(of request: String) async throws {
        try await process.step(.beforeCommit)
        change(request, of: String(request.prefix { $0 != ":" })) { stored in
            guard !stored.isFinished else { return }
            stored.submittedAt = nil
            stored.askedAt = nil
            stored.claimedAt = Tables.distantPast
        }
        try await process.step(.afterCommit)
    }

    private func change(_ request: String, of assessment: String, _ body: (inout Tables.Request) -> Void) {
        guard let index = world.tables.index(of: assessment),
            let row = world.tables.assessments[index].requests.firstIndex(where: { $0.id == request })
        else { return }
        body(&world.tables.assessments[index].requests[row])
    }

    // MARK: - Recording

    func openRequests(_ ids: [String], in unit: Unit) async throws -> [String: OpenRequest] {
        let owners = Set(ids.compactMap { $0.split(separator: ":").first.map(String.init) })
        for owner in owners.sorted() { try await acquire(owner, in: unit) }
        try await process.step(.between)
        return ids.reduce(into: [:]) { $0[$1] = world.tables.openRequest($1) }
    }

    func record(_ finished: [FinishedRequest], in unit: Unit) async throws {
        unit.writes.append { $0.record(finished) }
    }

    // MARK: - The cursor

    /// Locks the cursor into the provider's log.
    func lockedCursor(in unit: Unit) async throws -> Int {
        try await acquire("cursor", in: unit)
        return world.tables.cursor
    }

    func moveCursor(to position: Int, in unit: Unit) {
        unit.writes.append { $0.cursor = position }
    }
}
