import Contracts
import Postgres
import Testing
import Wire

@testable import EventLog

@Suite("Old events")
struct RetentionTests {
    private static let day: Duration = .seconds(86_400)

    private func age(_ fixture: LogFixture, through position: Int64) async throws {
        try await fixture.pool.execute(
            "UPDATE essays.event_log SET occurred_at = occurred_at - interval '25 hours' WHERE position <= \(position)")
    }

    @Test("go when nobody is waited for, in batches, and what stays has no gaps", arguments: [1, 2, 3, 1000])
    func byAge(atOnce: Int) async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.append(5)
        try await age(fixture, through: 3)
        #expect(try await fixture.log.forget(olderThan: Self.day, atOnce: atOnce, in: fixture.pool) == 3)
        #expect(try await fixture.all().map(\.position) == [4, 5])
        #expect(try await fixture.log.forget(olderThan: Self.day, atOnce: atOnce, in: fixture.pool) == 0)
        try await fixture.append(1)
        #expect(try await fixture.all().map(\.aggregateVersion) == [4, 5, 6])
    }

    @Test("are counted on when all are gone: neither position nor version is given again")
    func allGone() async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.append(2)
        try await age(fixture, through: 2)
        #expect(try await fixture.log.forget(olderThan: Self.day, in: fixture.pool) == 2)
        try await fixture.append(1)
        let events = try await fixture.all()
        #expect(events.map(\.position) == [3] && events.map(\.aggregateVersion) == [3])
    }

    @Test("stay while the slowest of those who read them by name has not passed them")
    func slowest() async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.append(5)
        try await age(fixture, through: 5)
        let feed = fixture.feed()
        for (consumer, position) in [("slow", 2), ("quick", 4), ("", 0)] as [(String, UInt64)] {
            _ = try await feed.first(EventsV1.FollowRequest(afterPosition: position, limit: 1, consumer: consumer))
        }
        #expect(try await fixture.log.forget(olderThan: Self.day, in: fixture.pool) == 2)
        #expect(try await fixture.all().map(\.position) == [3, 4, 5])
        try await fixture.log.note("slow", hasPassed: 5, of: 0, in: fixture.pool)
        #expect(try await fixture.log.forget(olderThan: Self.day, in: fixture.pool) == 2)
        // A reader that was restored from a backup does not bring back what is gone.
        try await fixture.log.note("quick", hasPassed: 1, of: 0, in: fixture.pool)
        try await fixture.log.note("quick", hasPassed: 5, of: 0, in: fixture.pool)
        #expect(try await fixture.log.forget(olderThan: Self.day, in: fixture.pool) == 1)
    }

    @Test("are waited with no more for a reader that was removed, which one that was heard of is not")
    func removed() async throws {
        let fixture = try await LogFixture(size: 1)
        let (log, pool) = (fixture.log, fixture.pool)
        try await fixture.append(3)
        try await age(fixture, through: 3)
        try await log.note("gone", hasPassed: 1, of: 0, in: pool)
        #expect(try await log.remove("nobody", silentFor: .zero, in: pool) == .unknown)
        guard case .active = try await log.remove("gone", silentFor: Self.day, in: pool) else {
            Issue.record("it was heard of just now")
            return
        }
        #expect(try await log.readers(in: pool).map { "\($0.consumer) \($0.position) \($0.behind)" } == ["gone 1 2"])
        try await pool.execute("UPDATE essays.event_reader SET seen_at = clock_timestamp() - interval '24 hours'")
        #expect(try await log.remove("gone", silentFor: Self.day, in: pool) == .removed)
        #expect(try await log.readers(in: pool).isEmpty)
        #expect(try await log.forget(olderThan: Self.day, in: pool) == 3)
    }

    @Test("A reader that stands still is noted again and again, so that it is not taken for gone")
    func standingStill() async throws {
        let fixture = try await LogFixture(size: 2)
        var moments: [Double] = []
        let feed = fixture.feed {
            $0.heartbeat = .milliseconds(1)
            $0.noteInterval = .milliseconds(1)
        }
        for try await _ in try await feed.follow(EventsV1.FollowRequest(limit: 1, consumer: "still")) {
            let rows = try await fixture.pool.query(
                "SELECT position, extract(epoch FROM seen_at)::float8 FROM essays.event_reader")
            let (position, moment) = try rows[0].decode(Int64.self, Double.self)
            #expect(position == 0)
            moments.append(moment)
            if moments.last! > moments[0] { break }
        }
        #expect(moments.count > 1)
    }

    @Test("behind one that is younger stay until that is old, too: only a beginning is ever removed")
    func beginning() async throws {
        let fixture = try await LogFixture(size: 1)
        try await fixture.append(4)
        try await age(fixture, through: 4)
        try await fixture.pool.execute("UPDATE essays.event_log SET occurred_at = now() WHERE position = 2")
        #expect(try await fixture.log.forget(olderThan: Self.day, in: fixture.pool) == 1)
        #expect(try await fixture.all().map(\.position) == [2, 3, 4])
    }
}

@Suite("The size of an answer")
struct AnswerSizeTests {
    /// Bytes that the page counts for an event with this payload.
    private static func counted(_ payload: Int) -> Int {
        payload + "huleedu.wire.v1.HealthCheckRequest".utf8.count + 1 + EventLog.bytesBesideTexts
    }

    private func append(_ fixture: LogFixture, payloads: [Int]) async throws {
        for bytes in payloads {
            // The tag and the length of the field are part of the payload, the length with seven bits to a byte.
            let length = (1...4).first { bytes - 1 - $0 < 1 << (7 * $0) } ?? 5
            let event = try fixture.event(String(repeating: "x", count: bytes - 1 - length), of: "a")
            #expect(event.payload.count == bytes)
            try await fixture.append([event])
        }
    }

    @Test("takes the event with which it is exactly full, and not one byte more")
    func border() async throws {
        let half = EventLog.maximumReadBytes / 2
        let payload = half - Self.counted(0)
        for (second, expected) in [(payload, 2), (payload + 1, 1)] {
            let fixture = try await LogFixture(size: 1)
            try await append(fixture, payloads: [payload, second, 10])
            #expect(try await fixture.log.read(after: 0, limit: 10, from: fixture.pool).count == expected)
        }
    }

    @Test("fits a frame whatever the events, and an event that is longer than an answer comes alone")
    func large() async throws {
        let fixture = try await LogFixture(size: 1)
        try await append(fixture, payloads: [2000, EventLog.maximumPayloadBytes, 2000, 2000])
        var sizes: [Int] = []
        for try await message in try await fixture.feed().follow(EventsV1.FollowRequest(limit: 10)) {
            #expect(try message.encoded().count < 4 << 20)
            sizes.append(message.events.count)
            if message.events.last?.position == 4 { break }
        }
        #expect(sizes == [1, 1, 2])
    }

    @Test("can hold every event that is taken; a longer one is refused")
    func longest() async throws {
        let fixture = try await LogFixture(size: 1)
        let text = String(repeating: "x", count: EventLog.maximumPayloadBytes - 5)
        let longest = try fixture.event(text, of: "a")
        #expect(longest.payload.count == EventLog.maximumPayloadBytes)
        try await fixture.append([longest])
        let answer = try await fixture.feed().first(EventsV1.FollowRequest(limit: 10))
        #expect(try answer.events.count == 1 && answer.encoded().count < 4 << 20)
        let error = await #expect(throws: EventLogError.self) {
            try await fixture.append([fixture.event(text + "x", of: "a")])
        }
        #expect(error?.code == .eventTooLarge)
    }
}
