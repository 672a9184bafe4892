import Contracts
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire

@testable import EventLog

@Suite("A consumer of events")
struct EventConsumerTests {
    @Test("applies each event once, in batches of any shape that come again and out of order")
    func onceEach() async throws {
        let fixture = try await ConsumerFixture(20)
        let events = fixture.events
        var generator = SystemRandomNumberGenerator()
        var seen = 0
        while seen < events.count {
            let start = Int.random(in: 0...seen, using: &generator)
            let end = min(events.count, seen + Int.random(in: 0...6, using: &generator))
            let batch = (events[start..<end] + events[start..<end].prefix(2)).shuffled(using: &generator)
            try await fixture.consume(batch)
            seen = max(seen, end)
        }
        #expect(try await fixture.applied() == events.map(\.position))
        #expect(try await fixture.consumer().standing().cursor.position == 20)
    }

    @Test("and its replicas apply each event once")
    func replicas() async throws {
        let fixture = try await ConsumerFixture(20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for end in [20, 5, 20, 12, 20, 20] {
                group.addTask { try await fixture.consume(Array(fixture.events.prefix(end))) }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.applied() == fixture.events.map(\.position))
    }

    @Test("takes nothing behind a gap")
    func gap() async throws {
        let fixture = try await ConsumerFixture(5)
        try await fixture.consume([fixture.events[0]])
        let error = await #expect(throws: EventLogError.self) {
            try await fixture.consume([fixture.events[1], fixture.events[3]])
        }
        #expect(error?.code == .eventMissing)
        #expect(try await fixture.applied() == [1])
    }

    @Test("that is new begins with the oldest event that is kept")
    func beginning() async throws {
        let fixture = try await ConsumerFixture(5)
        try await fixture.consume(Array(fixture.events[2...]))
        #expect(try await fixture.applied() == [3, 4, 5])
    }

    @Test("does not apply what was read before its cursor was moved by hand")
    func moved() async throws {
        let fixture = try await ConsumerFixture(5)
        try await fixture.consume(fixture.events)
        let (before, _) = try await fixture.consumer().standing()
        try await fixture.consumer().move(to: 3)
        let error = await #expect(throws: EventLogError.self) {
            try await fixture.consume([fixture.events[3]], epoch: before.epoch)
        }
        #expect(error?.code == .overtaken)
        let (after, _) = try await fixture.consumer().standing()
        #expect(after == EventConsumer.Cursor(position: 3, epoch: before.epoch + 1))
        try await fixture.consume(Array(fixture.events[3...]), epoch: after.epoch)
        #expect(try await fixture.applied() == [1, 2, 3, 4, 4, 5, 5])
    }

    @Test("leaves everything as it was when the fault says nothing about the event")
    func passing() async throws {
        let fixture = try await ConsumerFixture(3)
        let refusal = PostgresError(.diskFull, "no room", sqlState: "53100", outcome: .rolledBack)
        await #expect(throws: PostgresError.self) { try await fixture.consume(fixture.events, faults: [2: refusal]) }
        #expect(try await fixture.applied().isEmpty)
        #expect(try await fixture.setAside().isEmpty)
        try await fixture.consume(fixture.events)
        #expect(try await fixture.applied() == [1, 2, 3])
    }

    @Test("sets an event aside at once that can never be applied, and goes on with those of other aggregates")
    func lasting() async throws {
        // Positions 1 to 6 are of the aggregates a, b, c, a, b, c.
        let fixture = try await ConsumerFixture(6)
        try await fixture.consume(fixture.events, faults: [2: DecodingFault.unreadable])
        #expect(try await fixture.applied() == [1, 3, 4, 6])
        let setAside = try await fixture.setAside()
        #expect(setAside.map(\.event) == [fixture.events[1], fixture.events[4]])
        #expect(setAside.map(\.state) == [.dead, .waiting])
        #expect(setAside.map(\.attempts) == [1, 0])
        #expect(setAside[0].fault.isEmpty == false && setAside[1].fault.isEmpty)
        #expect(try await fixture.consumer().standing().cursor.position == 6)
        #expect(try await fixture.consumer().standing().pauseBeforeRetry == nil, "nothing is due")
    }

    @Test(
        "knows by its SQLSTATE what can never be applied",
        arguments: [
            ("SELECT 1 / 0", true), ("SELECT 'x'::bigint", true), ("INSERT INTO essays.effect VALUES (NULL)", true),
            ("SELECT nothing", true), ("DO $$ BEGIN RAISE 'no' USING ERRCODE = 'P0001'; END $$", false),
        ])
    func classes(statement: String, isLasting: Bool) async throws {
        let fixture = try await ConsumerFixture(1)
        _ = try await fixture.consumer().consume(fixture.events) { _, unit in
            _ = try await unit.query("\(unescaped: statement)")
        }
        #expect(try await fixture.setAside().map(\.state) == [isLasting ? .dead : .retrying])
    }

    @Test("tries what may pass again after a pause, before later events of its aggregate, and gives up after the last attempt")
    func attempts() async throws {
        let fixture = try await ConsumerFixture(4)
        let faults: [UInt64: any Error] = [1: Trouble()]
        try await fixture.consume(fixture.events, faults: faults)
        #expect(try await fixture.applied() == [2, 3])
        #expect(try await fixture.setAside().map(\.state) == [.retrying, .waiting])
        #expect(try await fixture.consumer().standing().pauseBeforeRetry.map { $0 > .zero } == true)
        #expect(try await fixture.retry(faults: faults) == 0, "it is not due yet")
        #expect(try await fixture.setAside().map(\.attempts) == [1, 0])
        for attempt in 2...fixture.configuration.maximumAttempts {
            #expect(try await fixture.setAside().map(\.state) == [.retrying, .waiting])
            try await fixture.makeDue()
            _ = try await fixture.retry(faults: faults)
            #expect(try await fixture.setAside().map(\.attempts) == [attempt, 0])
        }
        #expect(try await fixture.setAside().map(\.state) == [.dead, .waiting])
        try await fixture.makeDue()
        #expect(try await fixture.retry(faults: [:]) == 0, "what is dead is not tried, and holds back what waits behind it")
    }

    @Test("applies in order what had failed once it can be, with all that waits behind it")
    func recovery() async throws {
        let fixture = try await ConsumerFixture(7)
        try await fixture.consume(Array(fixture.events.prefix(4)), faults: [1: Trouble()])
        try await fixture.consume(Array(fixture.events.suffix(3)))
        try await fixture.makeDue()
        #expect(try await fixture.retry(faults: [:]) == 3)
        #expect(try await fixture.applied(inOrder: true) == [2, 3, 5, 6, 1, 4, 7])
        #expect(try await fixture.setAside().isEmpty)
    }

    @Test("lets the dead be replayed or discarded, and then applies what waited behind them", arguments: [true, false])
    func dead(isReplayed: Bool) async throws {
        let fixture = try await ConsumerFixture(4)
        try await fixture.consume(fixture.events, faults: [1: DecodingFault.unreadable])
        let id = fixture.events[0].id
        #expect(try await SetAsideEvent.discard(fixture.events[3].id, schema: "essays", in: fixture.log.pool) == 0)
        #expect(try await SetAsideEvent.replay(fixture.events[3].id, schema: "essays", in: fixture.log.pool) == 0)
        if isReplayed {
            #expect(try await SetAsideEvent.replay(id, schema: "essays", in: fixture.log.pool) == 1)
            #expect(try await fixture.retry(faults: [1: DecodingFault.unreadable]) == 0)
            #expect(try await fixture.setAside().map(\.state) == [.dead, .waiting])
            #expect(try await SetAsideEvent.replay(id, schema: "essays", in: fixture.log.pool) == 1)
        } else {
            #expect(try await SetAsideEvent.discard(id, schema: "essays", in: fixture.log.pool) == 1)
        }
        _ = try await fixture.retry(faults: [:])
        #expect(try await fixture.applied(inOrder: true) == (isReplayed ? [2, 3, 1, 4] : [2, 3, 4]))
        #expect(try await fixture.setAside().isEmpty)
    }

    @Test("may be told to go on with an aggregate of which an event is dead, but not while it is still tried")
    func skipping() async throws {
        var fixture = try await ConsumerFixture(10)
        fixture.configuration.afterDeath = .skip
        fixture.configuration.maximumAttempts = 2
        try await fixture.consume(Array(fixture.events.prefix(4)), faults: [1: Trouble()])
        #expect(try await fixture.applied() == [2, 3])
        try await fixture.makeDue()
        #expect(try await fixture.retry(faults: [1: Trouble()]) == 1)
        #expect(try await fixture.applied() == [2, 3, 4])
        try await fixture.consume(Array(fixture.events.suffix(6)))
        #expect(try await fixture.applied() == Array(2...10))
        #expect(try await fixture.setAside().map(\.state) == [.dead])
    }

    @Test("and its replicas try what was set aside once each time")
    func retryingReplicas() async throws {
        let fixture = try await ConsumerFixture(6)
        try await fixture.consume(fixture.events, faults: [1: Trouble(), 2: Trouble()])
        try await fixture.makeDue()
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await fixture.retry(faults: [:]) } }
            return try await group.reduce(0, +)
        }
        #expect(applied == 4)
        #expect(try await fixture.applied() == Array(1...6))
    }

    @Test("of a bus that repeats itself applies an event once wherever it stands")
    func repeating() async throws {
        var fixture = try await ConsumerFixture(4)
        fixture.configuration.remembersEvents = true
        var events = fixture.events
        for (index, original) in [0, 2, 2].enumerated() {
            var again = fixture.events[original]
            again.position = UInt64(5 + index)
            events.append(again)
        }
        try await fixture.consume(Array(events.prefix(6)))
        try await fixture.consume(events)
        #expect(try await fixture.applied() == [1, 2, 3, 4])
        try await fixture.consumer().forgetInbox(olderThan: .seconds(3600))
        #expect(try await fixture.log.pool.query("SELECT 1 FROM essays.event_inbox").count == 4)
        try await fixture.consumer().forgetInbox(olderThan: .seconds(-1))
        #expect(try await fixture.log.pool.query("SELECT 1 FROM essays.event_inbox").isEmpty)
    }

    @Test("writes an event's id as people do, and reads no other text")
    func identifiers() {
        let id = (0..<16).map { UInt8($0 * 17) }
        #expect(SetAsideEvent.text(of: id) == "00112233445566778899aabbccddeeff")
        #expect(SetAsideEvent.id(from: "00112233445566778899aabbccddeeff") == id)
        for text in [
            "", "00", "00112233445566778899aabbccddeef", "+0112233445566778899aabbccddeeff", "zz112233445566778899aabbccddeeff",
        ] {
            #expect(SetAsideEvent.id(from: text) == nil)
        }
    }
}

struct Trouble: Error {}

/// Faults as decoding has them.
enum DecodingFault {
    static let unreadable: any Error = {
        do {
            _ = try WireV1.HealthCheckRequest(decoding: [0xFF], limits: .init())
            return Trouble()
        } catch {
            return error
        }
    }()
}

/// A log with events of three aggregates in turn, and a consumer that writes down which it has applied.
struct ConsumerFixture: Sendable {
    let log: LogFixture
    let events: [EventsV1.Event]
    var configuration = EventConsumer.Configuration()

    init(_ count: Int) async throws {
        let log = try await LogFixture()
        self.log = log
        // Pauses that no test outlasts: what is due is made so.
        configuration.firstPause = .seconds(3600)
        configuration.longestPause = .seconds(3600)
        try await log.pool.execute(
            "CREATE TABLE essays.effect (position bigint NOT NULL, ordinal bigint GENERATED ALWAYS AS IDENTITY)")
        try await log.append((0..<count).map { try log.event("\($0)", of: ["a", "b", "c"][$0 % 3]) })
        events = try await log.all()
    }

    func consumer() -> EventConsumer {
        EventConsumer(
            name: "test", schema: "essays", pool: log.pool, configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// - Parameter faults: what the application of the events at these positions ends with.
    func consume(_ events: [EventsV1.Event], epoch: Int64 = 0, faults: [UInt64: any Error] = [:]) async throws {
        _ = try await consumer().consume(events, epoch: epoch) { try await Self.apply($0, $1, faults) }
    }

    /// - Returns: how many were applied.
    func retry(faults: [UInt64: any Error]) async throws -> Int {
        try await consumer().retryDue { try await Self.apply($0, $1, faults) }.count
    }

    private static func apply(_ events: [EventsV1.Event], _ unit: UnitOfWork, _ faults: [UInt64: any Error]) async throws {
        for event in events {
            unit.send("INSERT INTO essays.effect (position) VALUES (\(Int64(event.position)))")
            if let fault = faults[event.position] { throw fault }
        }
        try await unit.sync()
    }

    func makeDue() async throws {
        try await log.pool.execute("UPDATE essays.event_set_aside SET retry_at = clock_timestamp() - interval '1 second'")
    }

    func applied(inOrder: Bool = false) async throws -> [UInt64] {
        let rows = try await log.pool.query("SELECT position FROM essays.effect ORDER BY ordinal")
        let positions = try rows.map { UInt64(try $0.decode(Int64.self)) }
        return inOrder ? positions : positions.sorted()
    }

    func setAside() async throws -> [SetAsideEvent] {
        try await SetAsideEvent.all(schema: "essays", in: log.pool)
            .sorted { $0.event.position < $1.event.position }
    }
}
