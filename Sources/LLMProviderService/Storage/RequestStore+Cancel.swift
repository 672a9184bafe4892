import Contracts
import EventLog
import Postgres
import Wire

extension RequestStore {
    /// Requests withdrawn in one unit of work; each comes with its prompt.
    private static let cancelledAtOnce: Int64 = 100

    /// Withdraws the requests of an owner that nobody holds: those not sent yet and those waiting for their next attempt.
    ///
    /// - Parameter result: what is to be told of a request, which carries what earlier attempts used.
    /// - Returns: how many were withdrawn.
    func cancel(owner: String, result: @Sendable (ClaimedRequest) -> LLMV1.Result) async throws -> Int {
        var cancelled = 0
        while true {
            let count = try await cancelSome(of: owner, result: result)
            guard count > 0 else { return cancelled }
            cancelled += count
        }
    }

    private func cancelSome(of owner: String, result: @Sendable (ClaimedRequest) -> LLMV1.Result) async throws -> Int {
        try await pool.unitOfWork("cancel requests") { unit in
            let rows = try await unit.query(
                """
                WITH idle AS (
                    SELECT sequence FROM llm_provider.work
                    WHERE owner = \(owner) AND (lease_until IS NULL OR lease_until < now())
                    ORDER BY sequence LIMIT \(Self.cancelledAtOnce) FOR UPDATE)
                DELETE FROM llm_provider.work USING idle, llm_provider.request
                WHERE work.sequence = idle.sequence AND request.id = work.request_id
                RETURNING request.id, epoch, attempts, waits, request.content, input_tokens, output_tokens, cache_read_tokens,
                    cache_write_five_minutes_tokens, cache_write_one_hour_tokens
                """)
            let withdrawn = try rows.map(Self.claimed)
            guard !withdrawn.isEmpty else { return 0 }
            let results = withdrawn.map(result)
            _ = unit.send(
                """
                INSERT INTO llm_provider.result (request_id, state, attempts, content)
                SELECT given.id, 'cancelled', given.attempts, given.content
                FROM unnest(
                    \(withdrawn.map(\.id))::text[], \(withdrawn.map { $0.attempts + $0.waits })::bigint[],
                    \(try results.map { try $0.encoded() })::bytea[]) AS given (id, attempts, content)
                """)
            try await Self.log.append(
                try results.map { try NewEvent(EventsV1.LLMRequestFinished(result: $0), aggregateID: $0.requestID) }, in: unit)
            return withdrawn.count
        }
    }
}
