import Logging
import Postgres
import PostgresTestSupport
import Testing

@Suite("Cancelling a task", .timeLimit(.minutes(5)))
struct CancellationTests {
    /// True once a statement with this text runs in the database.
    private func isRunning(_ text: String, _ pool: Pool) async throws -> Bool {
        let rows = try await pool.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE \("%" + text + "%")
            """)
        return try rows[0].decode(Int.self) > 0
    }

    @Test("stops its statement on the server and leaves the connection usable")
    func duringQuery() async throws {
        let database = try await TestDatabase.make()
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: 1)
        configuration.statementTimeout = .zero
        let pool = Pool(configuration, logger: Logger(label: "test"))
        let watcher = database.pool(size: 1)
        for _ in 0..<5 {
            let task = Task { try await pool.query("SELECT pg_sleep(3600)") }
            try await eventually { try await isRunning("pg_sleep(3600)", watcher) }
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .cancelled && error?.outcome == .rolledBack && error?.cause is CancellationError)
            #expect(try await pool.query("SELECT 1")[0].decode(Int.self) == 1)
            #expect(try await !isRunning("pg_sleep(3600)", watcher))
        }
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test("inside a unit of work rolls it back, without a second run")
    func duringUnit() async throws {
        let database = try await TestDatabase.make()
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: 1)
        configuration.statementTimeout = .zero
        let pool = Pool(configuration, logger: Logger(label: "test"))
        let watcher = database.pool(size: 1)
        try await watcher.execute("CREATE TABLE note (id int8)")
        let runs = Runs()
        let task = Task {
            try await pool.unitOfWork("cancelled") { unit in
                _ = await runs.next(0)
                unit.send("INSERT INTO note VALUES (1)")
                _ = try await unit.query("SELECT pg_sleep(3600)")
            }
        }
        try await eventually { try await isRunning("pg_sleep(3600)", watcher) }
        task.cancel()
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled && error?.outcome == .rolledBack)
        #expect(await runs.total == 1)
        #expect(try await pool.query("SELECT count(*) FROM note")[0].decode(Int.self) == 0)
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test("that has not sent anything sends nothing")
    func beforeSending() async throws {
        let pool = try await TestDatabase.make().pool()
        try await pool.execute("CREATE TABLE note (id int8)")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await pool.execute("INSERT INTO note VALUES (1)")
        }
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled && error?.outcome == .notSent)
        let unit = Task {
            try await pool.unitOfWork("cancelled") { unit in
                unit.send("INSERT INTO note VALUES (2)")
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        let second = await #expect(throws: PostgresError.self) { try await unit.value }
        #expect(second?.code == .cancelled)
        #expect(try await pool.query("SELECT count(*) FROM note")[0].decode(Int.self) == 0)
    }

    @Test("that waits for a connection gives up its place")
    func whileWaiting() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        try await pool.unitOfWork("holder") { unit in
            _ = try await unit.query("SELECT 1")
            let waiter = Task { try await pool.query("SELECT 2") }
            try await eventually { await pool.statistics().waiting == 1 }
            waiter.cancel()
            let error = await #expect(throws: PostgresError.self) { try await waiter.value }
            #expect(error?.code == .cancelled && error?.outcome == .notSent)
            #expect(await pool.statistics().waiting == 0)
        }
        _ = try await pool.query("SELECT 3")
    }

    @Test("stops its statement even when it comes while that is being sent")
    func whileSending() async throws {
        let database = try await TestDatabase.make()
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: 2)
        configuration.statementTimeout = .zero
        let pool = Pool(configuration, logger: Logger(label: "test"))
        _ = try await pool.query("SELECT 1")
        for _ in 0..<100 {
            let task = Task { try await pool.query("SELECT pg_sleep(3600)") }
            for _ in 0..<Int.random(in: 0...20) { await Task.yield() }
            task.cancel()
            // A cancellation that got lost would let the statement last an hour.
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("at random moments never leaks a connection")
    func storm() async throws {
        let pool = try await TestDatabase.make().pool(size: 3)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<150 {
            let delay = Int.random(in: 0...3000, using: &generator)
            let task = Task {
                try await pool.unitOfWork("random") { unit in
                    _ = try await unit.query("SELECT pg_sleep(0.001)")
                    _ = try await unit.query("SELECT 1")
                }
            }
            // The random moment; any will do.
            try await Task.sleep(for: .microseconds(delay))
            task.cancel()
            // Ended or not: what matters is what is left behind.
            _ = await task.result
        }
        try await eventually {
            let statistics = await pool.statistics()
            return statistics.idle == statistics.connections && statistics.waiting == 0
        }
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 { group.addTask { _ = try await pool.query("SELECT pg_sleep(0.01)") } }
            try await group.waitForAll()
        }
    }
}

/// A generator whose numbers depend on its seed only (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
