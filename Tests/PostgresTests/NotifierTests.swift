import Logging
import PostgresTestSupport
import Synchronization
import Testing

@testable import Postgres

@Suite("Notifying")
struct NotifierTests {
    private final class Number: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func add() { number.withLock { $0 += 1 } }
    }

    @Test("many times within an interval is heard once more after it, and the first time at once")
    func coalesces() async throws {
        let pool = try await TestDatabase.make().pool()
        let (heard, rests) = (Number(), Number())
        let over = Bell()
        let notifier = Notifier(pool: pool, channel: "essays", interval: .milliseconds(30)) { interval in
            #expect(interval == .milliseconds(30))
            let generation = over.generation
            rests.add()
            await over.wait(after: generation, upTo: .seconds(3600))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Listener(pool: pool, channel: "essays").run { heard.add() } }
            group.addTask { await notifier.run() }
            // Listening begins with a hint.
            try await eventually { heard.value == 1 }
            notifier.notify()
            try await eventually { heard.value == 2 && rests.value == 1 }
            for _ in 0..<1000 { notifier.notify() }
            #expect(rests.value == 1)
            over.ring()
            try await eventually { heard.value == 3 && rests.value == 2 }
            over.ring()
            // Nothing is left to be said: the next notification is the next one asked for.
            notifier.notify()
            try await eventually { rests.value == 3 }
            try await eventually { heard.value == 4 }
            group.cancelAll()
        }
    }

    @Test("while the server is away does not end it")
    func away() async throws {
        let fixture = ClusterFixture()
        let cluster = try await fixture.start()
        var configuration = PoolConfiguration(connectionString: cluster.connectionString, size: 1)
        configuration.acquireTimeout = .milliseconds(50)
        let pool = Pool(configuration, logger: .init(label: "test"))
        let heard = Number()
        let notifier = Notifier(pool: pool, channel: "essays", interval: .milliseconds(1))
        await cluster.stop()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await notifier.run() }
            notifier.notify()
            try await eventually { await pool.statistics().connectFailures > 0 }
            let again = try await fixture.start()
            group.addTask { await Listener(pool: pool, channel: "essays").run { heard.add() } }
            try await eventually {
                notifier.notify()
                return heard.value >= 2
            }
            group.cancelAll()
            await pool.close()
            await again.stop()
        }
    }
}
