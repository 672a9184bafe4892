import Contracts
import JobQueue
import Postgres

extension RequestStore {
    /// Takes a request on, unless its id is known, the queue is full, or a budget does not allow it.
    ///
    /// - Parameters:
    ///   - cost: the most that it can cost, in nano-dollars; nil where its price is not known.
    ///   - isSimulated: whether no language model stands behind its provider.
    func submit(
        _ request: LLMV1.SubmitRequest, content: [UInt8], origin: RequestOrigin, cost: Int64?, isSimulated: Bool,
        maximumQueue: Int64
    ) async throws -> Submission {
        let payer = Payer(request)
        return try await pool.unitOfWork("submit request") { unit in
            // The lock keeps a budget from being set between the look for budgets and the commit.
            let inserted = try await unit.execute(
                """
                INSERT INTO llm_provider.request (id, owner, content, traceparent, correlation_id)
                SELECT \(request.requestID), \(request.owner), \(content), \(origin.traceparent), \(origin.correlationID)
                FROM pg_advisory_xact_lock_shared(\(unescaped: Self.budgetLock), hashtext(\(payer.tenant)))
                ON CONFLICT (id) DO NOTHING
                """)
            guard inserted == 1 else { return try await known(request, content: content, in: unit) ?? .differs }
            let (waiting, hasBudget) = try await lookAround(for: payer, in: unit, queue: maximumQueue)
            guard waiting < maximumQueue else { throw QueueFull() }
            if hasBudget { try Account.check(try await accounts(of: payer, in: unit), cost: cost) }
            // When to give up is the retry policy's to decide, whatever the number of attempts.
            let job = NewJob(kind: request.provider, subject: request.requestID, maxAttempts: .max)
            let number = try await Self.queue.enqueue([job], in: unit)[0]
            unit.send(Self.opening(request, job: number, payer: payer, reserved: cost ?? 0, isSimulated: isSimulated))
            return .accepted
        }
    }

    /// Undoes a submission for which there is no room.
    struct QueueFull: Error {}

    /// How many requests are not at their end, and whether a budget holds for a payer; if so, it is locked.
    ///
    /// Requests are counted one by one only where there may be more than the queue holds.
    private func lookAround(
        for payer: Payer, in unit: UnitOfWork, queue maximum: Int64
    ) async throws -> (waiting: Int64, hasBudget: Bool) {
        // The numbers of the oldest and of the newest are read from the ends of the index and bound the count from above.
        let (span, budgets) = try await unit.query(
            """
            WITH budget AS (
                SELECT 1 FROM llm_provider.budget WHERE tenant = \(payer.tenant) AND owner IN ('', \(payer.owner))
                ORDER BY owner FOR UPDATE)
            SELECT (SELECT coalesce(max(job) - min(job) + 1, 0) FROM llm_provider.account), (SELECT count(*) FROM budget)
            """)[0].decode(Int64.self, Int64.self)
        guard span >= maximum else { return (span, budgets > 0) }
        let count = try await unit.query("SELECT count(*) FROM llm_provider.account")[0].decode(Int64.self)
        return (count, budgets > 0)
    }
}
