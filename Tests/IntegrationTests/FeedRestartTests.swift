import Contracts
import EventLog
import Logging
import Postgres
import PostgresTestSupport
import ServiceKit
import Synchronization
import Testing
import Wire
import WireNIO

/// A service that follows another's feed over TCP while the other comes and goes.
@Suite("A feed whose server goes away in the middle of a stream", .timeLimit(.minutes(5)))
struct FeedRestartTests {
    private static let log = EventLog(schema: "essays")
    private static let migrations = [
        EventLog.migration(version: 1, schema: "essays"), log.outboxMigration(version: 2),
        EventConsumer.migration(version: 3, schema: "essays"),
        Migration(
            version: 4, name: "effects",
            sql: "CREATE TABLE essays.effect (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, position bigint NOT NULL);"),
    ]

    private struct Follower: Sendable {
        let pool: Pool
        let feed: EventsV1.EventFeedClient
        let events: EventConsumer

        init(_ pool: Pool, _ client: WireClient) {
            self.pool = pool
            feed = EventsV1.EventFeedClient(client)
            events = EventConsumer(name: "follower", schema: "essays", pool: pool, logger: .silent)
        }

        func follow(_ progressed: () -> Void) async throws {
            let (cursor, _) = try await events.standing()
            let request = EventsV1.FollowRequest(afterPosition: UInt64(cursor.position), limit: 3, consumer: "follower")
            for try await message in try await feed.follow(request, options: CallOptions(silence: EventFeed.longestSilence)) {
                progressed()
                _ = try await events.consume(message.events, epoch: cursor.epoch) { events, unit in
                    for event in events {
                        unit.send("INSERT INTO essays.effect (position) VALUES (\(Int64(event.position)))")
                    }
                }
            }
        }

        func applied() async throws -> [Int64] {
            try await pool.query("SELECT position FROM essays.effect ORDER BY number").map { try $0.decode(Int64.self) }
        }
    }

    @Test("is followed on from the cursor, and every event has its effect once and in order, however its server went")
    func restarts() async throws {
        let database = try await TestDatabase.make(migrations: [
            Migrator(line: "essays", schema: "essays", migrations: Self.migrations)
        ])
        let pool = database.pool(size: 8)
        let sequenced = Bell()
        let sequencer = Sequencer(log: Self.log, pool: pool, appended: Bell(), sequenced: sequenced, logger: .silent)
        let feed = EventsV1.EventFeedServer(EventFeed(log: Self.log, pool: pool, bell: sequenced))
        var appended = 0
        func append(_ count: Int) async throws {
            let events = try (0..<count).map {
                try NewEvent(WireV1.HealthCheckRequest(service: "\($0)"), aggregateID: "essay")
            }
            try await pool.unitOfWork("append") { unit in try await Self.log.append(events, in: unit) }
            try await sequencer.drain()
            appended += count
        }

        var port = 0
        var client: WireClient?
        var following: Task<Void, any Error>?
        for life in 0..<6 {
            let server = WireServer(
                services: [feed], configuration: ServerConfiguration(port: port), logger: .silent)
            let address = try await server.start()
            port = address.port
            let serving = Task { try await server.serve() }
            let known = client ?? WireClient(host: address.host, port: port, configuration: .init(), logger: .silent)
            client = known
            let follower = Follower(pool, known)
            following =
                following
                ?? Task {
                    try await RetryingLoop("test", logger: .silent).run { try await follower.follow($0) }
                }
            try await append(50)
            // In the middle of it, not at its end.
            while try await follower.applied().count < appended - 25 { await Task.yield() }
            if life % 2 == 0 {
                server.beginGracefulShutdown()
            } else {
                serving.cancel()
            }
            try await append(10)
            try await serving.value
        }
        let server = WireServer(services: [feed], configuration: ServerConfiguration(port: port), logger: .silent)
        _ = try await server.start()
        let serving = Task { try await server.serve() }
        let known = try #require(client)
        let follower = Follower(pool, known)
        while try await follower.applied().count < appended { await Task.yield() }
        #expect(try await follower.applied() == (1...Int64(appended)).map { $0 })
        following?.cancel()
        // It ends as cancelled, in the middle of a step or of a pause.
        _ = await following?.result
        await known.close()
        serving.cancel()
        try await serving.value
        await pool.close()
    }
}
