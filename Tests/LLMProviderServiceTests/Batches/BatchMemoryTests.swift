import Contracts
import Foundation
import Postgres
import Testing
import Wire

@testable import LLMProviderService

/// The results of a large batch. With `HULEEDU_BATCH_RESULTS=100000` it is the drill: it tells how long it took and what it took.
@Suite("Results of a large batch", .serialized, .timeLimit(.minutes(20)))
struct BatchMemoryTests {
    private let count = ProcessInfo.processInfo.environment["HULEEDU_BATCH_RESULTS"].flatMap { Int($0) } ?? 600

    /// Bytes of this process that are in memory, and the most there have been since the mark was set.
    private func memory() throws -> (now: Int, peak: Int) {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        func kibibytes(_ name: String) throws -> Int {
            try #require(status.first { $0.hasPrefix(name) }.flatMap { Int($0.filter(\.isNumber)) })
        }
        return (try kibibytes("VmRSS:") << 10, try kibibytes("VmHWM:") << 10)
    }

    /// Puts requests on record that are in a batch which the vendor has.
    private func fill(_ fixture: ServiceFixture) async throws {
        let request = ServiceFixture.batched("r") { $0.replyFormat?.jsonSchema = Array(Sample.schema.utf8) }
        let (content, kind) = (try request.encoded(), RequestFlow(request).kind)
        try await fixture.pool.unitOfWork("fill") { unit in
            unit.send(
                """
                INSERT INTO llm_provider.request (id, owner, content)
                SELECT 'r' || number, 'class-9b', \(content) FROM generate_series(1, \(Int64(count))) AS number
                """)
            unit.send(
                """
                INSERT INTO llm_provider.job_scheduled (id, run_at, kind, priority, attempt, max_attempts, is_unique, subject)
                SELECT number, now() + interval '40 days', \(kind), 1, 1, 1000, false, '' FROM generate_series(1, \(Int64(count))) AS number
                """)
            unit.send(
                """
                INSERT INTO llm_provider.account (request_id, job, kind, owner, provider)
                SELECT 'r' || number, number, \(kind), 'class-9b', 'vendor' FROM generate_series(1, \(Int64(count))) AS number
                """)
            unit.send(
                """
                INSERT INTO llm_provider.batch (provider, credential, state, mark, requests, sent_at, vendor_id, next_at)
                VALUES ('vendor', \(fixture.configuration.providers[0].credential), 'submitted', 'cafe', \(Int64(count)), now(),
                    'msgbatch_1', now())
                """)
            unit.send(
                """
                INSERT INTO llm_provider.batch_item (job, batch)
                SELECT number, (SELECT id FROM llm_provider.batch) FROM generate_series(1, \(Int64(count))) AS number
                """)
        }
    }

    @Test("are settled in any order within 64 MB, and once, though the process is killed in the middle")
    func bounded() async throws {
        let count = count
        // A permutation: 7919 is prime, and no number of lines that is asked for is a multiple of it.
        let line: @Sendable (Int) -> String = { place in
            let message = Sample.message(
                #"{"winner":"first","confidence":4,"rationale":"\#(String(repeating: "Because. ", count: 80))"}"#)
            return #"{"custom_id":"cafe-\#(place * 7919 % count + 1)","result":{"type":"succeeded","message":\#(message)}}"#
        }
        let ended =
            #"{"type":"message_batch","id":"msgbatch_1","processing_status":"ended","created_at":"2026-11-01T00:00:00Z"}"#
        try await withService(
            answer: { $0.head.contains("/results") ? .lines(count, line) : .reply(200, body: ended) },
            configure: {
                $0.batches = .test()
                $0.providers[0].isSimulated = true
            }
        ) { fixture in
            try await fill(fixture)
            let worker = fixture.batchWorker
            let batch = try #require(try await fixture.store.takeBatch(of: fixture.configuration.providers, for: .seconds(3600)))
            let before = try memory().now
            try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
            let began = ContinuousClock.now
            let killed = Task { try await worker.advance(batch) }
            try await eventually(within: .seconds(900)) { try await fixture.openRequests() <= count / 2 }
            killed.cancel()
            _ = await killed.result
            let left = try await fixture.openRequests()
            #expect(left > 0, "it was killed in the middle")
            try await fixture.expireBatchLeases()
            let again = try #require(try await fixture.store.takeBatch(of: fixture.configuration.providers, for: .seconds(3600)))
            try await worker.advance(again)
            let peak = try memory().peak
            #expect(try await fixture.openRequests() == 0)
            let (results, replies, events) = try await fixture.pool.query(
                """
                SELECT (SELECT count(*) FROM llm_provider.result), (SELECT count(*) FROM llm_provider.result WHERE state = 'succeeded'),
                    (SELECT count(DISTINCT aggregate_id) FROM llm_provider.event_pending)
                """
            )[0].decode(Int.self, Int.self, Int.self)
            #expect(results == count && replies == count && events == count)
            #expect(peak - before < 64 << 20)
            print(
                "batch results: \(count) lines of \(line(0).utf8.count) bytes, \(left) left at the kill,",
                "\(began.duration(to: .now)), \(before >> 20) MB before, \(peak >> 20) MB at most")
        }
    }
}
