import Glibc
import Logging
import PostgresTestSupport
import Synchronization
import Testing

@testable import Postgres

@Suite("Listening")
struct ListenerTests {
    /// Counts hints.
    private final class Ear: Sendable {
        private let heard = Mutex(0)
        var count: Int { heard.withLock { $0 } }
        func hear() { heard.withLock { $0 += 1 } }
    }

    /// Runs a test while a listener runs.
    private func listening(
        _ listener: Listener, _ ear: Ear, _ test: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run { ear.hear() } }
            // Listening begins with a hint.
            try await eventually { ear.count >= 1 }
            try await test()
            group.cancelAll()
        }
    }

    private func process(_ listener: Listener) async -> Int? { await listener.core.serverProcess }

    @Test("hears what is notified on its channel, and only there, on a connection outside the pool")
    func hears() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let ear = Ear()
        try await listening(Listener(pool: pool, channel: "Essays \"of\" today"), ear) {
            try await pool.execute("SELECT pg_notify('other', '')")
            try await pool.execute("SELECT pg_notify(\("Essays \"of\" today"), '')")
            try await eventually { ear.count == 2 }
            // A notification of a transaction that is rolled back never happens.
            _ = try? await pool.unitOfWork("undone") { unit in
                try await unit.execute("SELECT pg_notify(\("Essays \"of\" today"), '')")
                throw ConditionTimedOut()
            }
            try await pool.execute("SELECT pg_notify(\("Essays \"of\" today"), 'with a payload')")
            try await eventually { ear.count == 3 }
            #expect(await pool.statistics().connections == 1)
        }
    }

    @Test("goes on when its connection is killed, and hints at what it may have missed")
    func killed() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let listener = Listener(pool: pool, channel: "essays")
        let ear = Ear()
        try await listening(listener, ear) {
            for round in 1...3 {
                var before: Int?
                try await eventually {
                    before = await process(listener)
                    return before != nil
                }
                let heard = ear.count
                try await pool.execute("SELECT pg_terminate_backend(\(Int32(try #require(before))))")
                try await eventually { ear.count > heard }
                #expect(await process(listener) != before, "round \(round)")
                let again = ear.count
                try await pool.execute("SELECT pg_notify('essays', '')")
                try await eventually { ear.count > again }
            }
        }
    }

    @Test("goes on after the server was restarted")
    func restarted() async throws {
        let cluster = try await ClusterFixture().start()
        let pool = cluster.pool()
        let ear = Ear()
        try await listening(Listener(pool: pool, channel: "essays"), ear) {
            let process = try #require(cluster.processNumber)
            kill(process, SIGQUIT)
            try await eventually { ear.count >= 2 }
            let heard = ear.count
            try await pool.execute("SELECT pg_notify('essays', '')")
            try await eventually { ear.count > heard }
        }
        await pool.close()
        await cluster.stop()
    }

    @Test("notices a session that has stopped listening though its connection works, and makes a new one")
    func deaf() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let listener = Listener(
            pool: pool, channel: "essays", pingInterval: .milliseconds(10), pingTimeout: .milliseconds(200))
        let ear = Ear()
        try await listening(listener, ear) {
            let before = await process(listener)
            // As a pooler does when it lends the session to somebody else. A ping under way makes the connection refuse.
            try await eventually { await listener.core.run("UNLISTEN *") }
            try await eventually { ear.count >= 2 }
            #expect(await process(listener) != before)
        }
    }

    @Test("notices a connection on which nothing arrives any more though nobody closed it")
    func silent() async throws {
        let database = try await TestDatabase.make()
        let cluster = try await TestCluster.shared.running()
        let proxy = CuttingProxy(target: cluster.runtimeDirectory + "/.s.PGSQL.5432")
        var configuration = PoolConfiguration(connectionString: proxy.connectionString(database: database), size: 1)
        configuration.connectTimeout = .seconds(1)
        let pool = Pool(configuration, logger: Logger(label: "test"))
        let listener = Listener(
            pool: pool, channel: "essays", pingInterval: .milliseconds(10), pingTimeout: .milliseconds(200))
        let ear = Ear()
        try await listening(listener, ear) {
            let before = await process(listener)
            proxy.setCut(.silence)
            try await eventually { await process(listener) == nil }
            proxy.setCut(.never)
            try await eventually { ear.count >= 2 }
            #expect(await process(listener) != before)
        }
    }

    @Test("tries its connection without anybody else being woken")
    func pings() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let quick = Listener(pool: pool, channel: "essays", pingInterval: .milliseconds(1))
        let (ear, other) = (Ear(), Ear())
        try await listening(quick, ear) {
            try await listening(Listener(pool: pool, channel: "essays"), other) {
                let pings = await quick.core.lastPingHeard
                try await eventually { await quick.core.lastPingHeard > pings + 20 }
                #expect(ear.count == 1)
                #expect(other.count == 1)
            }
        }
    }
}

extension ListenerCore {
    var serverProcess: Int? { connection?.serverProcess }

    /// Runs a statement in the session that listens; false when it is busy or there is none.
    func run(_ query: Query) async -> Bool {
        guard let connection else { return false }
        return await connection.run(Batch(queries: [query])).failure == nil
    }
}
