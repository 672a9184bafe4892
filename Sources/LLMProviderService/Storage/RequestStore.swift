import Contracts
import EventLog
import Postgres
import Wire

/// The service's tables, seen as values.
struct RequestStore: Sendable {
    let pool: Pool

    enum Submission: Sendable, Hashable {
        case accepted
        case known(LLMV1.RequestState)
        case differs
        case full
    }

    // MARK: - Submitting and looking

    /// Takes a request on, unless its id is known or the queue is full.
    func submit(_ request: LLMV1.SubmitRequest, content: [UInt8], maximumQueue: Int64) async throws -> Submission {
        try await pool.unitOfWork("submit request") { unit in
            let inserted = try await unit.execute(
                """
                INSERT INTO llm_provider.request (id, owner, content) VALUES (\(request.requestID), \(request.owner), \(content))
                ON CONFLICT (id) DO NOTHING
                """)
            guard inserted == 1 else { return try await known(request, content: content, in: unit) ?? .differs }
            guard try await waiting(in: unit, butAtMost: maximumQueue) < maximumQueue else { throw QueueFull() }
            try await unit.execute(
                """
                INSERT INTO llm_provider.work (sequence, request_id, owner, provider)
                SELECT sequence, id, owner, \(request.provider) FROM llm_provider.request WHERE id = \(request.requestID)
                """)
            return .accepted
        }
    }

    /// What became of a request that was taken on before; nil where none was.
    func known(_ request: LLMV1.SubmitRequest, content: [UInt8]) async throws -> Submission? {
        try await pool.unitOfWork("look for request") { try await known(request, content: content, in: $0) }
    }

    private func known(
        _ request: LLMV1.SubmitRequest, content: [UInt8], in unit: UnitOfWork
    ) async throws -> Submission? {
        let rows = try await unit.query("SELECT content FROM llm_provider.request WHERE id = \(request.requestID)")
        guard let row = rows.first else { return nil }
        guard try row.decode([UInt8].self) == content else { return .differs }
        return .known(try await state(of: request.requestID, in: unit))
    }

    /// Undoes a submission for which there is no room.
    struct QueueFull: Error {}

    /// Requests that are not at their end; they are counted one by one only where there may be more than `enough`.
    private func waiting(in unit: UnitOfWork, butAtMost enough: Int64) async throws -> Int64 {
        // The numbers of the oldest and of the newest are read from the ends of the index and bound the count from above.
        let span = try await unit.query("SELECT coalesce(max(sequence) - min(sequence) + 1, 0) FROM llm_provider.work")[0]
            .decode(Int64.self)
        guard span >= enough else { return span }
        return try await unit.query("SELECT count(*) FROM llm_provider.work")[0].decode(Int64.self)
    }

    private func state(of id: String, in unit: UnitOfWork) async throws -> LLMV1.RequestState {
        let rows = try await unit.query(
            """
            SELECT result.state::text, work.lease_until > now()
            FROM llm_provider.request LEFT JOIN llm_provider.result ON result.request_id = request.id
                LEFT JOIN llm_provider.work ON work.request_id = request.id
            WHERE request.id = \(id)
            """)
        let (final, isLeased) = try rows[0].decode(String?.self, Bool?.self)
        return Self.state(final: final, isLeased: isLeased ?? false)
    }

    /// Where a request stands; nil for an unknown one.
    func status(of id: String) async throws -> LLMV1.GetResponse? {
        let rows = try await pool.query(
            """
            SELECT result.state::text, work.lease_until > now(), coalesce(result.attempts, work.attempts + work.waits, 0),
                result.content
            FROM llm_provider.request LEFT JOIN llm_provider.result ON result.request_id = request.id
                LEFT JOIN llm_provider.work ON work.request_id = request.id
            WHERE request.id = \(id)
            """)
        guard let row = rows.first else { return nil }
        let (final, isLeased, attempts, content) = try row.decode(String?.self, Bool?.self, Int64.self, [UInt8]?.self)
        return LLMV1.GetResponse(
            state: Self.state(final: final, isLeased: isLeased ?? false), attempts: UInt32(clamping: attempts),
            result: try content.map { try LLMV1.Result(decoding: $0) })
    }

    private static func state(final: String?, isLeased: Bool) -> LLMV1.RequestState {
        switch final.flatMap(FinalState.init(rawValue:)) {
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        case nil: isLeased ? .sending : .queued
        }
    }

    // MARK: - Working

    /// Claims requests that are due, oldest first; each counts as begun from here on.
    ///
    /// - Parameter held: what this worker has in its hands, which it must not take a second time should a lease of its own run out.
    func claim(limit: Int, providers: [String], besides held: [String], leaseSeconds: Int64) async throws -> [ClaimedRequest] {
        guard limit > 0, !providers.isEmpty else { return [] }
        let rows = try await pool.query(
            """
            WITH due AS (
                SELECT sequence FROM llm_provider.work
                WHERE run_at <= now() AND (lease_until IS NULL OR lease_until < now()) AND provider = ANY(\(providers)::text[])
                    AND request_id <> ALL(\(held)::text[])
                ORDER BY sequence LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            UPDATE llm_provider.work SET
                epoch = epoch + 1, attempts = attempts + 1, lease_until = now() + make_interval(secs => \(Double(leaseSeconds)))
            FROM due, llm_provider.request
            WHERE work.sequence = due.sequence AND request.id = work.request_id
            RETURNING request.id, epoch, attempts, waits, request.content, input_tokens, output_tokens, cache_read_tokens,
                cache_write_five_minutes_tokens, cache_write_one_hour_tokens
            """)
        return try rows.map(Self.claimed)
    }

    static func claimed(_ row: Row) throws -> ClaimedRequest {
        let (id, epoch, attempts, waits, content, input, output, read, five, hour) = try row.decode(
            String.self, Int64.self, Int64.self, Int64.self, [UInt8].self, Int64.self, Int64.self, Int64.self, Int64.self,
            Int64.self)
        return ClaimedRequest(
            id: id, epoch: epoch, attempts: attempts, waits: waits,
            usage: TokenUsage(
                input: input, output: output, cacheRead: read, cacheWriteFiveMinutes: five, cacheWriteOneHour: hour),
            // What this version can't read must not hold up what was claimed with it: without content it is refused like any other
            // that no longer passes, and has its event.
            request: (try? LLMV1.SubmitRequest(decoding: content)) ?? LLMV1.SubmitRequest(requestID: id))
    }

    /// Keeps claims alive.
    func renew(_ claims: [(id: String, epoch: Int64)], leaseSeconds: Int64) async throws {
        guard !claims.isEmpty else { return }
        try await pool.execute(
            """
            UPDATE llm_provider.work SET lease_until = now() + make_interval(secs => \(Double(leaseSeconds)))
            FROM unnest(\(claims.map(\.id))::text[], \(claims.map(\.epoch))::bigint[]) AS held (id, epoch)
            WHERE work.request_id = held.id AND work.epoch = held.epoch
            """)
    }

    /// Ends every lease; who held one finds its epoch overtaken at the next claim.
    func releaseAll() async throws {
        try await pool.execute("UPDATE llm_provider.work SET lease_until = NULL WHERE lease_until IS NOT NULL")
    }

    /// Puts a request back to be tried later; nothing happens when the claim is no longer this worker's. Doing it twice is doing it once.
    func postpone(_ claim: ClaimedRequest, by pause: Duration, countsAsAttempt: Bool, usage: TokenUsage) async throws {
        let uncounted: Int64 = countsAsAttempt ? 0 : 1
        try await pool.execute(
            """
            UPDATE llm_provider.work SET
                lease_until = NULL, run_at = now() + make_interval(secs => \(pause / .seconds(1))),
                attempts = \(claim.attempts - uncounted), waits = \(claim.waits + uncounted),
                input_tokens = \(usage.input), output_tokens = \(usage.output), cache_read_tokens = \(usage.cacheRead),
                cache_write_five_minutes_tokens = \(usage.cacheWriteFiveMinutes),
                cache_write_one_hour_tokens = \(usage.cacheWriteOneHour)
            WHERE request_id = \(claim.id) AND epoch = \(claim.epoch)
            """)
    }

    /// Ends a request with its result and its event, once, however often it is asked to.
    ///
    /// - Returns: false when the claim is no longer this worker's and nothing was written.
    func finish(_ claim: ClaimedRequest, with result: LLMV1.Result, isSuccess: Bool) async throws -> Bool {
        let content = try result.encoded()
        let event = try NewEvent(EventsV1.LLMRequestFinished(result: result), aggregateID: claim.id)
        return try await pool.unitOfWork("finish request") { unit in
            let held = try await unit.execute(
                "DELETE FROM llm_provider.work WHERE request_id = \(claim.id) AND epoch = \(claim.epoch)")
            guard held == 1 else {
                // Asked again because the answer to the first commit was lost on the way, it finds its own result.
                return try await !unit.query(
                    "SELECT 1 FROM llm_provider.result WHERE request_id = \(claim.id) AND content = \(content)"
                ).isEmpty
            }
            _ = unit.send(
                """
                INSERT INTO llm_provider.result (request_id, state, attempts, content)
                VALUES (\(claim.id), \((isSuccess ? FinalState.succeeded : .failed).rawValue)::llm_provider.final_state,
                    \(claim.attempts + claim.waits), \(content))
                """)
            try await Self.log.append([event], in: unit)
            return true
        }
    }
}
