import Contracts
import EventLog
import JobQueue
import Postgres
import Wire

/// The service's tables, seen as values.
struct RequestStore: Sendable {
    let pool: Pool
    /// Who holds what is claimed here: nobody else has the name.
    var worker = InstanceName("llm-provider").worker
    let counts = QueueCounts()

    enum Submission: Sendable, Hashable {
        case accepted
        case known(LLMV1.RequestState)
        case differs
    }

    // MARK: - Looking

    func state(of id: String, in unit: UnitOfWork) async throws -> LLMV1.RequestState {
        let rows = try await unit.query(
            """
            SELECT result.state::text, live.is_held OR item.job IS NOT NULL FROM \(unescaped: Self.standing) WHERE request.id = \(id)
            """)
        let (final, isLeased) = try rows[0].decode(String?.self, Bool?.self)
        return Self.state(final: final, isLeased: isLeased ?? false)
    }

    /// Where a request stands; nil for an unknown one.
    func status(of id: String) async throws -> LLMV1.GetResponse? {
        let rows = try await pool.query(
            """
            SELECT result.state::text, live.is_held OR item.job IS NOT NULL,
                coalesce(result.attempts, live.attempt + account.waits, 0), result.content
            FROM \(unescaped: Self.standing) WHERE request.id = \(id)
            """)
        guard let row = rows.first else { return nil }
        let (final, isLeased, attempts, content) = try row.decode(String?.self, Bool?.self, Int64.self, [UInt8]?.self)
        return LLMV1.GetResponse(
            state: Self.state(final: final, isLeased: isLeased ?? false), attempts: UInt32(clamping: attempts),
            result: try content.map { try LLMV1.Result(decoding: $0) })
    }

    /// The kind of an open request's job: earlier versions had one for each provider.
    static let kind = "coalesce(account.kind, account.provider)"

    /// A request with its job and its place in a batch, if it is open, or its result.
    private static let standing = """
        llm_provider.request LEFT JOIN llm_provider.result ON result.request_id = request.id
            LEFT JOIN llm_provider.account ON account.request_id = request.id
            LEFT JOIN llm_provider.job_live AS live ON live.kind = \(kind)
                AND live.priority = \(JobPriority.normal.rawValue) AND live.id = account.job
            LEFT JOIN llm_provider.batch_item AS item ON item.job = account.job
        """

    private static func state(final: String?, isLeased: Bool) -> LLMV1.RequestState {
        switch final.flatMap(FinalState.init(rawValue:)) {
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        case nil: isLeased ? .sending : .queued
        }
    }

    // MARK: - Working

    /// Flows of which requests are ready to be claimed.
    func flows(search: inout KindSearch) async throws -> [RequestFlow] {
        try await Self.queue.readyKinds(search: &search, on: pool).map(RequestFlow.init(kind:))
    }

    /// Claims requests that are due, of each flow the oldest first and so many at most; each counts as begun from here on.
    ///
    /// - Returns: the requests, and the freezes that stood when they were claimed: what a vendor has asked of any process before holds for
    ///   them.
    func claim(
        _ rooms: [RequestFlow: Int], leaseSeconds: Int64, lowWater: inout LowWater
    ) async throws -> (claims: [ClaimedRequest], freezes: [LaneID: LaneFreeze]) {
        let limit = rooms.values.reduce(0, +)
        guard limit > 0 else { return ([], [:]) }
        let kinds = Dictionary(uniqueKeysWithValues: rooms.map { ($0.key.kind, $0.value) })
        let (jobs, bodies, freezes) = try await pool.unitOfWork("claim requests") { unit in
            let jobs = try await Self.queue.claim(
                limit, of: kinds, by: worker, for: .seconds(leaseSeconds), lowWater: &lowWater, in: unit)
            // Travels with the commit.
            let bodies =
                jobs.isEmpty
                ? nil
                : unit.send(
                    """
                    SELECT account.job, \(unescaped: Self.bookkeeping)
                    FROM llm_provider.account JOIN llm_provider.request ON request.id = account.request_id
                    WHERE account.job = ANY((SELECT \(jobs.map(\.id)))::bigint[])
                    """)
            return (jobs, bodies, jobs.isEmpty ? nil : unit.send(foreignFreezes))
        }
        let byID = Dictionary(uniqueKeysWithValues: jobs.map { ($0.id, $0) })
        let claims = try (bodies?.rows() ?? []).compactMap { row -> ClaimedRequest? in
            guard let job = byID[try row.decode(Int64.self)] else { return nil }
            return try Self.claimed(row, attempts: job.attempt, job: job)
        }
        return (claims, try Self.freezes(freezes?.rows() ?? []))
    }

    /// Makes ready what dead workers held, and what was claimed here without this one's coming to know it; no claim is under way meanwhile.
    ///
    /// - Returns: how many requests.
    func rescue(besides held: [Job]) async throws -> Int {
        try await Self.queue.rescue(besides: held, by: worker, on: pool)
    }

    /// Makes ready what is due.
    func promote() async throws -> JobQueue.Maintenance {
        try await Self.queue.promote(on: pool)
    }

    /// What ``claimed(_:attempts:job:)`` reads after the number of the job.
    static let bookkeeping = """
        request.id, account.waits, request.content, input_tokens, output_tokens, cache_read_tokens,
        cache_write_five_minutes_tokens, cache_write_one_hour_tokens, cost_nanodollars, cache_savings_nanodollars,
        account.tenant, account.owner, account.reserved_nanodollars, account.simulated,
        extract(epoch FROM account.expires_at - clock_timestamp())::float8,
        extract(epoch FROM clock_timestamp() - request.created_at)::float8, request.traceparent, request.correlation_id
        """

    static func claimed(_ row: Row, attempts: Int64, job: Job?) throws -> ClaimedRequest {
        let (
            _, id, waits, content, input, output, read, five, hour, cost, savings, tenant, owner, reserved, simulated, left, age,
            trace, correlation
        ) =
            try row.decode(
                Int64.self, String.self, Int64.self, [UInt8].self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self,
                Int64?.self, Int64?.self, String.self, String.self, Int64.self, Bool.self, Double.self, Double.self, String?.self,
                String?.self
            )
        return ClaimedRequest(
            id: id, job: job, payer: Payer(tenant: tenant, owner: owner), reserved: reserved, isSimulated: simulated,
            attempts: attempts, waits: waits, deadline: ContinuousClock.now + .seconds(left),
            usage: TokenUsage(
                input: input, output: output, cacheRead: read, cacheWriteFiveMinutes: five, cacheWriteOneHour: hour),
            bill: cost.map { Bill(cost: $0, cacheSavings: savings ?? 0) },
            // What this version can't read must not hold up what was claimed with it: without content it is refused like any other
            // that no longer passes, and has its event.
            request: (try? LLMV1.SubmitRequest(decoding: content)) ?? LLMV1.SubmitRequest(requestID: id),
            origin: RequestOrigin(traceparent: trace, correlationID: correlation, request: id),
            ageWhenClaimed: .seconds(max(0, age)))
    }

    /// Keeps claims alive.
    func renew(_ jobs: [Job], leaseSeconds: Int64) async throws {
        _ = try await Self.queue.renew(jobs, for: .seconds(leaseSeconds), on: pool)
    }

    /// Ends every lease; who held one has lost it.
    func releaseAll() async throws {
        try await Self.queue.takeOver(on: pool)
        try await releaseBatches()
    }

    /// Ends the leases of an instance's earlier lives.
    ///
    /// - Returns: how many.
    func release(ofEarlier instance: InstanceName) async throws -> Int {
        try await releaseBatches(ofEarlier: instance)
        return try await Self.queue.takeOver(fromAll: instance.prefix, but: worker, on: pool)
    }

    /// Puts a request back to be tried later; nothing happens when the claim is no longer this worker's. Doing it twice is doing it once.
    ///
    /// - Parameter usage: of all attempts so far.
    /// - Parameter bill: for all attempts so far; nil where that is not priced.
    /// - Parameter refusals: lanes to which the vendor wants nothing sent, with times from now; put on record whoever has the claim.
    func postpone(
        _ claim: ClaimedRequest, by pause: Duration, countsAsAttempt: Bool, usage: TokenUsage, bill: Bill? = nil,
        refusals: [LaneID: LaneRecord] = [:]
    ) async throws {
        guard let job = claim.job else { return }
        try await pool.unitOfWork("postpone request") { unit in
            do {
                try await Self.queue.retry(job, after: pause, countsAsAttempt: countsAsAttempt, in: unit)
            } catch let error as JobQueueError where error.code == .claimLost {
                return recordRefusals(refusals, in: unit)
            }
            unit.send(
                """
                UPDATE llm_provider.account SET
                    waits = \(claim.waits + (countsAsAttempt ? 0 : 1)), input_tokens = \(usage.input),
                    output_tokens = \(usage.output), cache_read_tokens = \(usage.cacheRead),
                    cache_write_five_minutes_tokens = \(usage.cacheWriteFiveMinutes),
                    cache_write_one_hour_tokens = \(usage.cacheWriteOneHour),
                    cost_nanodollars = \(bill?.cost), cache_savings_nanodollars = \(bill?.cacheSavings)
                WHERE request_id = \(claim.id)
                """)
            recordRefusals(refusals, in: unit)
        }
    }

    /// Gives a request back as if it had not been claimed; nothing happens when the claim is no longer this worker's.
    func putBack(_ claim: ClaimedRequest, after pause: Duration) async throws {
        guard let job = claim.job else { return }
        try await Self.queue.retry(job, after: pause, countsAsAttempt: false, on: pool)
    }
}
