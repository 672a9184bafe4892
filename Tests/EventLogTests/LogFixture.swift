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
    let log = EventLog(schema: "essays")

    init(size: Int = 8) async throws {
        let migrations = [EventLog.migration(version: 1, schema: "essays")]
        database = try await TestDatabase.make(migrations: [Migrator(line: "essays", schema: "essays", migrations: migrations)])
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: size)
        // Appends queue behind each other, and many tests share few cores.
        configuration.lockTimeout = .seconds(60)
        configuration.statementTimeout = .seconds(60)
        configuration.acquireTimeout = .seconds(60)
        pool = Pool(configuration, logger: Logger(label: "test"))
    }

    func append(_ events: [NewEvent]) async throws {
        try await pool.unitOfWork("append") { unit in try await log.append(events, in: unit) }
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

    /// The whole log, read in pages.
    func all(page: Int = EventLog.maximumBatch) async throws -> [EventsV1.Event] {
        var events: [EventsV1.Event] = []
        while true {
            let next = try await log.read(after: Int64(events.last?.position ?? 0), limit: page, from: pool)
            events += next
            if next.count < page { return events }
        }
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
