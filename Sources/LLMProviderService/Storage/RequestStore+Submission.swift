import Contracts
import JobQueue
import Postgres

extension RequestStore {
    /// A request that may be taken on.
    struct Offer: Sendable {
        let request: LLMV1.SubmitRequest
        let content: [UInt8]
        let origin: RequestOrigin
        /// The most that it can cost, in nano-dollars; nil where its price is not known.
        let cost: Int64?
        /// Whether no language model stands behind its provider.
        let isSimulated: Bool
        /// How long it may be without an answer.
        let life: Duration

        var payer: Payer { Payer(request) }
    }

    /// The key of the lock that submissions share, and have alone where there may be no room for all of them.
    private static let queueLock = "1751479657, 0"

    /// Takes a request on, unless its id is known.
    ///
    /// - Throws: `QueueBounds.Full` or `Account.Refusal` where there is no room or no money for it; ``PostgresError``.
    func submit(_ offer: Offer, bounds: QueueBounds) async throws -> Submission {
        do {
            return try await submit(offer, bounds: bounds, isAlone: false)
        } catch is QueueBounds.CloseToFull {
            return try await submit(offer, bounds: bounds, isAlone: true)
        }
    }

    private func submit(_ offer: Offer, bounds: QueueBounds, isAlone: Bool) async throws -> Submission {
        let (request, payer) = (offer.request, offer.payer)
        return try await pool.unitOfWork("submit request") { unit in
            // Before the other lock, so that nobody waits for it who holds the other.
            unit.send("SELECT pg_advisory_xact_lock\(unescaped: isAlone ? "" : "_shared")(\(unescaped: Self.queueLock))")
            // The lock keeps a budget from being set between the look for budgets and the commit.
            let inserted = try await unit.execute(
                """
                INSERT INTO llm_provider.request (id, owner, content, traceparent, correlation_id)
                SELECT \(request.requestID), \(request.owner), \(offer.content), \(offer.origin.traceparent),
                    \(offer.origin.correlationID)
                FROM pg_advisory_xact_lock_shared(\(unescaped: Self.budgetLock), hashtext(\(payer.tenant)))
                ON CONFLICT (id) DO NOTHING
                """)
            guard inserted == 1 else { return try await known(request, content: offer.content, in: unit) ?? .differs }
            let (waiting, hasBudget) = try await lookAround(for: payer, in: unit, bounds: bounds)
            try bounds.check(waiting, isAlone: isAlone)
            if hasBudget { try Account.check(try await accounts(of: payer, in: unit), cost: offer.cost) }
            // When to give up is the retry policy's to decide, whatever the number of attempts.
            let flow = RequestFlow(request)
            let job = NewJob(kind: flow.kind, subject: request.requestID, maxAttempts: .max)
            let number = try await Self.queue.enqueue([job], in: unit)[0]
            unit.send(Self.opening(offer, job: number, kind: flow.kind))
            return .accepted
        }
    }

    /// How many requests are not at their end, and whether a budget holds for a payer; if so, it is locked.
    ///
    /// Requests are counted one by one only where there may be more than the queue holds.
    func lookAround(
        for payer: Payer, in unit: UnitOfWork, bounds: QueueBounds
    ) async throws -> (waiting: (total: Int64, tenant: Int64), hasBudget: Bool) {
        let (most, newest, hasBudget) = try await mostWaiting(for: payer, in: unit)
        var waiting = most
        if waiting.total >= bounds.total - QueueBounds.mostAtOnce {
            waiting.total = try await unit.query("SELECT count(*) FROM llm_provider.account")[0].decode(Int64.self)
            counts.note(waiting.total, of: nil, newest: newest.total)
        }
        if waiting.tenant >= bounds.perTenant - QueueBounds.mostAtOnce {
            waiting.tenant = try await unit.query(
                "SELECT count(*) FROM llm_provider.account WHERE tenant = \(payer.tenant)")[0].decode(Int64.self)
            counts.note(waiting.tenant, of: payer.tenant, newest: newest.tenant)
        }
        return (waiting, hasBudget)
    }

    /// Requests that are left out of the numbers that bound the count: they may be far older than the others.
    private static let stragglers: Int64 = 64

    /// How many requests are not at their end, at most, the number of the newest, and whether a budget holds for a payer; if so, it is
    /// locked.
    ///
    /// The numbers of the newest and of one of the oldest are read from the ends of the index and bound the count from above; so does what
    /// was counted last, where more than a few are old, as requests in batches are.
    func mostWaiting(
        for payer: Payer, in unit: UnitOfWork
    ) async throws -> (waiting: (total: Int64, tenant: Int64), newest: (total: Int64, tenant: Int64), hasBudget: Bool) {
        let (total, tenant, newest, newestOfTenant, budgets) = try await unit.query(
            """
            WITH budget AS (
                    SELECT 1 FROM llm_provider.budget WHERE tenant = \(payer.tenant) AND owner IN ('', \(payer.owner))
                    ORDER BY owner FOR UPDATE),
                newest AS (
                    SELECT (SELECT max(job) FROM llm_provider.account) AS job,
                        (SELECT max(job) FROM llm_provider.account WHERE tenant = \(payer.tenant)) AS of_tenant)
            SELECT \(Self.stragglers) + coalesce(newest.job + 1
                    - (SELECT job FROM llm_provider.account ORDER BY job OFFSET \(Self.stragglers) LIMIT 1), 0),
                \(Self.stragglers) + coalesce(newest.of_tenant + 1
                    - (SELECT job FROM llm_provider.account WHERE tenant = \(payer.tenant)
                        ORDER BY job OFFSET \(Self.stragglers) LIMIT 1), 0),
                coalesce(newest.job, 0), coalesce(newest.of_tenant, 0), (SELECT count(*) FROM budget)
            FROM newest
            """)[0].decode(Int64.self, Int64.self, Int64.self, Int64.self, Int64.self)
        let most = (
            total: min(total, counts.most(of: nil, newest: newest) ?? total),
            tenant: min(tenant, counts.most(of: payer.tenant, newest: newestOfTenant) ?? tenant)
        )
        return (most, (newest, newestOfTenant), budgets > 0)
    }
}
