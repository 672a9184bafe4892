import Contracts
import Logging
import Postgres
import PostgresTestSupport
import Testing

@testable import EventLog

@Suite("The event log")
struct EventLogTests {
    private struct Refusal: Error {}

    @Test("has no gaps and no repetition under many appenders of whom some roll back")
    func noGaps() async throws {
        let fixture = try await LogFixture()
        let kept = Number()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for step in 0..<40 {
                        let count = 1 + (worker + step) % 3
                        do {
                            try await fixture.pool.unitOfWork("append") { unit in
                                let events = try (0..<count).map {
                                    try fixture.event("\(worker)/\(step)/\($0)", of: "\(step % 5)")
                                }
                                try await fixture.log.append(events, in: unit)
                                if (worker + step) % 4 == 0 { throw Refusal() }
                            }
                            kept.add(count)
                        } catch is Refusal {
                            // Rolled back on purpose.
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                }
            }
        }
        let events = try await fixture.all(page: 100)
        #expect(events.count == kept.value)
        #expect(events.map(\.position) == (0..<events.count).map { UInt64($0) + 1 })
        #expect(Set(events.map(\.id)).count == events.count && events.allSatisfy { $0.id.count == 16 })
        // Events of one aggregate appended at once are counted by one after the other: its row lets in one at a time.
        for (_, ofOne) in Dictionary(grouping: events, by: \.aggregateID) {
            #expect(ofOne.map(\.aggregateVersion) == (0..<ofOne.count).map { UInt64($0) + 1 })
        }
    }

    @Test("never shows an event below one that a reader has seen, however appends race")
    func nothingAppearsBelow() async throws {
        let fixture = try await LogFixture()
        let isOver = Number()
        let seen = try await withThrowingTaskGroup(of: [EventsV1.Event].self) { group in
            for reader in 0..<3 {
                group.addTask {
                    let pool = fixture.database.pool(size: 1)
                    var events: [EventsV1.Event] = []
                    while true {
                        let wasOver = isOver.value == 1
                        let next = try await fixture.log.read(
                            after: Int64(events.last?.position ?? 0), limit: 1 + reader * 7, from: pool)
                        events += next
                        if wasOver, next.isEmpty { return events }
                    }
                }
            }
            for _ in 0..<2 {
                let sequencer = fixture.anotherSequencer()
                group.addTask {
                    while isOver.value == 0 { try await sequencer.drain() }
                    return []
                }
            }
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { appenders in
                    for worker in 0..<6 {
                        appenders.addTask {
                            for step in 0..<50 {
                                try await fixture.pool.unitOfWork("append") { unit in
                                    try await fixture.log.append([fixture.event("\(worker)/\(step)", of: "\(worker)")], in: unit)
                                    // A unit that goes on after its append, so that later ones could overtake it if they were let.
                                    if step % 3 == 0 { _ = try await unit.query("SELECT pg_sleep(0.001)") }
                                }
                            }
                        }
                    }
                    try await appenders.waitForAll()
                }
                while try await fixture.pendingCount() > 0 { try await fixture.sequencer.drain() }
                isOver.value = 1
                return []
            }
            return try await group.reduce(into: [[EventsV1.Event]]()) { if !$1.isEmpty { $0.append($1) } }
        }
        let all = try await fixture.all()
        #expect(all.count == 300 && seen.count == 3)
        for events in seen { #expect(events == all, "what was read while it grew is what is there") }
    }

    @Test("gives an aggregate's earlier commit the lower position, though its unit began later")
    func commitOrder() async throws {
        let fixture = try await LogFixture()
        let begun = Gate()
        let committed = Gate()
        async let late: Void = fixture.pool.unitOfWork("begins first") { unit in
            _ = try await unit.query("SELECT 1")
            await begun.meet(2)
            await committed.meet(2)
            try await fixture.log.append([fixture.event("second", of: "a")], in: unit)
        }
        await begun.meet(2)
        try await fixture.append([fixture.event("first", of: "a")])
        await committed.meet(2)
        try await late
        #expect(try await fixture.all().map(fixture.text) == ["first", "second"])
    }

    @Test(
        "stays in order under stricter isolation, where a unit that lost the race runs again",
        arguments: [IsolationLevel.repeatableRead, .serializable])
    func isolation(level: IsolationLevel) async throws {
        let fixture = try await LogFixture(size: 4)
        var configuration = PoolConfiguration(connectionString: fixture.database.connectionString, size: 4)
        configuration.lockTimeout = .seconds(60)
        configuration.rerunPolicy.maxTries = 1000
        let pool = Pool(configuration, logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for step in 0..<5 {
                        try await pool.unitOfWork("append", isolation: level) { unit in
                            try await fixture.log.append([fixture.event("\(worker)/\(step)", of: "one")], in: unit)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let events = try await fixture.all()
        #expect(events.map(\.position) == Array(1...20) && events.map(\.aggregateVersion) == Array(1...20))
    }

    @Test("keeps an event as it was written: id, type, time, payload")
    func fixed() async throws {
        let fixture = try await LogFixture()
        try await fixture.append([fixture.event("åäö", of: "essay 1"), fixture.event("", of: "")])
        let first = try await fixture.all()
        try await fixture.append(3)
        let second = try await fixture.all().prefix(2)
        #expect(first == Array(second))
        #expect(first[0].type == "huleedu.wire.v1.HealthCheckRequest" && first[0].aggregateID == "essay 1")
        #expect(try first.map(fixture.text) == ["åäö", ""])
        #expect(first[1].payload.isEmpty && first[0].occurredAtUnixMicroseconds <= first[1].occurredAtUnixMicroseconds)
    }

    @Test("counts each aggregate's events by itself, within an append and across them")
    func versions() async throws {
        let fixture = try await LogFixture()
        try await fixture.append(["a", "b", "a", "c", "a"].map { try fixture.event("", of: $0) })
        try await fixture.append(["b", "a"].map { try fixture.event("", of: $0) })
        let versions = try await fixture.all().map { "\($0.aggregateID)\($0.aggregateVersion)" }
        #expect(versions == ["a1", "b1", "a2", "c1", "a3", "b2", "a4"])
    }

    @Test("shows nothing of a unit of work before it commits, and two appends of one unit in their order")
    func visibility() async throws {
        let fixture = try await LogFixture()
        try await fixture.pool.unitOfWork("two appends") { unit in
            try await fixture.log.append([fixture.event("1", of: "a")], in: unit)
            try await fixture.log.append([fixture.event("2", of: "a"), fixture.event("3", of: "a")], in: unit)
            #expect(try await fixture.all().isEmpty)
        }
        #expect(try await fixture.all().map(fixture.text) == ["1", "2", "3"])
    }

    @Test("is read in pages that meet, whatever their size", arguments: [1, 2, 7, 24, 25, 26, 1000])
    func pages(size: Int) async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.append(25)
        #expect(try await fixture.all(page: size).map(\.position) == Array(1...25))
    }

    @Test("takes a thousand events in one append and gives a thousand in one read, and no more")
    func borders() async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.append(EventLog.maximumBatch)
        try await fixture.append(1)
        try await fixture.append([])
        #expect(try await fixture.log.read(after: 0, limit: 1001, from: fixture.pool).count == 1000)
        #expect(try await fixture.log.read(after: 1000, limit: 1000, from: fixture.pool).map(\.position) == [1001])
        #expect(try await fixture.log.read(after: 1001, limit: 1000, from: fixture.pool).isEmpty)
        #expect(try await fixture.log.read(after: .max, limit: 1, from: fixture.pool).isEmpty)
        #expect(try await fixture.log.read(after: 0, limit: 0, from: fixture.pool).isEmpty)
    }

    @Test("takes a NUL in no text, and names the reason")
    func nul() async throws {
        let fixture = try await LogFixture(size: 1)
        let error = await #expect(throws: PostgresError.self) { try await fixture.append([fixture.event("x", of: "a\0b")]) }
        #expect(error?.code == .invalidQuery && error?.message.contains("NUL") == true)
        try await fixture.append(1)
        #expect(try await fixture.all().map(\.position) == [1])
    }
}
