import Postgres
import ServiceKit

/// How the queue and the budgets stand.
struct QueueStanding: Sendable, Hashable {
    /// Requests to one provider that have no end.
    struct Queue: Sendable, Hashable {
        var total: Int64 = 0
        var scheduled: Int64 = 0
        var held: Int64 = 0
        /// Of the oldest.
        var oldestSeconds = 0.0
        var reservedNanodollars: Int64 = 0
    }

    /// Batches of one provider that are not closed.
    struct Batches: Sendable, Hashable {
        /// By state; ``ServiceKit/CounterFamily/otherValue`` for those that this version does not know.
        var counts: [String: Int64] = [:]
        /// Of the oldest.
        var oldestSeconds = 0.0
    }

    /// By provider, as the queues are.
    var batches: [String: Batches] = [:]
    /// By provider; ``ServiceKit/CounterFamily/otherValue`` for those that were not asked for.
    var queues: [String: Queue] = [:]
    /// The largest share of a budget that is spent, of those with money set aside; from 0 to 1.
    var budgetSpent = 0.0
}

extension RequestStore {
    /// How the queue and the budgets stand. Requests and budgets are counted one by one. Those that go by batch are not looked at for the
    /// oldest: they may wait for a day.
    func standing(of providers: [String]) async throws -> QueueStanding {
        try await pool.unitOfWork("read standing") { unit in
            let queues = unit.send(
                """
                WITH queue AS MATERIALIZED (
                    SELECT CASE WHEN provider = ANY(\(providers)::text[]) THEN provider ELSE \(CounterFamily.otherValue) END AS provider,
                        count(*) AS total, count(later.id) AS scheduled, count(held.id) AS held,
                        min(account.job) FILTER (WHERE account.kind IS NULL OR account.kind NOT LIKE \(RequestFlow.batchKinds)) AS oldest,
                        sum(reserved_nanodollars)::bigint AS reserved
                    FROM llm_provider.account LEFT JOIN llm_provider.job_scheduled AS later ON later.id = account.job
                        LEFT JOIN llm_provider.job_lease AS held ON held.id = account.job
                    GROUP BY 1)
                SELECT queue.provider, total, scheduled, held,
                    coalesce(extract(epoch FROM clock_timestamp() - request.created_at), 0)::float8, reserved
                FROM queue LEFT JOIN llm_provider.account ON account.job = queue.oldest
                    LEFT JOIN llm_provider.request ON request.id = account.request_id
                """)
            let batches = unit.send(
                """
                SELECT CASE WHEN provider = ANY(\(providers)::text[]) THEN provider ELSE \(CounterFamily.otherValue) END,
                    state::text, count(*), max(extract(epoch FROM clock_timestamp() - created_at))::float8
                FROM llm_provider.batch WHERE state <> 'closed' GROUP BY 1, 2
                """)
            let budgets = try await unit.query(
                """
                SELECT coalesce(max(least(1, spent / greatest(1, limit_nanodollars))), 0)::float8
                FROM (
                    SELECT limit_nanodollars, sum(spent_nanodollars) AS spent, sum(reserved_nanodollars) AS reserved
                    FROM llm_provider.budget JOIN llm_provider.balance USING (tenant, owner)
                    GROUP BY tenant, owner, limit_nanodollars) AS account
                WHERE reserved > 0
                """)
            return QueueStanding(
                batches: try Self.batches(batches.rows()),
                queues: Dictionary(try queues.rows().map(Self.queue)) { first, _ in first },
                budgetSpent: try budgets[0].decode(Double.self))
        }
    }

    private static func batches(_ rows: [Row]) throws -> [String: QueueStanding.Batches] {
        try rows.reduce(into: [:]) { batches, row in
            let (provider, state, count, age) = try row.decode(String.self, String.self, Int64.self, Double.self)
            var standing = batches[provider, default: QueueStanding.Batches()]
            standing.counts[Batch.State(rawValue: state)?.rawValue ?? CounterFamily.otherValue, default: 0] += count
            standing.oldestSeconds = max(standing.oldestSeconds, age)
            batches[provider] = standing
        }
    }

    private static func queue(_ row: Row) throws -> (String, QueueStanding.Queue) {
        let (provider, total, scheduled, held, age, reserved) = try row.decode(
            String.self, Int64.self, Int64.self, Int64.self, Double.self, Int64.self)
        return (
            provider,
            QueueStanding.Queue(
                total: total, scheduled: scheduled, held: held, oldestSeconds: max(0, age), reservedNanodollars: reserved)
        )
    }
}
