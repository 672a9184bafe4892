#if Kafka
import Contracts
import EventBusConformance
import EventLog
import EventLogKafka
import Logging
import Postgres
import PostgresTestSupport
import Testing

@Suite("A Kafka topic", .timeLimit(.minutes(2)))
struct KafkaBusTests {
    private static func event(_ aggregate: String, version: UInt64) -> EventsV1.Event {
        EventsV1.Event(
            id: (0..<16).map { _ in UInt8.random(in: 0...255) }, type: "test.Event", aggregateID: aggregate,
            aggregateVersion: version)
    }

    /// What the topic holds of an aggregate once it has so many different events of it.
    private static func read(_ bus: KafkaBus, _ aggregate: String, count: Int) async throws -> [EventsV1.Event] {
        let partition = EventLog.partition(of: aggregate, among: bus.partitions)
        let deadline = ContinuousClock.now + .seconds(30)
        var all: [EventsV1.Event] = []
        while true {
            let next = try await bus.read(
                partition: partition, after: Int64(all.last?.position ?? 0), limit: 100, upTo: .milliseconds(50))
            all += next
            let events = all.filter { $0.aggregateID == aggregate }
            let isComplete = Set(events.map(\.id)).count >= count
            if next.isEmpty, isComplete || ContinuousClock.now > deadline { return events }
        }
    }

    @Test("does what every event bus does", arguments: EventBusConformance.allCases)
    func conforms(check: EventBusConformance) async throws {
        let cluster = MockCluster()
        let topic = cluster.topic()
        try await check.check(EventBusConformance.Subject { try await KafkaBus.open(topic) })
        withExtendedLifetime(cluster) {}
    }

    @Test("has each event once and in order when brokers refuse some of the attempts")
    func refusals() async throws {
        let cluster = MockCluster()
        let bus = try await KafkaBus.open(cluster.topic())
        try await bus.publish([Self.event("a", version: 1)])
        cluster.refuseProducing(6)
        try await bus.publish((2...50).map { Self.event("a", version: $0) })
        #expect(try await Self.read(bus, "a", count: 50).map(\.aggregateVersion) == Array(1...50))
        await bus.close()
    }

    @Test("that is away is named, and what is published again when it is back keeps its order")
    func away() async throws {
        let cluster = MockCluster()
        var configuration = cluster.topic()
        configuration.publishTimeout = .milliseconds(300)
        configuration.settings["reconnect.backoff.ms"] = "10"
        configuration.settings["reconnect.backoff.max.ms"] = "50"
        let bus = try await KafkaBus.open(configuration)
        let events = (1...5).map { Self.event("a", version: $0) }
        try await bus.publish([events[0]])
        cluster.set(away: true)
        let error = await #expect(throws: EventLogError.self) { try await bus.publish(Array(events[1...])) }
        #expect(error?.code == .unavailable)
        cluster.set(away: false)
        var isPublished = false
        while !isPublished {
            do {
                try await bus.publish(Array(events[1...]))
                isPublished = true
            } catch let error as EventLogError where error.code == .unavailable {
                continue
            }
        }
        // An attempt with open outcome may have gone through: events may be there twice, but never out of order.
        var versions: [UInt64] = []
        for event in try await Self.read(bus, "a", count: 5) where !versions.contains(event.aggregateVersion) {
            versions.append(event.aggregateVersion)
        }
        #expect(versions == Array(1...5))
        await bus.close()
    }

    @Test("that does not exist, or whose brokers do not, is named")
    func missing() async throws {
        var nowhere = KafkaConfiguration(brokers: "127.0.0.1:1", topic: "events")
        let unreachable = await #expect(throws: EventLogError.self) {
            _ = try await KafkaBus.open(nowhere, upTo: .milliseconds(200))
        }
        #expect(unreachable?.code == .unavailable)
        nowhere.settings["no.such.setting"] = "1"
        let misspelt = await #expect(throws: EventLogError.self) { _ = try await KafkaBus.open(nowhere) }
        #expect(misspelt?.message.contains("no.such.setting") == true)
    }

    @Test("takes what a service has written, through deaths of the relay, for consumers to apply once")
    func relay() async throws {
        let cluster = MockCluster()
        let topic = cluster.topic()
        let log = EventLog(schema: "essays")
        let migrator = Migrator(
            line: "essays", schema: "essays",
            migrations: [EventLog.migration(version: 1, schema: "essays"), log.outboxMigration(version: 2)])
        let pool = try await TestDatabase.make(migrations: [migrator]).pool(size: 4)
        let sequencer = Sequencer(
            log: log, pool: pool, appended: Bell(), sequenced: Bell(), logger: Logger(label: "test"))
        for round in 0..<3 {
            try await pool.unitOfWork("append") { unit in
                let events = try (0..<10).map {
                    try NewEvent(WireV1.HealthCheckRequest(service: "\(round)/\($0)"), aggregateID: "\($0 % 3)")
                }
                try await log.append(events, in: unit)
            }
            try await sequencer.drain()
            let bus = try await KafkaBus.open(topic)
            // Published, and dead before it was noted.
            if round == 1 { try await bus.publish(log.read(after: 10, limit: 5, from: pool)) }
            #expect(try await EventRelay(log: log, pool: pool, bus: bus, name: "kafka").step(limit: 7) == 7)
            while try await EventRelay(log: log, pool: pool, bus: bus, name: "kafka").step() > 0 {}
            await bus.close()
        }
        let bus = try await KafkaBus.open(topic)
        for aggregate in ["0", "1", "2"] {
            let written = try await log.read(after: 0, limit: 100, from: pool).filter { $0.aggregateID == aggregate }
            let events = try await Self.read(bus, aggregate, count: written.count)
            var seen: Set<[UInt8]> = []
            #expect(events.map(\.id).filter { seen.insert($0).inserted } == written.map(\.id))
        }
        await bus.close()
        await pool.close()
    }
}
#endif
