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
            guard inserted == 1 else {
                let rows = try await unit.query("SELECT content FROM llm_provider.request WHERE id = \(request.requestID)")
                guard try rows[0].decode([UInt8].self) == content else { return .differs }
                return .known(try await state(of: request.requestID, in: unit))
            }
            let waiting = try await unit.query("SELECT count(*) FROM llm_provider.work")[0].decode(Int64.self)
            guard waiting < maximumQueue else { throw QueueFull() }
            try await unit.execute(
                """
                INSERT INTO llm_provider.work (sequence, request_id, owner, provider)
                SELECT sequence, id, owner, \(request.provider) FROM llm_provider.request WHERE id = \(request.requestID)
                """)
            return .accepted
        }
    }

    /// Undoes a submission for which there is no room.
    struct QueueFull: Error {}

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
            SELECT result.state::text, work.lease_until > now(), coalesce(result.attempts, work.attempts, 0), result.content
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
        switch final {
        case "succeeded": .succeeded
        case "failed": .failed
        case "cancelled": .cancelled
        default: isLeased ? .sending : .queued
        }
    }

    // MARK: - Working

    /// Claims requests that are due, oldest first; each counts as begun from here on.
    func claim(limit: Int, providers: [String], leaseSeconds: Int64) async throws -> [ClaimedRequest] {
        let rows = try await pool.query(
            """
            WITH due AS (
                SELECT sequence FROM llm_provider.work
                WHERE run_at <= now() AND (lease_until IS NULL OR lease_until < now()) AND provider = ANY(\(providers)::text[])
                ORDER BY sequence LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            UPDATE llm_provider.work SET
                epoch = epoch + 1, attempts = attempts + 1, lease_until = now() + make_interval(secs => \(Double(leaseSeconds)))
            FROM due, llm_provider.request
            WHERE work.sequence = due.sequence AND request.id = work.request_id
            RETURNING request.id, epoch, attempts, waits, request.content, input_tokens, output_tokens, cache_read_tokens,
                cache_write_five_minutes_tokens, cache_write_one_hour_tokens
            """)
        return try rows.map { row in
            let (id, epoch, attempts, waits, content, input, output, read, five, hour) = try row.decode(
                String.self, Int64.self, Int64.self, Int64.self, [UInt8].self, Int64.self, Int64.self, Int64.self, Int64.self,
                Int64.self)
            return ClaimedRequest(
                id: id, epoch: epoch, attempts: attempts, waits: waits,
                usage: TokenUsage(
                    input: input, output: output, cacheRead: read, cacheWriteFiveMinutes: five, cacheWriteOneHour: hour),
                request: try LLMV1.SubmitRequest(decoding: content))
        }
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

    /// Puts a request back to be tried later; nothing happens when the claim is no longer this worker's.
    func postpone(_ claim: ClaimedRequest, by pause: Duration, countsAsAttempt: Bool, usage: TokenUsage) async throws {
        let uncounted: Int64 = countsAsAttempt ? 0 : 1
        try await pool.execute(
            """
            UPDATE llm_provider.work SET
                lease_until = NULL, run_at = now() + make_interval(secs => \(pause / .seconds(1))),
                attempts = attempts - \(uncounted), waits = waits + \(uncounted),
                input_tokens = \(usage.input), output_tokens = \(usage.output), cache_read_tokens = \(usage.cacheRead),
                cache_write_five_minutes_tokens = \(usage.cacheWriteFiveMinutes),
                cache_write_one_hour_tokens = \(usage.cacheWriteOneHour)
            WHERE request_id = \(claim.id) AND epoch = \(claim.epoch)
            """)
    }

    /// Ends a request with its result and its event, once.
    ///
    /// - Returns: false when the claim is no longer this worker's and nothing was written.
    func finish(_ claim: ClaimedRequest, with result: LLMV1.Result, isSuccess: Bool) async throws -> Bool {
        let content = try result.encoded()
        let event = try NewEvent(EventsV1.LLMRequestFinished(result: result), aggregateID: claim.id)
        return try await pool.unitOfWork("finish request") { unit in
            let held = try await unit.execute(
                "DELETE FROM llm_provider.work WHERE request_id = \(claim.id) AND epoch = \(claim.epoch)")
            guard held == 1 else { return false }
            _ = unit.send(
                """
                INSERT INTO llm_provider.result (request_id, state, attempts, content)
                VALUES (\(claim.id), \(isSuccess ? "succeeded" : "failed")::llm_provider.final_state, \(claim.attempts), \(content))
                """)
            try await Self.log.append([event], in: unit)
            return true
        }
    }

    /// Withdraws the requests of an owner that nobody holds.
    func cancel(owner: String, result: (String) -> LLMV1.Result) async throws -> Int {
        try await pool.unitOfWork("cancel requests") { unit in
            let rows = try await unit.query(
                """
                DELETE FROM llm_provider.work
                WHERE owner = \(owner) AND (lease_until IS NULL OR lease_until < now()) AND attempts = waits
                RETURNING request_id
                """)
            let ids = try rows.map { try $0.decode(String.self) }
            let results = ids.map(result)
            for part in stride(from: 0, to: ids.count, by: EventLog.maximumBatch) {
                let chosen = results[part..<min(part + EventLog.maximumBatch, results.count)]
                _ = unit.send(
                    """
                    INSERT INTO llm_provider.result (request_id, state, attempts, content)
                    SELECT given.id, 'cancelled', 0, given.content
                    FROM unnest(\(chosen.map(\.requestID))::text[], \(try chosen.map { try $0.encoded() })::bytea[])
                        AS given (id, content)
                    """)
                try await Self.log.append(
                    try chosen.map { try NewEvent(EventsV1.LLMRequestFinished(result: $0), aggregateID: $0.requestID) }, in: unit)
            }
            return ids.count
        }
    }
}
