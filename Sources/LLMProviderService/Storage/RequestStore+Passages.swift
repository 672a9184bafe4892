import Postgres

extension RequestStore {
    /// A passage of a process that died.
    struct LostPassage: Sendable, Hashable {
        let worker: String
        /// Nil for a span of calls.
        let payer: Payer?
        let reserved: Int64
        let begun: String
    }

    /// Whether a budget holds for a payer.
    func hasBudget(_ payer: Payer) async throws -> Bool {
        try await !pool.query(
            "SELECT 1 FROM llm_provider.budget WHERE tenant = \(payer.tenant) AND owner IN ('', \(payer.owner)) LIMIT 1"
        ).isEmpty
    }

    /// Sets money aside for a call that is passed on, where a budget holds for its payer.
    ///
    /// - Parameter cost: the most that it can cost; nil where its price is not known.
    /// - Returns: whether a budget does.
    /// - Throws: `Account.Refusal` where there is not enough; ``PostgresError``.
    func reserve(_ cost: Int64?, for payer: Payer, passage id: String) async throws -> Bool {
        try await pool.unitOfWork("reserve for passage") { unit in
            let payers = [payer.wholeTenant, payer]
            let budgets = lockBudgets(of: payers, in: unit)
            try await unit.sync()
            guard try !budgets.rows().isEmpty else { return false }
            let accounts = try await limitedAccounts(of: payers, in: unit)
            try Account.check(payers.compactMap { accounts[$0] }, cost: cost)
            unit.send(
                """
                INSERT INTO llm_provider.passage (id, worker, tenant, owner, reserved_nanodollars)
                VALUES (\(id), \(worker), \(payer.tenant), \(payer.owner), \(cost ?? 0))
                """)
            unit.send(Self.moving([(payer, cost ?? 0)]))
            return true
        }
    }

    /// Begins a span of calls.
    func beginPassages(_ id: String) async throws {
        try await pool.execute(
            """
            INSERT INTO llm_provider.passage (id, worker, tenant, owner, reserved_nanodollars) VALUES (\(id), \(worker), '', '', 0)
            ON CONFLICT (id) DO NOTHING
            """)
    }

    /// Enters calls in the ledger that were passed on, and releases what was set aside for them: once, however often the same batch is given.
    ///
    /// - Parameters:
    ///   - entries: with the passages of those for which money was set aside.
    ///   - ended: spans and passages of which there is nothing to enter.
    ///   - batch: a name of its own, and of the same calls each time.
    ///   - previous: a batch that is known to be entered, which need not be remembered any more.
    func enter(
        _ entries: [(entry: LedgerEntry, passage: String?)], ended: [String], batch: String, previous: String? = nil
    ) async throws {
        try await pool.unitOfWork("enter passages") { unit in
            let isNew = try await !unit.query(
                """
                WITH forgotten AS (DELETE FROM llm_provider.entered WHERE batch = \(previous))
                INSERT INTO llm_provider.entered (batch) VALUES (\(batch)) ON CONFLICT (batch) DO NOTHING RETURNING 1
                """
            ).isEmpty
            guard isNew else { return }
            let ids = entries.compactMap(\.passage) + ended
            var released: [String: (Payer, Int64)] = [:]
            if !ids.isEmpty {
                let rows = try await unit.query(
                    """
                    DELETE FROM llm_provider.passage WHERE id = ANY((SELECT \(ids))::text[])
                    RETURNING id, tenant, owner, reserved_nanodollars
                    """)
                for row in rows {
                    let (id, tenant, owner, reserved) = try row.decode(String.self, String.self, String.self, Int64.self)
                    released[id] = (Payer(tenant: tenant, owner: owner), reserved)
                }
            }
            // What was set aside for the others was released when their process was taken to be dead.
            if !entries.isEmpty {
                unit.send(
                    Self.entering(
                        entries.map { entry, passage in
                            entry.reserving(passage.flatMap { released.removeValue(forKey: $0)?.1 } ?? 0)
                        }
                    ))
            }
            let rest = released.values.filter { !$0.0.owner.isEmpty }
            if !rest.isEmpty { unit.send(Self.moving(rest.map { ($0.0, -$0.1) })) }
        }
    }

    /// Gives the process's sign of life.
    ///
    /// - Returns: its passages that are there; others were taken for those of a process that died.
    func renewPassages() async throws -> Set<String> {
        try await Set(
            pool.query(
                "UPDATE llm_provider.passage SET renewed_at = clock_timestamp() WHERE worker = \(worker) RETURNING id"
            ).map { try $0.decode(String.self) })
    }

    /// Batches that were entered so long ago that nobody asks any more.
    func forgetEntered() async throws {
        try await pool.execute("DELETE FROM llm_provider.entered WHERE at < clock_timestamp() - interval '1 day'")
    }

    /// Ends passages of processes that gave no sign of life for so long, and releases what was set aside for them.
    func endLostPassages(olderThan age: Duration) async throws -> [LostPassage] {
        try await pool.unitOfWork("end lost passages") { unit in
            let lost = try await unit.query(
                """
                DELETE FROM llm_provider.passage
                WHERE renewed_at < clock_timestamp() - make_interval(secs => \(age / .seconds(1))) AND worker <> \(worker)
                RETURNING worker, tenant, owner, reserved_nanodollars, begun_at::text
                """
            ).map { row in
                let (worker, tenant, owner, reserved, begun) = try row.decode(
                    String.self, String.self, String.self, Int64.self, String.self)
                return LostPassage(
                    worker: worker, payer: owner.isEmpty ? nil : Payer(tenant: tenant, owner: owner), reserved: reserved,
                    begun: begun)
            }
            let moves = lost.compactMap { passage in passage.payer.map { ($0, -passage.reserved) } }
            if !moves.isEmpty { unit.send(Self.moving(moves)) }
            return lost
        }
    }

    /// Changes what is set aside for payers.
    private static func moving(_ moves: [(payer: Payer, nanodollars: Int64)]) -> Query {
        """
        INSERT INTO llm_provider.balance AS balance (tenant, owner, stripe, spent_nanodollars, reserved_nanodollars)
        SELECT tenant, holder, \(unescaped: stripe), 0, sum(reserved)
        FROM unnest(
            (SELECT \(moves.map(\.payer.tenant))::text[]), (SELECT \(moves.map(\.payer.owner))::text[]),
            (SELECT \(moves.map(\.nanodollars))::bigint[])) AS given (tenant, owner, reserved)
            CROSS JOIN LATERAL (VALUES ('', 1), (owner, 2)) AS payer (holder, place)
        GROUP BY tenant, holder, place ORDER BY tenant, place, holder
        ON CONFLICT (tenant, owner, stripe) DO UPDATE
            SET reserved_nanodollars = balance.reserved_nanodollars + excluded.reserved_nanodollars
        """
    }
}
