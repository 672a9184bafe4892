import Contracts
import Postgres

extension RequestStore {
    /// Parts that the sums of an account are kept in, of one session of the database at a time each.
    static let stripe = "pg_backend_pid() % 16"

    /// The first half of the key of the lock that submissions share and who sets a budget has alone.
    static let budgetLock = "1751479655"
    /// The first half of the key of the lock of who restores what is set aside.
    static let reserveLock = "1751479656"

    /// Opens the books of requests that are taken on, and sets money aside for them.
    static func opening(_ offers: [Offer], jobs: [Int64], kinds: [String]) -> Query {
        """
        WITH opened AS (
            INSERT INTO llm_provider.account
                (request_id, job, kind, owner, provider, tenant, reserved_nanodollars, simulated, expires_at)
            SELECT id, job, kind, owner, provider, tenant, reserved, simulated, clock_timestamp() + make_interval(secs => life)
            FROM unnest(
                (SELECT \(offers.map(\.request.requestID))::text[]), (SELECT \(jobs)::bigint[]), (SELECT \(kinds)::text[]),
                (SELECT \(offers.map(\.payer.owner))::text[]), (SELECT \(offers.map(\.request.provider))::text[]),
                (SELECT \(offers.map(\.payer.tenant))::text[]), (SELECT \(offers.map { $0.cost ?? 0 })::bigint[]),
                (SELECT \(offers.map(\.isSimulated))::boolean[]), (SELECT \(offers.map { $0.life / .seconds(1) })::float8[]))
                AS given (id, job, kind, owner, provider, tenant, reserved, simulated, life)
            RETURNING tenant, owner, reserved_nanodollars)
        INSERT INTO llm_provider.balance AS balance (tenant, owner, stripe, spent_nanodollars, reserved_nanodollars)
        SELECT tenant, holder, \(unescaped: stripe), 0, sum(reserved_nanodollars)
        FROM opened CROSS JOIN LATERAL (VALUES ('', 1), (owner, 2)) AS payer (holder, place)
        WHERE reserved_nanodollars > 0 GROUP BY tenant, holder, place ORDER BY tenant, place, holder
        ON CONFLICT (tenant, owner, stripe) DO UPDATE
            SET reserved_nanodollars = balance.reserved_nanodollars + excluded.reserved_nanodollars
        """
    }

    /// Enters requests in the ledger that end in the same unit of work, and releases what was set aside for them. What is simulated has a
    /// line there, but no account has spent it.
    static func entering(_ entries: [LedgerEntry]) -> Query {
        """
        WITH given AS MATERIALIZED (
            SELECT * FROM unnest(
                (SELECT \(entries.map(\.payer.tenant))::text[]), (SELECT \(entries.map(\.payer.owner))::text[]),
                (SELECT \(entries.map(\.reserved))::bigint[]), (SELECT \(entries.map(\.provider))::text[]),
                (SELECT \(entries.map(\.model))::text[]), (SELECT \(entries.map { "\($0.day)" })::text[]),
                (SELECT \(entries.map(\.calls))::bigint[]), (SELECT \(entries.map(\.usage.input))::bigint[]),
                (SELECT \(entries.map(\.usage.output))::bigint[]), (SELECT \(entries.map(\.usage.cacheRead))::bigint[]),
                (SELECT \(entries.map(\.usage.cacheWriteFiveMinutes))::bigint[]),
                (SELECT \(entries.map(\.usage.cacheWriteOneHour))::bigint[]), (SELECT \(entries.map(\.bill?.cost))::bigint[]),
                (SELECT \(entries.map { $0.bill?.cacheSavings ?? 0 })::bigint[]),
                (SELECT \(entries.map(\.isSimulated))::boolean[]), (SELECT \(entries.map(\.isByBatch))::boolean[])
            ) AS given (
                tenant, owner, reserved, provider, model, day, calls, input, output, read, five, hour, cost, savings, simulated,
                by_batch)),
        entered AS (
            INSERT INTO llm_provider.spending AS line (
                tenant, owner, provider, model, day, simulated, stripe, requests, unpriced_requests, batch_requests, calls,
                input_tokens, output_tokens,
                cache_read_tokens, cache_write_five_minutes_tokens, cache_write_one_hour_tokens, cost_nanodollars,
                cache_savings_nanodollars)
            SELECT tenant, owner, provider, model, day::date, simulated, \(unescaped: stripe), count(*), count(*) - count(cost),
                count(*) FILTER (WHERE by_batch), sum(calls),
                sum(input), sum(output), sum(read), sum(five), sum(hour), coalesce(sum(cost), 0), sum(savings)
            FROM given GROUP BY tenant, owner, provider, model, day, simulated
            ORDER BY tenant, owner, provider, model, day, simulated
            ON CONFLICT (tenant, owner, day, provider, model, simulated, stripe) DO UPDATE SET
                requests = line.requests + excluded.requests,
                unpriced_requests = line.unpriced_requests + excluded.unpriced_requests,
                batch_requests = line.batch_requests + excluded.batch_requests,
                calls = line.calls + excluded.calls,
                input_tokens = line.input_tokens + excluded.input_tokens,
                output_tokens = line.output_tokens + excluded.output_tokens,
                cache_read_tokens = line.cache_read_tokens + excluded.cache_read_tokens,
                cache_write_five_minutes_tokens =
                    line.cache_write_five_minutes_tokens + excluded.cache_write_five_minutes_tokens,
                cache_write_one_hour_tokens = line.cache_write_one_hour_tokens + excluded.cache_write_one_hour_tokens,
                cost_nanodollars = line.cost_nanodollars + excluded.cost_nanodollars,
                cache_savings_nanodollars = line.cache_savings_nanodollars + excluded.cache_savings_nanodollars)
        INSERT INTO llm_provider.balance AS balance (tenant, owner, stripe, spent_nanodollars, reserved_nanodollars)
        SELECT tenant, holder, \(unescaped: stripe), coalesce(sum(cost) FILTER (WHERE NOT simulated), 0), -sum(reserved)
        FROM given CROSS JOIN LATERAL (VALUES ('', 1), (owner, 2)) AS payer (holder, place)
        GROUP BY tenant, holder, place ORDER BY tenant, place, holder
        ON CONFLICT (tenant, owner, stripe) DO UPDATE SET
            spent_nanodollars = balance.spent_nanodollars + excluded.spent_nanodollars,
            reserved_nanodollars = balance.reserved_nanodollars + excluded.reserved_nanodollars
        """
    }

    /// The accounts that a request of a payer is paid from, its tenant's first.
    func accounts(of payer: Payer, in unit: UnitOfWork) async throws -> [Account] {
        let rows = try await unit.query(
            """
            SELECT budget.limit_nanodollars, coalesce(sum(spent_nanodollars), 0)::bigint,
                coalesce(sum(reserved_nanodollars), 0)::bigint
            FROM (VALUES ('', 1), (\(payer.owner), 2)) AS payer (owner, place)
                LEFT JOIN llm_provider.budget ON budget.tenant = \(payer.tenant) AND budget.owner = payer.owner
                LEFT JOIN llm_provider.balance ON balance.tenant = \(payer.tenant) AND balance.owner = payer.owner
            GROUP BY place, budget.limit_nanodollars ORDER BY place
            """)
        return try zip([payer.wholeTenant, payer], rows).map { payer, row in
            let (budget, spent, reserved) = try row.decode(Int64?.self, Int64.self, Int64.self)
            return Account(payer: payer, budget: budget, spent: spent, reserved: reserved)
        }
    }

    /// The budgets that hold for payers, with what stands in their accounts.
    func limitedAccounts(of payers: [Payer], in unit: UnitOfWork) async throws -> [Payer: Account] {
        let rows = try await unit.query(
            """
            SELECT tenant, owner, limit_nanodollars, coalesce(sum(spent_nanodollars), 0)::bigint,
                coalesce(sum(reserved_nanodollars), 0)::bigint
            FROM llm_provider.budget LEFT JOIN llm_provider.balance USING (tenant, owner)
            WHERE (tenant, owner) IN (
                SELECT * FROM unnest((SELECT \(payers.map(\.tenant))::text[]), (SELECT \(payers.map(\.owner))::text[])))
            GROUP BY tenant, owner, limit_nanodollars
            """)
        let accounts = try rows.map { row in
            let (tenant, owner, limit, spent, reserved) = try row.decode(
                String.self, String.self, Int64.self, Int64.self, Int64.self)
            return Account(payer: Payer(tenant: tenant, owner: owner), budget: limit, spent: spent, reserved: reserved)
        }
        return Dictionary(uniqueKeysWithValues: accounts.map { ($0.payer, $0) })
    }

    /// Locks the budgets that hold for payers until the end of the unit of work, the tenants' first.
    ///
    /// - Returns: one row for each that there is.
    func lockBudgets(of payers: [Payer], in unit: UnitOfWork) -> Pending {
        // A statement of its own, before what it keeps from changing is read.
        unit.send(
            """
            SELECT pg_advisory_xact_lock_shared(\(unescaped: Self.budgetLock), hash)
            FROM (SELECT DISTINCT hashtext(tenant) AS hash FROM unnest((SELECT \(payers.map(\.tenant))::text[])) AS given (tenant)
                ORDER BY 1) AS tenants
            """)
        return unit.send(
            """
            SELECT 1 FROM llm_provider.budget
            WHERE (tenant, owner) IN (
                SELECT * FROM unnest((SELECT \(payers.map(\.tenant))::text[]), (SELECT \(payers.map(\.owner))::text[])))
            ORDER BY tenant, owner FOR UPDATE
            """)
    }
}
