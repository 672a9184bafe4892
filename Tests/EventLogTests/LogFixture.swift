import Contracts
import EventLog
import Logging
import Postgres
import PostgresTestSupport
import Synchronization
import Wire

/// A service's event log in a database of its own.
struct LogFixture {
    let database: TestDatabase
    let pool: Pool
    let log: EventLog
    let sequencer: Sequencer

    init(size: Int = 8, partitions: Int = 1) async throws {
        log = EventLog(schema: "essays", partitions: partitions)
        let migrations = [
            EventLog.migration(version: 1, schema: "essays"), log.outboxMigration(version: 2),
            EventConsumer.migration(version: 3, schema: "essays"),
        ]
        database = try await TestDatabase.make(migrations: [Migrator(line: "essays", schema: "essays", migrations: migrations)])
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: size)
        // Appends queue behind each other, and many tests share few cores.
        configuration.lockTimeout = .seconds(60)
        configuration.statementTimeout = .seconds(60)
        configuration.acquireTimeout = .seconds(60)
        pool = Pool(configuration, logger: Logger(label: "test"))
        sequencer = Self.sequencer(log, pool)
    }

    private static func sequencer(_ log: EventLog, _ pool: Pool) -> Sequencer {
        Sequencer(
            log: log, pool: pool, appended: Bell(), sequenced: Bell(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Another process, as far as anybody can tell.
    func anotherSequencer() -> Sequencer {
        Self.sequencer(log, pool)
    }

    /// The log's feed, as those who read it have it.
    func feed(
        _ bell: Bell = Bell(), configure: (inout EventFeed.Configuration) -> Void = { _ in }
    ) -> EventsV1.EventFeedClient {
        var configuration = EventFeed.Configuration()
        configure(&configuration)
        let feed = EventFeed(log: log, pool: pool, bell: bell, configuration: configuration)
        return EventsV1.EventFeedClient(InProcessTransport([EventsV1.EventFeedServer(feed)]))
    }

    /// Events in the log, which can be read.
    func append(_ events: [NewEvent]) async throws {
        try await appendPending(events)
        try await sequencer.drain()
    }

    /// Events that are committed and not in the log yet.
    func appendPending(_ events: [NewEvent]) async throws {
        try await pool.unitOfWork("append") { unit in try await log.append(events, in: unit) }
    }

    /// As if so much time had passed that nobody's lease is left.
    func expireLeases() async throws {
        try await pool.execute("UPDATE essays.event_partition SET lease_until = clock_timestamp() - interval '1 second'")
    }

    func pendingCount() async throws -> Int {
        try await pool.query("SELECT count(*) FROM essays.event_pending")[0].decode(Int.self)
    }

    func append(_ count: Int, to aggregate: String = "a") async throws {
        try await append((0..<count).map { try event("\($0)", of: aggregate) })
    }

    func event(_ text: String, of aggregate: String) throws -> NewEvent {
        try NewEvent(WireV1.HealthCheckRequest(service: text), aggregateID: aggregate)
    }

    func text(_ event: EventsV1.Event) throws -> String {
        try WireV1.HealthCheckRequest(decoding: event.payload, limits: .init()).service
    }

    /// The whole log, or one partition of it, read in pages once everything that is pending has been moved.
    func all(page: Int = EventLog.maximumBatch, of partition: Int = 0) async throws -> [EventsV1.Event] {
        try await sequencer.drain()
        var events: [EventsV1.Event] = []
        while true {
            let next = try await log.read(
                partition: partition, after: Int64(events.last?.position ?? 0), limit: page, from: pool)
            events += next
            if next.count < page { return events }
        }
    }
}

extension EventsV1.EventFeedClient {
    /// The first message of a stream.
    func first(_ request: EventsV1.FollowRequest) async throws -> EventsV1.FollowResponse {
        for try await message in try await follow(request) { return message }
        throw RPCError(.internal, "the stream ended without a message")
    }

    /// The first events of a stream, once so many have come.
    func events(_ count: Int, after position: UInt64 = 0) async throws -> [EventsV1.Event] {
        var events: [EventsV1.Event] = []
        for try await message in try await follow(EventsV1.FollowRequest(afterPosition: position, limit: 10)) {
            events += message.events
            if events.count >= count { break }
        }
        return events
    }
}

/// Lets a number of tasks wait for each other.
actor Gate {
    private var arrived = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Returns once `count` tasks have called.
    func meet(_ count: Int) async {
        arrived += 1
        guard arrived < count else {
            waiting.forEach { $0.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}

/// A number that several tasks read and change.
final class Number: Sendable {
    private let number = Mutex(0)

    var value: Int {
        get { number.withLock { $0 } }
        set { number.withLock { $0 = newValue } }
    }

    func add(_ count: Int) {
        number.withLock { $0 += count }
    }
}
