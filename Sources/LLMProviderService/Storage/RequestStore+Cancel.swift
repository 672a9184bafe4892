import Contracts
import EventLog
import JobQueue
import Postgres
import Wire

extension RequestStore {
    /// Requests withdrawn in one unit of work; each comes with its prompt.
    private static let cancelledAtOnce: Int64 = 100

    /// A request that was withdrawn, and what is told of it.
    struct Withdrawal: Sendable {
        let claim: ClaimedRequest
        /// Nil for one that no longer passes.
        let parsed: SubmissionParser.Parsed?
        let result: LLMV1.Result
        let entry: LedgerEntry
    }

    /// Withdraws the requests of an owner that nobody holds: those not sent yet and those waiting for their next attempt.
    ///
    /// - Parameters:
    ///   - withdrawal: what is to be told of a request, which carries what earlier attempts used.
    ///   - committed: gets each that was withdrawn.
    /// - Returns: how many were withdrawn.
    func cancel(
        _ owner: Payer, withdrawal: @Sendable (ClaimedRequest) -> Withdrawal, committed: (Withdrawal) -> Void = { _ in }
    ) async throws -> Int {
        var cancelled = 0
        while let withdrawals = try await cancelSome(of: owner, withdrawal) {
            cancelled += withdrawals.count
            withdrawals.forEach(committed)
        }
        return cancelled
    }

    /// - Returns: what was withdrawn, of what nobody seemed to hold; nil when there was none of that.
    private func cancelSome(
        of owner: Payer, _ withdrawal: @Sendable (ClaimedRequest) -> Withdrawal
    ) async throws -> [Withdrawal]? {
        try await pool.unitOfWork("cancel requests") { unit in
            let idle = try await unit.query(
                """
                SELECT account.provider, account.job FROM llm_provider.account JOIN llm_provider.job_live AS live
                    ON live.kind = account.provider AND live.priority = \(JobPriority.normal.rawValue) AND live.id = account.job
                WHERE account.owner = \(owner.owner) AND account.tenant = \(owner.tenant) AND NOT live.is_held
                ORDER BY account.job LIMIT \(Self.cancelledAtOnce)
                """)
            guard !idle.isEmpty else { return nil }
            let jobs = Dictionary(grouping: try idle.map { try $0.decode(String.self, Int64.self) }, by: \.0)
            var attempts: [Int64: Int64] = [:]
            for (provider, jobs) in jobs.sorted(by: { $0.key < $1.key }) {
                attempts.merge(try await Self.queue.takeBack(jobs.map(\.1), kind: provider, in: unit)) { $1 }
            }
            // Others may have claimed all of them meanwhile.
            guard !attempts.isEmpty else { return [] }
            let rows = try await unit.query(
                """
                DELETE FROM llm_provider.account USING llm_provider.request
                WHERE account.job = ANY(\(Array(attempts.keys))::bigint[]) AND request.id = account.request_id
                RETURNING account.job, \(unescaped: Self.bookkeeping)
                """)
            let withdrawn = try rows.map { row in
                try Self.claimed(row, attempts: attempts[row.decode(Int64.self)] ?? 0, job: nil)
            }
            let withdrawals = withdrawn.map(withdrawal)
            try await store(withdrawals, in: unit)
            return withdrawals
        }
    }

    private func store(_ withdrawals: [Withdrawal], in unit: UnitOfWork) async throws {
        let withdrawn = withdrawals.map(\.claim)
        let results = withdrawals.map(\.result)
        unit.send(
            """
            INSERT INTO llm_provider.result (request_id, state, attempts, content)
            SELECT given.id, 'cancelled', given.attempts, given.content
            FROM unnest(
                \(withdrawn.map(\.id))::text[], \(withdrawn.map { $0.attempts + $0.waits })::bigint[],
                \(try results.map { try $0.encoded() })::bytea[]) AS given (id, attempts, content)
            """)
        unit.send(Self.entering(withdrawals.map(\.entry)))
        try await Self.log.append(
            try results.map { try NewEvent(EventsV1.LLMRequestFinished(result: $0), aggregateID: $0.requestID) }, in: unit)
    }
}
