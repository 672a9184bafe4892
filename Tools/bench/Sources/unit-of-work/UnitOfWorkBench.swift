import CJCore
import Measuring
import Postgres

/// What a handler does: note what was consumed, lock what it is about, write, and tell of it twice.
struct UnitOfWorkBench: Sendable {
    /// Aggregates that units of work are about, many more than there are sessions, so that they rarely wait for each other.
    static let aggregates = 10_000
    private static let payload = String(repeating: "x", count: 200)

    let cluster: BenchCluster
    private var pool: Pool { cluster.pool }

    func makeTables() async throws {
        for statement: Query in [
            "CREATE TABLE inbox (id uuid PRIMARY KEY)",
            "CREATE TABLE aggregate (id bigint PRIMARY KEY, version bigint NOT NULL, state text NOT NULL) WITH (fillfactor = 70)",
            "CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, aggregate bigint NOT NULL, payload text NOT NULL)",
            "INSERT INTO aggregate SELECT number, 0, 'new' FROM generate_series(1, \(Self.aggregates)) AS number",
        ] { try await pool.execute(statement) }
    }

    private func clear() async throws {
        try await pool.execute("TRUNCATE inbox, outbox")
        try await pool.execute("VACUUM (ANALYZE) aggregate")
        try await pool.execute("CHECKPOINT")
    }

    func compare(clients: Int, rounds: Int, seconds: Int) async throws {
        var (ours, raw): ([Round], [Round]) = ([], [])
        // About what is done in this time; a fixed number, so that both sides do the same.
        let units = (clients == 1 ? 1_000 : 4_000) * seconds / clients * clients
        for number in 0..<rounds {
            // Who begins alternates, too.
            for isOurs in number % 2 == 0 ? [true, false] : [false, true] {
                try await clear()
                if isOurs {
                    ours.append(try await run(units, clients: clients))
                } else if let round = try cluster.pgbench(
                    Self.script, clients: clients, transactions: units, variables: ["payload": Self.payload])
                {
                    raw.append(round)
                }
            }
        }
        line("unit of work, \(clients) sessions", ours, raw, "pgbench")
    }

    private func run(_ units: Int, clients: Int) async throws -> Round {
        let before = await pool.statistics().roundTrips
        let round = try await Round.measure(units) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<clients {
                    group.addTask(executorPreference: Pool.taskExecutor) {
                        // As pgbench does: the system's own numbers cost a system call each.
                        var random = SplitMix64(seed: UInt64(client))
                        for _ in 0..<units / clients { try await unit(.random(in: 1...Int64(Self.aggregates), using: &random)) }
                    }
                }
                try await group.waitForAll()
            }
        }
        let roundTrips = await pool.statistics().roundTrips - before
        // Each new connection has round trips of its own.
        guard roundTrips <= 2 * units + 4 * clients else { throw BenchError("\(roundTrips) round trips for \(units) units") }
        return round
    }

    private func unit(_ id: Int64) async throws {
        try await pool.unitOfWork("bench") { unit in
            unit.send("INSERT INTO inbox (id) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING")
            let rows = try await unit.query("SELECT version FROM aggregate WHERE id = \(id) FOR UPDATE")
            let version = try rows[0].decode(Int64.self)
            unit.send("UPDATE aggregate SET version = \(version + 1), state = 'changed' WHERE id = \(id)")
            for _ in 0..<2 { unit.send("INSERT INTO outbox (aggregate, payload) VALUES (\(id), \(Self.payload))") }
        }
    }

    /// The same statements in the same two round trips.
    private static let script = """
        \\set id random(1, \(aggregates))
        \\set version random(1, 1000)
        \\startpipeline
        BEGIN;
        INSERT INTO inbox (id) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING;
        SELECT version FROM aggregate WHERE id = :id FOR UPDATE;
        \\endpipeline
        \\startpipeline
        UPDATE aggregate SET version = :version, state = 'changed' WHERE id = :id;
        INSERT INTO outbox (aggregate, payload) VALUES (:id, :payload);
        INSERT INTO outbox (aggregate, payload) VALUES (:id, :payload);
        COMMIT;
        \\endpipeline

        """
}
