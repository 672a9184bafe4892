import CJCore
import Contracts
import EventLog
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("Results from the feed")
struct ResultConsumerTests {
    /// An assessment whose comparisons are all handed over and answered, but whose answers nobody has read.
    private func answered(_ fixture: ServiceFixture) async throws -> [EventsV1.Event] {
        try await fixture.start(12) { $0.maxInFlight = 20 }
        let driver = fixture.driver()
        while try await driver.submitter.submitNext() > 0 {}
        return fixture.provider.events
    }

    private struct Books: Equatable {
        let judgements: Int
        let results: Int
        let cost: Int
        let calls: Int
        let cursor: Int
    }

    private func books(_ fixture: ServiceFixture) async throws -> Books {
        let (judgements, results, cost, calls, cursor) = try await fixture.pool.query(
            """
            SELECT (SELECT count(*) FROM cj.judgement), results, cost, provider_calls, coalesce((SELECT position FROM cj.event_cursor), 0)
            FROM cj.assessment
            """)[0].decode(Int.self, Int.self, Int.self, Int.self, Int.self)
        return Books(judgements: judgements, results: results, cost: cost, calls: calls, cursor: cursor)
    }

    @Test("Events that come again, twice in a batch and out of order count once")
    func onceEach() async throws {
        try await withService { fixture in
            let events = try await answered(fixture)
            let consumer = fixture.consumer()
            #expect(events.count == 20)
            var generator = SplitMix64(seed: 5)
            var seen = 0
            while seen < events.count {
                let start = Int.random(in: 0...seen, using: &generator)
                let end = min(events.count, seen + Int.random(in: 0...6, using: &generator))
                let batch = (events[start..<end] + events[start..<end].prefix(2)).shuffled(using: &generator)
                _ = try await consumer.record(batch)
                seen = max(seen, end)
            }
            #expect(try await books(fixture) == Books(judgements: 20, results: 20, cost: 20_000, calls: 20, cursor: 20))
        }
    }

    @Test("Readers at the same time count each event once")
    func concurrentReaders() async throws {
        try await withService { fixture in
            let events = try await answered(fixture)
            let consumer = fixture.consumer()
            let moved = try await withThrowingTaskGroup(of: Set<String>.self) { group in
                for end in [20, 5, 20, 12, 20, 20] { group.addTask { try await consumer.record(Array(events.prefix(end))) } }
                return try await group.reduce(into: 0) { $0 += $1.isEmpty ? 0 : 1 }
            }
            #expect(moved >= 1)
            #expect(try await books(fixture) == Books(judgements: 20, results: 20, cost: 20_000, calls: 20, cursor: 20))
        }
    }

    @Test("Where an event is missing nothing is recorded, so that it can still come")
    func missing() async throws {
        try await withService { fixture in
            let events = try await answered(fixture)
            let consumer = fixture.consumer()
            await #expect(throws: EventLogError.self) { _ = try await consumer.record([events[0], events[2]]) }
            let untouched = try await books(fixture)
            #expect(untouched == Books(judgements: 0, results: 0, cost: 0, calls: 0, cursor: 0))
            _ = try await consumer.record([events[0]])
            await #expect(throws: EventLogError.self) { _ = try await consumer.record(Array(events[2..<4])) }
            #expect(try await books(fixture).cursor == 1)
            _ = try await consumer.record(events)
            #expect(try await books(fixture).judgements == 20)
        }
    }

    @Test("A second result of one request, of nobody's request, or that nobody can read counts for nothing and holds nothing up")
    func strange() async throws {
        try await withService { fixture in
            let events = try await answered(fixture)
            let first = try #require(try EventsV1.LLMRequestFinished(decoding: events[0].payload).result)
            var unreadable = EventsV1.Event.finished(first, at: 4)
            unreadable.payload = [0xFF]
            var foreign = EventsV1.Event.finished(first, at: 5)
            foreign.type = "huleedu.events.v1.Another"
            let batch = [
                .finished(first, at: 1), .finished(first, at: 2), .finished(LLMV1.Result(requestID: "nobody's"), at: 3),
                unreadable,
                foreign,
            ]
            #expect(try await fixture.consumer().record(batch) == ["a"])
            #expect(try await books(fixture) == Books(judgements: 1, results: 1, cost: 1000, calls: 1, cursor: 5))
            let dead = try await SetAsideEvent.all(schema: AssessmentStore.schema, in: fixture.pool)
            // What is of the same request comes after it.
            #expect(dead.map(\.state) == [.dead, .waiting])
            #expect(dead.map(\.event.position) == [4, 5] && dead.first?.event.payload == [0xFF])
        }
    }
}
