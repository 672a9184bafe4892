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

    /// What became of an offer: a submission, or `QueueBounds.Full` or `Account.Refusal` where there is no room or no money for it.
    typealias Decision = Result<Submission, any Error>

    /// The key of the lock that submissions share, and have alone where there may be no room for all of them.
    private static let queueLock = "1751479657, 0"
    /// Times that requests are offered which others take on at the same moment; they are known the next time.
    private static let mostTries = 8

    /// Takes requests on in one transaction, those of them whose ids are not known. What is refused keeps none of the others back.
    ///
    /// It takes two round trips, and one more where a budget holds.
    ///
    /// - Returns: one for each offer.
    /// - Throws: ``PostgresError``; then nothing is decided.
    func submit(_ offers: [Offer], bounds: QueueBounds) async throws -> [Decision] {
        var (tries, isAlone) = (1, false)
        while true {
            do {
                return try await submit(offers, bounds: bounds, isAlone: isAlone)
            } catch is QueueBounds.CloseToFull {
                isAlone = true
            } catch let error as PostgresError where error.code == .uniqueViolation && tries < Self.mostTries {
                tries += 1
            }
        }
    }

    private func submit(_ offers: [Offer], bounds: QueueBounds, isAlone: Bool) async throws -> [Decision] {
        try await pool.unitOfWork("submit request") { unit in
            // Before the other lock, so that nobody waits for it who holds the other.
            unit.send("SELECT pg_advisory_xact_lock\(unescaped: isAlone ? "" : "_shared")(\(unescaped: Self.queueLock))")
            let payers = Array(Set(offers.flatMap { [$0.payer.wholeTenant, $0.payer] }))
            // The lock keeps a budget from being set between the look for budgets and the commit.
            let budgets = lockBudgets(of: payers, in: unit)
            let numbers = Self.queue.drawNumbers(offers.count, in: unit)
            let found = unit.send(Self.contents(of: offers.map(\.request.requestID)))
            let waiting = try await lookAround(for: Set(offers.map(\.payer.tenant)), in: unit, bounds: bounds)
            var round = SubmissionRound(
                bounds: bounds, isAlone: isAlone, known: try await known(found.rows(), in: unit), waiting: waiting,
                accounts: try budgets.rows().isEmpty ? [:] : try await limitedAccounts(of: payers, in: unit))
            let decisions = try offers.map { offer in
                do {
                    return Decision.success(try round.decide(offer))
                } catch let close as QueueBounds.CloseToFull {
                    throw close
                } catch {
                    return .failure(error)
                }
            }
            let taken = zip(offers, decisions).filter { if case .success(.accepted) = $1 { true } else { false } }.map(\.0)
            try take(taken, numbers: try numbers.rows().prefix(taken.count).map { try $0.decode(Int64.self) }, in: unit)
            return decisions
        }
    }

    /// Writes requests that are taken on; the statements travel with the commit.
    private func take(_ offers: [Offer], numbers: [Int64], in unit: UnitOfWork) throws {
        guard !offers.isEmpty else { return }
        // In their order, so that no two of these wait for each other. A violation of the key says that another was quicker.
        unit.send(
            """
            INSERT INTO llm_provider.request (id, owner, content, traceparent, correlation_id)
            SELECT * FROM unnest(
                (SELECT \(offers.map(\.request.requestID))::text[]), (SELECT \(offers.map(\.request.owner))::text[]),
                (SELECT \(offers.map(\.content))::bytea[]), (SELECT \(offers.map(\.origin.traceparent))::text[]),
                (SELECT \(offers.map(\.origin.correlationID))::text[])) AS given (id, owner, content, traceparent, correlation_id)
            ORDER BY id COLLATE "C"
            """)
        let flows = offers.map { RequestFlow($0.request) }
        // When to give up is the retry policy's to decide, whatever the number of attempts.
        let jobs = zip(offers, flows).map { NewJob(kind: $1.kind, subject: $0.request.requestID, maxAttempts: .max) }
        try Self.queue.enqueue(jobs, numbered: numbers, in: unit)
        unit.send(Self.opening(offers, jobs: numbers, kinds: flows.map(\.kind)))
    }

    // MARK: - What is known

    /// What became of requests that were taken on before, by their ids.
    func known(_ ids: [String]) async throws -> [String: SubmissionRound.Known] {
        try await pool.unitOfWork("look for request") { unit in
            try await known(try await unit.query(Self.contents(of: ids)), in: unit)
        }
    }

    private static func contents(of ids: [String]) -> Query {
        "SELECT id, content FROM llm_provider.request WHERE id = ANY((SELECT \(ids))::text[])"
    }

    private func known(_ rows: [Row], in unit: UnitOfWork) async throws -> [String: SubmissionRound.Known] {
        var known: [String: SubmissionRound.Known] = [:]
        for row in rows {
            let (id, content) = try row.decode(String.self, [UInt8].self)
            known[id] = SubmissionRound.Known(content: content, state: try await state(of: id, in: unit))
        }
        return known
    }

    // MARK: - How many there are

    /// How many requests of all and of tenants are not at their end.
    ///
    /// They are counted one by one only where there may be more than the queue holds.
    func lookAround(for tenants: Set<String>, in unit: UnitOfWork, bounds: QueueBounds) async throws -> WaitingRequests {
        var (waiting, newest) = try await mostWaiting(for: tenants, in: unit)
        if waiting.total >= bounds.total - QueueBounds.mostAtOnce {
            waiting.total = try await unit.query("SELECT count(*) FROM llm_provider.account")[0].decode(Int64.self)
            counts.note(waiting.total, of: nil, newest: newest.total)
        }
        for (tenant, most) in waiting.ofTenant where most >= bounds.perTenant - QueueBounds.mostAtOnce {
            let count = try await unit.query("SELECT count(*) FROM llm_provider.account WHERE tenant = \(tenant)")[0]
                .decode(Int64.self)
            waiting.ofTenant[tenant] = count
            counts.note(count, of: tenant, newest: newest.ofTenant[tenant] ?? 0)
        }
        return waiting
    }

    /// Requests that are left out of the numbers that bound the count: they may be far older than the others.
    private static let stragglers: Int64 = 64

    /// How many requests are not at their end, at most, and the numbers of the newest.
    ///
    /// The numbers of the newest and of one of the oldest are read from the ends of the index and bound the count from above; so does what
    /// was counted last, where more than a few are old, as requests in batches are.
    func mostWaiting(
        for tenants: Set<String>, in unit: UnitOfWork
    ) async throws -> (waiting: WaitingRequests, newest: WaitingRequests) {
        let rows = try await unit.query(
            """
            SELECT NULL, coalesce(newest, 0), \(unescaped: "\(Self.stragglers)") + coalesce(newest + 1
                - (SELECT job FROM llm_provider.account ORDER BY job OFFSET \(unescaped: "\(Self.stragglers)") LIMIT 1), 0)
            FROM (SELECT (SELECT max(job) FROM llm_provider.account) AS newest) AS total
            UNION ALL
            SELECT tenant, coalesce(newest, 0), \(unescaped: "\(Self.stragglers)") + coalesce(newest + 1
                - (SELECT job FROM llm_provider.account WHERE account.tenant = given.tenant
                    ORDER BY job OFFSET \(unescaped: "\(Self.stragglers)") LIMIT 1), 0)
            FROM (SELECT tenant, (SELECT max(job) FROM llm_provider.account WHERE account.tenant = named.tenant) AS newest
                FROM unnest((SELECT \(Array(tenants))::text[])) AS named (tenant)) AS given
            """)
        var (waiting, newest) = (WaitingRequests(total: 0, ofTenant: [:]), WaitingRequests(total: 0, ofTenant: [:]))
        for row in rows {
            let (tenant, last, span) = try row.decode(String?.self, Int64.self, Int64.self)
            let most = min(span, counts.most(of: tenant, newest: last) ?? span)
            if let tenant {
                (waiting.ofTenant[tenant], newest.ofTenant[tenant]) = (most, last)
            } else {
                (waiting.total, newest.total) = (most, last)
            }
        }
        return (waiting, newest)
    }
}
