import Contracts
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire

@testable import EventLog

@Suite("The event feed", .timeLimit(.minutes(5)))
struct EventFeedTests {
    private func request(after: UInt64 = 0, limit: UInt32 = 10) -> EventsV1.FollowRequest {
        EventsV1.FollowRequest(afterPosition: after, limit: limit)
    }

    @Test("takes each limit at its border and refuses it beyond, by name")
    func borders() async throws {
        let fixture = try await LogFixture(size: 2)
        try await fixture.append(3)
        let feed = fixture.feed()
        for accepted in [
            request(limit: 1), request(limit: 1000), request(after: UInt64(Int64.max)),
            EventsV1.FollowRequest(limit: 1, partition: 0, consumer: String(repeating: "c", count: 100)),
        ] {
            _ = try await feed.first(accepted)
        }
        #expect(try await feed.first(request(limit: 1)).events.map(\.position) == [1])
        for (refused, name) in [
            (request(limit: 0), "limit"), (request(limit: 1001), "limit"), (request(limit: .max), "limit"),
            (request(after: UInt64(Int64.max) + 1), "after_position"), (request(after: .max), "after_position"),
            (EventsV1.FollowRequest(limit: 1, partition: 1), "partition"),
            (EventsV1.FollowRequest(limit: 1, consumer: String(repeating: "c", count: 101)), "consumer"),
        ] {
            let error = await #expect(throws: RPCError.self) { try await feed.first(refused) }
            #expect(error?.code == .invalidArgument && error?.message.hasPrefix(name + ":") == true)
        }
    }

    @Test("tells what is there in messages of the size asked for, in order and without gaps, and goes on")
    func pages() async throws {
        let fixture = try await LogFixture()
        try await fixture.append(7)
        let bell = Bell()
        var positions: [UInt64] = []
        var sizes: [Int] = []
        for try await message in try await fixture.feed(bell).follow(request(after: 1, limit: 3)) {
            positions += message.events.map(\.position)
            sizes.append(message.events.count)
            if positions.last == 7 {
                try await fixture.append(1)
                bell.ring()
            }
            if positions.last == 8 { break }
        }
        #expect(positions == [2, 3, 4, 5, 6, 7, 8] && sizes == [3, 3, 1])
    }

    @Test("says at once that it is there, and says so again while there is nothing to tell")
    func heartbeat() async throws {
        let fixture = try await LogFixture(size: 2)
        var messages = 0
        for try await message in try await fixture.feed(configure: { $0.heartbeat = .milliseconds(1) }).follow(request()) {
            #expect(message.events.isEmpty && message.partitions == 1)
            messages += 1
            if messages == 3 { break }
        }
        #expect(messages == 3)
        #expect(EventFeed.longestSilence >= EventFeed.Configuration().heartbeat * 2)
    }

    @Test("tells those who wait when this process signals a commit")
    func signalled() async throws {
        let fixture = try await LogFixture()
        let bell = Bell()
        let feed = fixture.feed(bell) { $0.pollInterval = .seconds(3600) }
        let readers = (0..<5).map { _ in Task { try await feed.events(1) } }
        while bell.waiterCount < 5 { await Task.yield() }
        try await fixture.append(1)
        bell.ring()
        for reader in readers { #expect(try await reader.value.map(\.position) == [1]) }
    }

    @Test("sees another process's commit by looking again")
    func otherProcess() async throws {
        let fixture = try await LogFixture()
        let reader = Task { try await fixture.feed().events(1) }
        let other = fixture.database.pool(size: 1)
        try await other.unitOfWork("append") { unit in
            try await fixture.log.append([fixture.event("x", of: "a")], in: unit)
        }
        try await fixture.anotherSequencer().drain()
        #expect(try await reader.value.map(\.position) == [1])
    }

    @Test("ends a stream, well, when its time is over")
    func lifetime() async throws {
        let fixture = try await LogFixture(size: 2)
        try await fixture.append(2)
        var positions: [UInt64] = []
        for try await message in try await fixture.feed(configure: { $0.lifetime = .milliseconds(200) }).follow(request()) {
            positions += message.events.map(\.position)
        }
        #expect(positions == [1, 2])
    }

    @Test("ends a stream, well, when its server begins to shut down, though nothing happens in the log")
    func drain() async throws {
        let fixture = try await LogFixture(size: 2)
        let bell = Bell()
        var configuration = EventFeed.Configuration()
        configuration.pollInterval = .seconds(3600)
        let feed = EventsV1.EventFeedServer(
            EventFeed(log: fixture.log, pool: fixture.pool, bell: bell, configuration: configuration))
        let requests = MessageBuffer(limits: .init())
        requests.append(try request().encoded())
        requests.finish()
        let responses = MessageBuffer(limits: .init())
        let drain = DrainSignal()
        let context = ServerContext(
            method: EventsV1.EventFeedServer.follow, metadata: Metadata(), deadline: .after(.seconds(3600)), peer: "test",
            drain: drain)
        let serving = Task {
            try await feed.serve(
                method: "Follow", requests: InboundMessages(requests),
                responses: OutboundMessages(send: { try await responses.send($0) }, finish: {}), context: context)
        }
        while bell.waiterCount < 1 { await Task.yield() }
        drain.begin()
        try await serving.value
    }

    @Test("that cannot reach its database is UNAVAILABLE, for the reader to ask again")
    func unreachable() async throws {
        var configuration = PoolConfiguration(connectionString: "host=/tmp/huleedu-nowhere dbname=x", size: 1)
        configuration.acquireTimeout = .milliseconds(10)
        let pool = Pool(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let feed = EventFeed(log: EventLog(schema: "essays"), pool: pool, bell: Bell())
        let client = EventsV1.EventFeedClient(InProcessTransport([EventsV1.EventFeedServer(feed)]))
        let error = await #expect(throws: RPCError.self) { try await client.first(request()) }
        #expect(error?.code == .unavailable)
    }

    @Test("stops when its reader goes away")
    func cancelled() async throws {
        let fixture = try await LogFixture(size: 2)
        let bell = Bell()
        let feed = fixture.feed(bell) { $0.pollInterval = .seconds(3600) }
        let reader = Task { try await feed.events(1) }
        while bell.waiterCount < 1 { await Task.yield() }
        reader.cancel()
        let error = await #expect(throws: RPCError.self) { try await reader.value }
        #expect(error?.code == .cancelled)
        while bell.waiterCount > 0 { await Task.yield() }
    }
}
