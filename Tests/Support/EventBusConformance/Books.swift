import Contracts
import EventLog
import Logging
import Postgres
import PostgresTestSupport
import Wire

/// A consumer in a database of its own that writes down what it has applied.
struct Books: Sendable {
    /// Type of an event that cannot be applied before it is cured.
    static let poison = "test.Poison"

    private let pool: Pool
    private let consumer: EventConsumer

    init() async throws {
        let migrator = Migrator(
            line: "books", schema: "books",
            migrations: [
                EventConsumer.migration(version: 1, schema: "books"),
                Migration(
                    version: 2, name: "books",
                    sql: """
                        CREATE TABLE books.applied (
                            ordinal bigint GENERATED ALWAYS AS IDENTITY, id bytea NOT NULL, aggregate text NOT NULL,
                            version bigint NOT NULL);
                        CREATE TABLE books.cured (id bytea NOT NULL);
                        """),
            ])
        pool = try await TestDatabase.make(migrations: [migrator]).pool(size: 2)
        var configuration = EventConsumer.Configuration()
        configuration.remembersEvents = true
        consumer = EventConsumer(
            name: "books", schema: "books", pool: pool, configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Applies what a bus has for it until these events have been, among others perhaps.
    func consume(_ bus: any EventBus, until published: [EventsV1.Event]) async throws {
        let deadline = ContinuousClock.now + EventBusConformance.patience
        let wanted = Set(published.map(\.id))
        repeat {
            try await consume(bus, atMost: .max)
        } while try await !wanted.isSubset(of: applied().map(\.id)) && ContinuousClock.now < deadline
    }

    /// Applies what a bus has for it, so many events of each partition at most.
    func consume(_ bus: any EventBus, atMost most: Int) async throws {
        for partition in 0..<bus.partitions {
            var read = 0
            while read < most {
                _ = try await consumer.retryDue(partition: partition) { try await apply($0, in: $1) }
                let (cursor, _) = try await consumer.standing(in: partition)
                let events = try await bus.read(
                    partition: partition, after: cursor.position, limit: min(5, most - read), upTo: EventBusConformance.look)
                if events.isEmpty { break }
                try await apply(events, partition)
                read += events.count
            }
        }
    }

    private func applied() async throws -> [(id: [UInt8], aggregate: String, version: Int64)] {
        try await pool.query("SELECT id, aggregate, version FROM books.applied ORDER BY ordinal").map { row in
            let (id, aggregate, version) = try row.decode([UInt8].self, String.self, Int64.self)
            return (id, aggregate, version)
        }
    }

    func apply(_ events: [EventsV1.Event], _ partition: Int) async throws {
        _ = try await consumer.consume(events, partition: partition) { try await apply($0, in: $1) }
    }

    private func apply(_ events: [EventsV1.Event], in unit: UnitOfWork) async throws {
        for event in events {
            if event.type == Self.poison,
                try await unit.query("SELECT 1 FROM books.cured WHERE id = \(event.id)").isEmpty
            {
                throw EncodingError(.nulInString, path: "poison")
            }
            unit.send(
                """
                INSERT INTO books.applied (id, aggregate, version)
                VALUES (\(event.id), \(event.aggregateID), \(Int64(event.aggregateVersion)))
                """)
        }
    }

    /// Lets a poisonous event be applied.
    func cure(_ id: [UInt8]) async throws {
        try await pool.execute("INSERT INTO books.cured (id) VALUES (\(id))")
        let replayed = try await SetAsideEvent.replay(id, schema: "books", in: pool)
        try EventBusConformance.expect(replayed == 1, "the poisonous event was not set aside")
    }

    /// Makes sure that these events were applied, each once, those of an aggregate in order, and no others.
    func mustHold(_ published: [EventsV1.Event]) async throws {
        let applied = try await applied()
        let ids = applied.map(\.id)
        try EventBusConformance.expect(
            ids.count == published.count && Set(ids) == Set(published.map(\.id)),
            "\(published.count) events were to be applied, \(ids.count) were, \(Set(ids).count) different ones")
        for (aggregate, ofOne) in Dictionary(grouping: applied, by: \.aggregate) {
            let versions = ofOne.map(\.version)
            try EventBusConformance.expect(versions == versions.sorted(), "\(aggregate) was applied as \(versions)")
        }
    }
}
