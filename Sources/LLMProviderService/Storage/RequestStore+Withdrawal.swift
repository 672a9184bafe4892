import Contracts
import EventLog
import JobQueue
import Postgres
import Wire

extension RequestStore {
    /// Requests withdrawn in one unit of work; each comes with its prompt, which may be as long as a message.
    static let withdrawnAtOnce: Int64 = 16

    /// Requests to be withdrawn.
    enum Withdrawn: Sendable {
        /// All of an owner's.
        case owned(Payer)
        /// Those whose time is over; where a duration is given, only those whose time ended within it.
        ///
        /// Requests in batches outlast their time there, and each look passes over all of them that are older than it looks for.
        case overdue(within: Duration?)

        /// Jobs of theirs that nobody seems to hold and no batch has, with their kinds.
        ///
        /// - Parameter held: jobs that are held all the same, whatever has become of their leases.
        fileprivate func idle(besides held: [Job]) -> Query {
            let held = held.map(\.id)
            return switch self {
            case .owned(let payer):
                """
                \(unescaped: Self.unheld) AND NOT account.job = ANY (\(held)::bigint[])
                    AND account.owner = \(payer.owner) AND account.tenant = \(payer.tenant)
                ORDER BY account.job LIMIT \(RequestStore.withdrawnAtOnce)
                """
            case .overdue(let time):
                """
                \(unescaped: Self.unheld) AND NOT account.job = ANY (\(held)::bigint[]) AND account.expires_at <= now()
                    AND account.expires_at >= coalesce(now() - make_interval(secs => \(time.map { $0 / .seconds(1) })), '-infinity')
                ORDER BY account.expires_at LIMIT \(RequestStore.withdrawnAtOnce)
                """
            }
        }

        private static let unheld = """
            SELECT live.kind, account.job FROM llm_provider.account JOIN llm_provider.job_live AS live
                ON live.kind = \(RequestStore.kind) AND live.priority = \(JobPriority.normal.rawValue) AND live.id = account.job
            WHERE NOT live.is_held AND NOT EXISTS (SELECT FROM llm_provider.batch_item AS item WHERE item.job = account.job)
            """

        fileprivate var state: FinalState {
            switch self {
            case .owned: .cancelled
            case .overdue: .failed
            }
        }
    }

    /// A request that was withdrawn, and what is told of it.
    struct Withdrawal: Sendable {
        let claim: ClaimedRequest
        /// Nil for one that no longer passes.
        let parsed: SubmissionParser.Parsed?
        let outcome: AttemptOutcome
        let result: LLMV1.Result
        let entry: LedgerEntry
    }

    /// Withdraws requests that nobody holds: those not sent yet and those waiting for their next attempt.
    ///
    /// - Parameters:
    ///   - held: what the caller has in its hands, which it must not take from itself: after a while without the database its leases have
    ///     run out, and answers that are paid for are still to be written down.
    ///   - withdrawal: what is to be told of a request, which carries what earlier attempts used.
    ///   - committed: gets each that was withdrawn.
    /// - Returns: how many were withdrawn.
    func withdraw(
        _ which: Withdrawn, besides held: HeldClaims, withdrawal: @Sendable (ClaimedRequest) -> Withdrawal,
        committed: (Withdrawal) -> Void
    ) async throws -> Int {
        var withdrawn = 0
        while let withdrawals = try await withdrawSome(which, besides: held.all, withdrawal) {
            withdrawn += withdrawals.count
            withdrawals.forEach(committed)
        }
        return withdrawn
    }

    /// Withdraws some requests, as ``withdraw(_:besides:withdrawal:committed:)`` withdraws all.
    ///
    /// - Returns: what was withdrawn, of what nobody seemed to hold; nil when there was none of that.
    func withdrawSome(
        _ which: Withdrawn, besides held: [Job], _ withdrawal: @Sendable (ClaimedRequest) -> Withdrawal
    ) async throws -> [Withdrawal]? {
        do {
            return try await withdrawIdle(which, besides: held, withdrawal)
        } catch is GatheredMeanwhile {
            return []
        }
    }

    /// Some came into a batch after they had been found idle, and everything is as it was.
    private struct GatheredMeanwhile: Error {}

    private func withdrawIdle(
        _ which: Withdrawn, besides held: [Job], _ withdrawal: @Sendable (ClaimedRequest) -> Withdrawal
    ) async throws -> [Withdrawal]? {
        try await pool.unitOfWork("withdraw requests") { unit in
            let idle = try await unit.query(which.idle(besides: held))
            guard !idle.isEmpty else { return nil }
            let jobs = Dictionary(grouping: try idle.map { try $0.decode(String.self, Int64.self) }, by: \.0)
            var attempts: [Int64: Int64] = [:]
            for (kind, jobs) in jobs.sorted(by: { $0.key < $1.key }) {
                attempts.merge(try await Self.queue.takeBack(jobs.map(\.1), kind: kind, in: unit)) { $1 }
            }
            // Others may have claimed all of them meanwhile.
            guard !attempts.isEmpty else { return [] }
            let gathered = try await unit.query(
                "SELECT job FROM llm_provider.batch_item WHERE job = ANY(\(Array(attempts.keys))::bigint[]) LIMIT 1")
            guard gathered.isEmpty else { throw GatheredMeanwhile() }
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
            try await store(withdrawals, as: which.state, in: unit)
            return withdrawals
        }
    }

    private func store(_ withdrawals: [Withdrawal], as state: FinalState, in unit: UnitOfWork) async throws {
        let withdrawn = withdrawals.map(\.claim)
        let results = withdrawals.map(\.result)
        unit.send(
            """
            INSERT INTO llm_provider.result (request_id, state, attempts, content)
            SELECT given.id, \(state.rawValue)::llm_provider.final_state, given.attempts, given.content
            FROM unnest(
                \(withdrawn.map(\.id))::text[], \(withdrawn.map { $0.attempts + $0.waits })::bigint[],
                \(try results.map { try $0.encoded() })::bytea[]) AS given (id, attempts, content)
            """)
        unit.send(Self.entering(withdrawals.map(\.entry)))
        try await Self.log.append(
            try results.map { try NewEvent(EventsV1.LLMRequestFinished(result: $0), aggregateID: $0.requestID) }, in: unit)
    }
}

extension RequestStore.Withdrawal {
    /// - Parameter parser: prices what earlier attempts used.
    init(of withdrawn: ClaimedRequest, because failure: AttemptFailure, parser: SubmissionParser) {
        // One that no longer passes is of a provider that is no longer configured; what is not priced yet stays so.
        let parsed = try? parser.parse(withdrawn.request)
        let bill = withdrawn.bill(at: parsed?.call.model.prices, on: .today)
        let outcome = AttemptOutcome.failure(failure)
        self.init(
            claim: withdrawn, parsed: parsed, outcome: outcome,
            result: LLMV1.Result(
                withdrawn, outcome: outcome, usage: withdrawn.usage, bill: bill, provider: parsed, latency: .zero),
            entry: LedgerEntry(withdrawn, parsed: parsed, day: .today, usage: withdrawn.usage, bill: bill))
    }
}
