import Contracts
import EventLog
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire

@Suite("The event feed")
struct EventFeedTests {
    private static let method = MethodDescriptor(service: "huleedu.events.v1.EventFeed", method: "Read")

    private func context(_ timeout: Duration = .seconds(3600)) -> ServerContext {
        ServerContext(method: Self.method, metadata: Metadata(), deadline: .after(timeout), peer: "test")
    }

    private func feed(_ fixture: LogFixture, _ bell: Bell = Bell()) -> EventFeed {
        EventFeed(log: fixture.log, pool: fixture.pool, bell: bell)
    }

    private func request(after: UInt64 = 0, limit: UInt32 = 10, wait: UInt64 = 0) -> EventsV1.ReadRequest {
        EventsV1.ReadRequest(afterPosition: after, limit: limit, waitMilliseconds: wait)
    }

    @Test("takes each limit at its border and refuses it beyond, by name")
    func borders() async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.append(3)
        let feed = feed(fixture)
        for accepted in [
            request(limit: 1), request(limit: 1000), request(after: UInt64(Int64.max)), request(wait: 30_000),
            EventsV1.ReadRequest(limit: 1, partition: 0, consumer: String(repeating: "c", count: 100)),
        ] {
            _ = try await feed.read(accepted, context: context(accepted.afterPosition > 0 ? .milliseconds(50) : .seconds(3600)))
        }
        #expect(try await feed.read(request(limit: 1), context: context()).events.map(\.position) == [1])
        for (refused, name) in [
            (request(limit: 0), "limit"), (request(limit: 1001), "limit"), (request(limit: .max), "limit"),
            (request(after: UInt64(Int64.max) + 1), "after_position"), (request(after: .max), "after_position"),
            (request(wait: 30_001), "wait_milliseconds"), (request(wait: .max), "wait_milliseconds"),
            (EventsV1.ReadRequest(limit: 1, partition: 1), "partition"),
            (EventsV1.ReadRequest(limit: 1, consumer: String(repeating: "c", count: 101)), "consumer"),
        ] {
            let error = await #expect(throws: RPCError.self) { try await feed.read(refused, context: context()) }
            #expect(error?.code == .invalidArgument && error?.message.hasPrefix(name + ":") == true)
        }
    }

    @Test("answers at once with what is there, and with nothing when it need not wait")
    func atOnce() async throws {
        let fixture = try await LogFixture(size: 1)
        let feed = feed(fixture)
        #expect(try await feed.read(request(), context: context()).events.isEmpty)
        try await fixture.append(5)
        #expect(try await feed.read(request(after: 2, wait: 30_000), context: context()).events.map(\.position) == [3, 4, 5])
    }

    @Test("answers those who wait when this process signals a commit")
    func signalled() async throws {
        let fixture = try await LogFixture()
        let bell = Bell()
        let feed = feed(fixture, bell)
        let readers = (0..<5).map { _ in Task { try await feed.read(request(wait: 30_000), context: context()) } }
        try await fixture.append(1)
        bell.ring()
        for reader in readers { #expect(try await reader.value.events.map(\.position) == [1]) }
    }

    @Test("sees another process's commit by looking again")
    func otherProcess() async throws {
        let fixture = try await LogFixture()
        let reader = Task { try await feed(fixture).read(request(wait: 30_000), context: context()) }
        let other = fixture.database.pool(size: 1)
        try await other.unitOfWork("append") { unit in
            try await fixture.log.append([fixture.event("x", of: "a")], in: unit)
        }
        try await fixture.anotherSequencer().drain()
        #expect(try await reader.value.events.map(\.position) == [1])
    }

    @Test("ends a wait before the caller's deadline, with an empty answer that still arrives")
    func deadline() async throws {
        let fixture = try await LogFixture(size: 1)
        let deadline = context(.milliseconds(400))
        let answer = try await feed(fixture).read(request(wait: 30_000), context: deadline)
        #expect(answer.events.isEmpty)
        #expect(try await feed(fixture).read(request(wait: 30_000), context: context(.zero)).events.isEmpty)
        #expect(try await feed(fixture).read(request(wait: 300), context: context()).events.isEmpty)
    }

    @Test("that cannot reach its database is UNAVAILABLE, for the reader to ask again")
    func unreachable() async throws {
        var configuration = PoolConfiguration(connectionString: "host=/tmp/huleedu-nowhere dbname=x", size: 1)
        configuration.acquireTimeout = .milliseconds(10)
        let pool = Pool(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let feed = EventFeed(log: EventLog(schema: "essays"), pool: pool, bell: Bell())
        let error = await #expect(throws: RPCError.self) { try await feed.read(request(), context: context()) }
        #expect(error?.code == .unavailable)
    }

    @Test("ends a wait when its caller goes away")
    func cancelled() async throws {
        let fixture = try await LogFixture(size: 1)
        let reader = Task { try await feed(fixture).read(request(wait: 30_000), context: context()) }
        // It has looked once, and waits.
        while await fixture.pool.statistics().roundTrips < 2 { await Task.yield() }
        reader.cancel()
        #expect(try await reader.value.events.isEmpty)
    }
}
