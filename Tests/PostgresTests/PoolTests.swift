import Logging
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A pool")
struct PoolTests {
    private func pool(
        _ database: TestDatabase, size: Int, _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) -> Pool {
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: size)
        change(&configuration)
        return Pool(configuration, logger: Logger(label: "test"))
    }

    @Test("never holds more connections than its size, and shares them out")
    func size() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 3)
        let most = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    _ = try await pool.query("SELECT pg_sleep(0.002)")
                    return await pool.statistics().connections
                }
            }
            return try await group.reduce(0) { max($0, $1) }
        }
        #expect(most <= 3)
    }

    @Test("tells a caller who waited too long")
    func timeout() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1) { $0.acquireTimeout = .milliseconds(100) }
        // On a busy machine the connection itself may take longer than that.
        try await eventually { (try? await pool.query("SELECT 1")) != nil }
        try await pool.unitOfWork("holder") { unit in
            _ = try await unit.query("SELECT 1")
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 2") }
            #expect(error?.code == .acquireTimedOut && error?.outcome == .notSent)
        }
        #expect(try await pool.query("SELECT 3")[0].decode(Int.self) == 3)
    }

    @Test("refuses one waiter more than it allows")
    func tooManyWaiters() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1) { $0.maxWaiters = 2 }
        try await pool.unitOfWork("holder") { unit in
            _ = try await unit.query("SELECT 1")
            let waiters = (0..<2).map { _ in Task { try await pool.query("SELECT 2") } }
            try await eventually { await pool.statistics().waiting == 2 }
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 3") }
            #expect(error?.code == .tooManyWaiters && error?.outcome == .notSent)
            waiters.forEach { $0.cancel() }
        }
    }

    @Test("serves waiters in the order in which they came")
    func fairness() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1)
        let order = Order()
        var waiters: [Task<Void, any Error>] = []
        try await pool.unitOfWork("holder") { unit in
            _ = try await unit.query("SELECT 1")
            for number in 0..<20 {
                waiters.append(
                    Task {
                        try await pool.unitOfWork("waiter") { unit in
                            _ = try await unit.query("SELECT 1")
                            await order.append(number)
                        }
                    })
                try await eventually { await pool.statistics().waiting == number + 1 }
            }
        }
        for waiter in waiters { try await waiter.value }
        #expect(await order.numbers == Array(0..<20))
    }

    @Test("closes: those who wait are refused, those at work finish")
    func close() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1)
        let ready = Gate()
        let gate = Gate()
        let worker = Task {
            try await pool.unitOfWork("worker") { unit in
                _ = try await unit.query("SELECT 1")
                await ready.meet(2)
                await gate.meet(2)
                return try await unit.query("SELECT 42")[0].decode(Int.self)
            }
        }
        await ready.meet(2)
        let waiter = Task { try await pool.query("SELECT 2") }
        try await eventually { await pool.statistics().waiting == 1 }
        let closing = Task { await pool.close() }
        let refused = await #expect(throws: PostgresError.self) { try await waiter.value }
        #expect(refused?.code == .poolClosed)
        await gate.meet(2)
        #expect(try await worker.value == 42)
        await closing.value
        #expect(await pool.statistics().connections == 0)
        let late = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 3") }
        #expect(late?.code == .poolClosed)
        await pool.close()
    }

    @Test("that is dropped closes its connections")
    func dropped() async throws {
        let database = try await TestDatabase.make()
        let watcher = database.pool(size: 1)
        do {
            let pool = pool(database, size: 2)
            _ = try await pool.query("SELECT 1")
        }
        try await eventually {
            let rows = try await watcher.query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return try rows[0].decode(Int.self) == 1
        }
    }

    @Test("replaces a connection that is too old")
    func lifetime() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1) { $0.maxLifetime = .zero }
        let first = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int.self)
        let second = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int.self)
        #expect(first != second)
    }

    @Test("tries a connection that was idle before it sends what cannot be repeated")
    func ping() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1) { $0.pingAfterIdle = .zero }
        _ = try await pool.query("SELECT 1")
        let before = await pool.statistics().roundTrips
        _ = try await pool.query("SELECT 1")
        #expect(await pool.statistics().roundTrips - before == 2)
    }

    @Test("sets the server's timeouts on each connection, and the server keeps them")
    func serverTimeouts() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1) { configuration in
            configuration.statementTimeout = .milliseconds(80)
            configuration.lockTimeout = .milliseconds(40)
            configuration.idleInTransactionTimeout = .milliseconds(12_345)
            configuration.searchPath = "essays, public"
            configuration.applicationName = "pool test"
            configuration.rerunPolicy.maxTries = 1
        }
        let names = [
            "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "search_path", "application_name",
        ]
        let rows = try await pool.query("SELECT current_setting(n) FROM unnest(\(names)) WITH ORDINALITY u(n, o) ORDER BY o")
        #expect(try rows.map { try $0.decode(String.self) } == ["80ms", "40ms", "12345ms", "essays, public", "pool test"])
        let slow = await #expect(throws: PostgresError.self) { try await pool.query("SELECT pg_sleep(60)") }
        #expect(slow?.code == .statementTimeout && slow?.outcome == .rolledBack)
        let other = database.pool(size: 1)
        try await other.execute("CREATE TABLE held (id int8)")
        try await other.unitOfWork("holder") { unit in
            try await unit.execute("LOCK TABLE held")
            let blocked = await #expect(throws: PostgresError.self) { try await pool.query("SELECT * FROM public.held") }
            #expect(blocked?.code == .lockTimeout)
        }
        let patient = try await pool.unitOfWork("patient", statementTimeout: .seconds(60)) { unit in
            try await unit.query("SELECT pg_sleep(0.2), current_setting('statement_timeout')")[0].decode(
                "current_setting", as: String.self)
        }
        #expect(patient == "1min")
    }

    @Test("fails at once when the server refuses the user or the database, and says which")
    func refused() async throws {
        let cluster = try await TestCluster.shared.running()
        for string in [cluster.connectionString(database: "absent"), cluster.connectionString + " user=stranger"] {
            let pool = Pool(PoolConfiguration(connectionString: string, size: 2), logger: Logger(label: "test"))
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
            #expect(error?.code == .connectionRefused && error?.outcome == .notSent)
            #expect(error?.sqlState == "3D000" || error?.sqlState == "28000")
        }
    }

    @Test("waits for a server that is not there, and says why it gave up")
    func unreachable() async throws {
        for string in [
            "host=/tmp/huleedu-nowhere dbname=x", "host=127.0.0.1 port=1 dbname=x", "host=does-not-exist.invalid dbname=x",
        ] {
            var configuration = PoolConfiguration(connectionString: string, size: 2)
            configuration.acquireTimeout = .milliseconds(200)
            let pool = Pool(configuration, logger: Logger(label: "test"))
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
            #expect(error?.code == .acquireTimedOut && error?.outcome == .notSent)
        }
    }

    @Test("refuses a connection string it cannot read, without repeating it")
    func invalidString() async throws {
        for string in ["nonsense", "host='", "password=secret unknown=1", "host=a\0b"] {
            let pool = Pool(PoolConfiguration(connectionString: string), logger: Logger(label: "test"))
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
            #expect(error?.code == .invalidConnectionString)
            #expect(error?.message.contains("secret") == false)
        }
    }

    @Test("closes a connection whose result is too large")
    func resultLimit() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1) { $0.maxResultBytes = 1 << 20 }
        let fits = try await pool.query("SELECT repeat('x', 500000)")[0].decode(String.self)
        #expect(fits.utf8.count == 500_000)
        let error = await #expect(throws: PostgresError.self) {
            try await pool.query("SELECT repeat('x', 1000) FROM generate_series(1, 100000)")
        }
        #expect(error?.code == .resultTooLarge)
        #expect(try await pool.query("SELECT 1")[0].decode(Int.self) == 1)
    }

    @Test("carries large values both ways at once without standing still")
    func largeBothWays() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 2) { $0.statementTimeout = .seconds(60) }
        let large = [UInt8](repeating: 7, count: 4 << 20)
        try await pool.unitOfWork("large") { unit in
            let answers = (0..<8).map { _ in unit.send("SELECT \(large)") }
            try await unit.sync()
            for answer in answers {
                #expect(try answer.rows()[0].decode([UInt8].self).count == large.count)
            }
        }
    }

    @Test("gives every connection back that a failing statement used")
    func errorsLeakNothing() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 2)
        for _ in 0..<50 {
            await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1/0") }
            await #expect(throws: PostgresError.self) { try await pool.unitOfWork("bad") { try await $0.execute("SELEC") } }
        }
        let statistics = await pool.statistics()
        #expect(statistics.idle == statistics.connections && statistics.connectionsMade <= 2)
    }

    @Test("does not keep a transaction that a lone statement opened")
    func loneBegin() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1)
        try await pool.execute("BEGIN")
        #expect(try await pool.query("SELECT pg_current_xact_id_if_assigned() IS NULL")[0].decode(Bool.self))
        #expect(await pool.statistics().connectionsMade == 2)
    }

    @Test("survives COPY, which it does not speak")
    func copy() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, size: 1)
        for statement: Query in ["COPY (SELECT 1) TO STDOUT", "COPY pg_class FROM STDIN"] {
            await #expect(throws: PostgresError.self) { try await pool.execute(statement) }
            #expect(try await pool.query("SELECT 1")[0].decode(Int.self) == 1)
        }
    }
}

actor Order {
    private(set) var numbers: [Int] = []
    func append(_ number: Int) { numbers.append(number) }
}
