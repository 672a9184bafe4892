import Contracts
import EventLog
import JobQueue
import Postgres
import Wire

extension RequestStore {
    /// How a request has ended, and what is told of it.
    struct Ending: Sendable {
        let claim: ClaimedRequest
        /// The result, encoded.
        let content: [UInt8]
        let event: NewEvent
        let isSuccess: Bool
        /// What the ledger is told of it.
        let entry: LedgerEntry
        /// As in ``RequestStore/postpone(_:by:countsAsAttempt:usage:bill:refusals:)``.
        let refusals: [LaneID: LaneRecord]

        init(
            _ claim: ClaimedRequest, with result: LLMV1.Result, isSuccess: Bool, entry: LedgerEntry,
            refusals: [LaneID: LaneRecord] = [:]
        ) throws {
            self.claim = claim
            content = try result.encoded()
            event = try NewEvent(EventsV1.LLMRequestFinished(result: result), aggregateID: claim.id)
            self.isSuccess = isSuccess
            self.entry = entry
            self.refusals = refusals
        }
    }

    /// Endings written in one transaction.
    static let mostEndingsTogether = 100

    /// Ends requests with their results and events in one transaction, each once, however often it is asked to.
    ///
    /// - Returns: one for each: false when the claim is no longer this worker's and nothing was written.
    func finish(_ endings: [Ending]) async throws -> [Bool] {
        try await pool.unitOfWork("finish request") { unit in
            let mine = try await Self.queue.endHeld(endings.compactMap(\.claim.job), in: unit)
            let ended = endings.filter { $0.claim.job.map { mine.contains($0.epoch) } ?? true }
            if !ended.isEmpty {
                unit.send(Self.closing(ended))
                unit.send(Self.entering(ended.map(\.entry)))
                try await Self.log.append(ended.map(\.event), in: unit)
            }
            var answers: [Bool] = []
            for ending in endings {
                let isMine = ending.claim.job.map { mine.contains($0.epoch) } ?? true
                answers.append(isMine ? true : try await hasEnded(ending, in: unit))
            }
            recordRefusals(Self.refusals(of: endings), in: unit)
            return answers
        }
    }

    /// What vendors want of lanes, of several wishes the one that lasts longest.
    private static func refusals(of endings: [Ending]) -> [LaneID: LaneRecord] {
        endings.reduce(into: [:]) { all, ending in
            all.merge(ending.refusals) { $0.frozenUntil >= $1.frozenUntil ? $0 : $1 }
        }
    }

    /// Whether a request has ended in just this way: asked again because the answer to the first commit was lost, it finds its own result.
    private func hasEnded(_ ending: Ending, in unit: UnitOfWork) async throws -> Bool {
        try await !unit.query(
            "SELECT 1 FROM llm_provider.result WHERE request_id = \(ending.claim.id) AND content = \(ending.content)"
        ).isEmpty
    }

    private static func closing(_ endings: [Ending]) -> Query {
        let states = endings.map { ($0.isSuccess ? FinalState.succeeded : .failed).rawValue }
        return """
            WITH closed AS (
                DELETE FROM llm_provider.account WHERE request_id = ANY((SELECT \(endings.map(\.claim.id)))::text[]))
            INSERT INTO llm_provider.result (request_id, state, attempts, content)
            SELECT id, state::llm_provider.final_state, attempts, content
            FROM unnest(
                (SELECT \(endings.map(\.claim.id))::text[]), (SELECT \(states)::text[]),
                (SELECT \(endings.map { $0.claim.attempts + $0.claim.waits })::bigint[]), (SELECT \(endings.map(\.content))::bytea[]))
                AS given (id, state, attempts, content)
            """
    }
}
