import Contracts
import Logging
import Postgres
import PostgresTestSupport
import Testing

@testable import EventLog

@Suite("The sequencer")
struct SequencerTests {
    @Test("lets units of work about different aggregates append side by side, and shows the one that commits first")
    func sideBySide() async throws {
        let fixture = try await LogFixture()
        try await fixture.pool.unitOfWork("stays open") { unit in
            try await fixture.log.append([fixture.event("open", of: "a")], in: unit)
            // Would wait for this unit's end, and fail for that, if anything but the aggregate were locked.
            try await fixture.append([fixture.event("through", of: "b")])
            #expect(try await fixture.all().map(fixture.text) == ["through"])
        }
        #expect(try await fixture.all().map(fixture.text) == ["through", "open"])
    }

    @Test("keeps every aggregate in the order of its versions, without gaps, however many write and sequence", arguments: [1, 4])
    func order(partitions: Int) async throws {
        let fixture = try await LogFixture(size: 16, partitions: partitions)
        let isOver = Number()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 {
                let sequencer = fixture.anotherSequencer()
                group.addTask {
                    while isOver.value == 0 {
                        try await sequencer.drain()
                        // Takes turns with the others in the middle of everything.
                        if number == 0 { try await fixture.expireLeases() }
                    }
                }
            }
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for writer in 0..<8 {
                        writers.addTask {
                            for step in 0..<30 {
                                let aggregates = [(writer + step) % 5, (writer * step) % 7].map { "aggregate \($0)" }
                                try await fixture.pool.unitOfWork("append") { unit in
                                    if step % 2 == 0 { _ = try await unit.query("SELECT pg_current_xact_id()") }
                                    try await fixture.log.append(aggregates.map { try fixture.event("", of: $0) }, in: unit)
                                    if step % 3 == 0 { _ = try await unit.query("SELECT pg_sleep(0.001)") }
                                }
                            }
                        }
                    }
                    try await writers.waitForAll()
                }
                while try await fixture.pendingCount() > 0 {
                    try await fixture.expireLeases()
                    try await fixture.sequencer.drain()
                }
                isOver.value = 1
            }
            try await group.waitForAll()
        }
        var all: [EventsV1.Event] = []
        for partition in 0..<partitions {
            let events = try await fixture.all(of: partition)
            #expect(events.map(\.position) == (0..<events.count).map { UInt64($0) + 1 })
            #expect(events.allSatisfy { EventLog.partition(of: $0.aggregateID, among: partitions) == partition })
            for (_, ofOne) in Dictionary(grouping: events, by: \.aggregateID) {
                #expect(ofOne.map(\.aggregateVersion) == (0..<ofOne.count).map { UInt64($0) + 1 })
            }
            all += events
        }
        #expect(all.count == 480 && Set(all.map(\.id)).count == 480)
    }

    @Test("leaves a partition to the process that moved events last, until its lease is over")
    func lease() async throws {
        let fixture = try await LogFixture()
        let other = fixture.anotherSequencer()
        // A lease far longer than the test, so that only what the test does ends it.
        try await fixture.append(1)
        try await fixture.pool.execute("UPDATE essays.event_partition SET lease_until = 'infinity'")
        try await fixture.appendPending([fixture.event("", of: "a")])
        #expect(try await other.drain() == 0)
        try await fixture.expireLeases()
        #expect(try await other.drain() == 1)
    }

    @Test("moves nothing under an epoch that another process has ended, and goes on once it is let")
    func fence() async throws {
        let fixture = try await LogFixture()
        let other = fixture.anotherSequencer()
        try await fixture.append(1)
        try await fixture.expireLeases()
        try await fixture.appendPending([fixture.event("", of: "a")])
        #expect(try await other.drain() == 1)
        try await fixture.pool.execute("UPDATE essays.event_partition SET lease_until = 'infinity'")
        try await fixture.appendPending([fixture.event("", of: "a")])
        #expect(try await fixture.sequencer.drain() == 0)
        #expect(try await fixture.pendingCount() == 1)
        try await fixture.expireLeases()
        #expect(try await fixture.sequencer.drain() == 1)
        #expect(try await fixture.all().map(\.aggregateVersion) == [1, 2, 3])
    }

    @Test("that ends leaves nothing pending, and the next begins at once")
    func finish() async throws {
        let fixture = try await LogFixture()
        try await fixture.append(1)
        try await fixture.pool.execute("UPDATE essays.event_partition SET lease_until = 'infinity'")
        try await fixture.appendPending([fixture.event("", of: "a")])
        await fixture.sequencer.finish()
        #expect(try await fixture.pendingCount() == 0)
        try await fixture.appendPending([fixture.event("", of: "a")])
        #expect(try await fixture.anotherSequencer().drain() == 1)
    }

    @Test(
        "moves more than a batch holds, at the border too",
        arguments: [Sequencer.batch - 1, Sequencer.batch, Sequencer.batch + 1])
    func batches(count: Int) async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.appendPending((0..<count).map { try fixture.event("", of: "\($0)") })
        #expect(try await fixture.sequencer.drain() == count)
        #expect(try await fixture.all().map(\.position) == (0..<count).map { UInt64($0) + 1 })
    }

    @Test("wakes those who read once events have their positions")
    func signals() async throws {
        let fixture = try await LogFixture(size: 4)
        let (appended, sequenced) = (Bell(), Bell())
        let sequencer = Sequencer(
            log: fixture.log, pool: fixture.pool, appended: appended, sequenced: sequenced, logger: Logger(label: "test"))
        async let told = fixture.feed(sequenced).events(1)
        async let step: Void = sequencer.step()
        try await fixture.appendPending([fixture.event("", of: "a")])
        appended.ring()
        try await step
        try await sequencer.drain()
        #expect(try await told.count == 1)
        #expect(sequenced.generation == 1)
    }

    @Test("goes on where the log of appends that queued had got to, and counts no version twice")
    func upgrade() async throws {
        let old = Migrator(line: "essays", schema: "essays", migrations: [EventLog.migration(version: 1, schema: "essays")])
        let database = try await TestDatabase.make(migrations: [old])
        let pool = database.pool(size: 2)
        let log = EventLog(schema: "essays", partitions: 2)
        try await pool.execute(
            """
            INSERT INTO essays.event_log (position, type, aggregate_id, aggregate_version, payload)
            SELECT number, 'x', 'a', number, '' FROM generate_series(1, 3) AS number
            """)
        try await pool.execute("UPDATE essays.event_head SET position = 3")
        let new = Migrator(
            line: "essays", schema: "essays", migrations: old.migrations + [log.outboxMigration(version: 2)])
        #expect(try await new.migrate(pool) == 1)
        #expect(try await new.faults(pool).isEmpty)
        try await pool.unitOfWork("append") { unit in
            try await log.append(
                ["a", "b", "c", "d"].map { try NewEvent(WireV1.HealthCheckRequest(), aggregateID: $0) }, in: unit)
        }
        try await Sequencer(
            log: log, pool: pool, appended: Bell(), sequenced: Bell(), logger: Logger(label: "test")
        ).drain()
        let first = try await log.read(after: 0, limit: 10, from: pool)
        let second = try await log.read(partition: 1, after: 0, limit: 10, from: pool)
        #expect(first.map(\.position) == (1...first.count).map { UInt64($0) } && first.count + second.count == 7)
        #expect(second.map(\.position) == (1...second.count).map { UInt64($0) })
        #expect((first + second).filter { $0.aggregateID == "a" }.map(\.aggregateVersion) == [1, 2, 3, 4])
        await pool.close()
    }
}
