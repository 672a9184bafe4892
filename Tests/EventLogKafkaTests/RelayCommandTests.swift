#if Kafka
import CJAssessmentService
import ChildProcesses
import Contracts
import EventLog
import EventLogKafka
import Glibc
import Postgres
import PostgresTestSupport
import Testing

@Suite("huleedu events relay", .timeLimit(.minutes(2)))
struct RelayCommandTests {
    /// What users run is built without Kafka unless they ask for it.
    private static let huleedu = Programs.besideTests("huleedu")

    private func append(_ number: Int, _ pool: Pool) async throws {
        try await pool.execute(
            """
            INSERT INTO cj.event_log (partition, position, id, type, aggregate_id, aggregate_version, occurred_at, payload)
            VALUES (0, \(number), uuid_send(gen_random_uuid()), 'test.Event', 'a', \(number), now(), '')
            """)
        try await pool.execute("UPDATE cj.event_partition SET position = \(number)")
    }

    @Test("publishes what is there and what comes, until it is told to end, and goes on where it was")
    func relays() async throws {
        let cluster = MockCluster()
        let topic = cluster.topic()
        let database = try await TestDatabase.make(migrations: [CJAssessment.migrator])
        let pool = database.pool(size: 1)
        let bus = try await KafkaBus.open(topic)
        let partition = EventLog.partition(of: "a", among: bus.partitions)
        var number = 0
        for _ in 1...2 {
            number += 1
            try await append(number, pool)
            let relay = try ChildProcess.program(
                Self.huleedu,
                [
                    "events", "relay", "--log", "cj-assessment", "--brokers", topic.brokers, "--topic", topic.topic, "--database",
                    database.connectionString, "--setting", "client.id=relay",
                ])
            try #require(await relay.prints("cj-assessment  topic \(topic.topic), 4 partitions"), "\(relay.printed)")
            number += 1
            try await append(number, pool)
            var read = 0
            while read < number {
                // A cancelled read finds nothing, for ever.
                try Task.checkCancellation()
                read = try await bus.read(partition: partition, after: 0, limit: 100, upTo: .milliseconds(100)).count
            }
            relay.signal(SIGTERM)
            #expect(await relay.wait() == 0, "\(relay.printed)")
        }
        let events = try await bus.read(partition: partition, after: 0, limit: 100, upTo: .seconds(10))
        // Whatever was published twice stands behind what it repeats.
        var versions: [UInt64] = []
        for event in events where !versions.contains(event.aggregateVersion) { versions.append(event.aggregateVersion) }
        #expect(versions == [1, 2, 3, 4])
        await bus.close()
        await pool.close()
        withExtendedLifetime(cluster) {}
    }

    @Test("names a topic that cannot be reached, and a setting that is none")
    func refusals() async throws {
        let database = try await TestDatabase.make(migrations: [CJAssessment.migrator])
        let given = ["events", "relay", "--log", "cj-assessment", "--topic", "events", "--database", database.connectionString]
        let unknown = try ChildProcess.program(Self.huleedu, given + ["--brokers", "127.0.0.1:1", "--setting", "no.such=1"])
        #expect(await unknown.wait() == 69)
        #expect(unknown.printed.contains("no.such"), "\(unknown.printed)")
        let misspelt = try ChildProcess.program(Self.huleedu, given + ["--brokers", "127.0.0.1:1", "--setting", "no.such"])
        #expect(await misspelt.wait() == 64)
        #expect(misspelt.printed.contains("expected name=value"), "\(misspelt.printed)")
    }
}
#endif
