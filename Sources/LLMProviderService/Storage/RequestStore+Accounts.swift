import Contracts
import Postgres

extension RequestStore {
    /// An account with the lines of its ledger, the latest day first.
    func spending(of payer: Payer, lines limit: Int64) async throws -> (account: Account, lines: [LLMV1.SpendingLine]) {
        try await pool.unitOfWork("read spending") { unit in
            let lines = unit.send(
                """
                SELECT day::text, provider, model, sum(requests)::bigint, sum(unpriced_requests)::bigint, sum(calls)::bigint,
                    sum(input_tokens)::bigint, sum(output_tokens)::bigint, sum(cache_read_tokens)::bigint,
                    sum(cache_write_five_minutes_tokens)::bigint, sum(cache_write_one_hour_tokens)::bigint,
                    sum(cost_nanodollars)::bigint, sum(cache_savings_nanodollars)::bigint, simulated, sum(batch_requests)::bigint
                FROM llm_provider.spending
                WHERE tenant = \(payer.tenant) AND (owner = \(payer.owner) OR \(payer.owner) = '')
                GROUP BY day, provider, model, simulated ORDER BY spending.day DESC, provider, model, simulated LIMIT \(limit)
                """)
            let account = try await account(of: payer, in: unit)
            return (account, try lines.rows().map(Self.line))
        }
    }

    private static func line(_ row: Row) throws -> LLMV1.SpendingLine {
        let (day, provider, model, requests, unpriced, calls, input, output, read, five, hour, cost, savings, simulated, batch) =
            try row.decode(
                String.self, String.self, String.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self,
                Int64.self, Int64.self, Int64.self, Int64.self, Bool.self, Int64.self)
        return LLMV1.SpendingLine(
            day: day, provider: provider, model: model, requests: UInt64(requests), unpricedRequests: UInt64(unpriced),
            calls: UInt64(calls),
            usage: LLMV1.Usage(
                TokenUsage(
                    input: input, output: output, cacheRead: read, cacheWriteFiveMinutes: five, cacheWriteOneHour: hour)),
            costNanodollars: UInt64(cost), cacheSavingsNanodollars: savings, simulated: simulated,
            batchRequests: UInt64(batch))
    }

    /// Sets the budget of an account; nil lifts the limit. What is taken on after this has returned keeps to it.
    func setBudget(_ budget: Int64?, of payer: Payer) async throws -> Account {
        try await pool.unitOfWork("set budget") { unit in
            // Submissions under way have looked for budgets before: they are waited for.
            unit.send(
                "SELECT pg_advisory_xact_lock(\(unescaped: Self.budgetLock), hashtext(\(payer.tenant)))")
            if let budget {
                unit.send(
                    """
                    INSERT INTO llm_provider.budget (tenant, owner, limit_nanodollars)
                    VALUES (\(payer.tenant), \(payer.owner), \(budget))
                    ON CONFLICT (tenant, owner) DO UPDATE SET limit_nanodollars = excluded.limit_nanodollars
                    """)
            } else {
                unit.send("DELETE FROM llm_provider.budget WHERE tenant = \(payer.tenant) AND owner = \(payer.owner)")
            }
            return try await account(of: payer, in: unit)
        }
    }

    /// Brings what accounts have set aside in line with the requests under way. A process of a version without the ledger, at work beside
    /// this one while an upgrade rolls out, ends requests without releasing their money.
    ///
    /// What others do meanwhile stays right: they move requests and sums together, so the difference that is made up for is the same before
    /// and after.
    func restoreReserve() async throws {
        try await pool.unitOfWork("restore reserve") { unit in
            // One at a time, or two would both make up for the same difference.
            unit.send("SELECT pg_advisory_xact_lock(\(unescaped: Self.reserveLock), 0)")
            unit.send(
                """
                INSERT INTO llm_provider.balance AS balance (tenant, owner, stripe, spent_nanodollars, reserved_nanodollars)
                SELECT tenant, owner, \(unescaped: Self.stripe), 0, sum(reserved)
                FROM (
                    SELECT tenant, '', reserved_nanodollars FROM llm_provider.account
                    UNION ALL SELECT tenant, owner, reserved_nanodollars FROM llm_provider.account
                    UNION ALL SELECT tenant, '', reserved_nanodollars FROM llm_provider.passage
                    UNION ALL SELECT tenant, owner, reserved_nanodollars FROM llm_provider.passage
                    UNION ALL SELECT tenant, owner, -reserved_nanodollars FROM llm_provider.balance) AS given (tenant, owner, reserved)
                GROUP BY tenant, owner HAVING sum(reserved) <> 0 ORDER BY tenant, owner
                ON CONFLICT (tenant, owner, stripe) DO UPDATE
                    SET reserved_nanodollars = balance.reserved_nanodollars + excluded.reserved_nanodollars
                """)
        }
    }

    private func account(of payer: Payer, in unit: UnitOfWork) async throws -> Account {
        // The second of the two is the payer's own.
        try await accounts(of: payer, in: unit)[1]
    }
}
