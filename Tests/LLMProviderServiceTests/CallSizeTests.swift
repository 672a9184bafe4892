import Contracts
import CurlClient
import Testing

@testable import LLMProviderService

@Suite("A call as large as is sent at once, and one byte larger")
struct CallSizeTests {
    /// Runs a test with an HTTP client that sends so many bytes at most.
    private func withClient(_ bytes: Int, _ test: (CurlClient) async throws -> Void) async throws {
        let http = CurlClient(configuration: .init(maxRequestBytes: bytes))
        do {
            try await test(http)
        } catch {
            await http.shutdown()
            throw error
        }
        await http.shutdown()
    }

    private func expectTooLarge(_ result: LLMV1.Result, _ bytes: Int) {
        #expect(result.outcome?.failure?.kind == .invalidRequest)
        #expect(result.outcome?.failure?.message == "blocks: the call has \(bytes) bytes, more than the \(bytes - 1) allowed")
        #expect(result.attempts == 1)
    }

    @Test("of a request by itself is sent, and ends the request", arguments: [0, 1])
    func single(missing: Int) async throws {
        try await withService { fixture in
            let call = try fixture.worker().parser.parse(Sample.request()).call
            let bytes = AnthropicDialect().body(call).count
            try await withClient(bytes - missing) { http in
                try await fixture.submit(Sample.request())
                let process = Task { try await fixture.another(before: fixture.vendor, http: http).run() }
                let result = try await fixture.result("r1")
                process.cancel()
                try await process.value
                if missing > 0 { expectTooLarge(result, bytes) } else { #expect(result.outcome?.reply != nil) }
                #expect(fixture.vendor.requests.count == 1 - missing)
            }
        }
    }

    /// Whose limit is too small.
    enum Limit: CaseIterable { case client, batch }

    /// Hands batches over, the first of which was gathered under other limits.
    private func handOver(_ count: Int, _ limit: Limit, missing: Int, test: (ServiceFixture, Int) async throws -> Void)
        async throws
    {
        let vendor = BatchVendor()
        try await withService(answer: vendor.answer, configure: { $0.batches = .test() }) { fixture in
            try await fixture.submit(.requests(count)) {
                $0.model = "claude-haiku-4-5"
                $0.replyFormat?.jsonSchema = Array(Sample.schema.utf8)
            }
            let batch = try await fixture.takeGathered()
            let bytes = try await fixture.body(of: batch).count
            var configuration = fixture.configuration
            if limit == .batch { configuration.batches.maximumBytes = bytes - missing }
            try await withClient(limit == .client ? bytes - missing : 1 << 20) { http in
                let worker = fixture.batchWorker(configuration, http: http)
                try await worker.advance(batch)
                let work = Task { try await worker.run() }
                try await eventually { try await fixture.openRequests() == 0 }
                work.cancel()
                _ = await work.result
            }
            try await test(fixture, bytes)
        }
    }

    /// The calls that hand batches over.
    private func calls(_ fixture: ServiceFixture) -> Int {
        fixture.vendor.requests.count { $0.head.hasPrefix("POST /v1/messages/batches ") }
    }

    @Test("of a batch of several is handed over, or by halves", arguments: Limit.allCases, [0, 1])
    func several(limit: Limit, missing: Int) async throws {
        try await handOver(5, limit, missing: missing) { fixture, _ in
            let events = try await fixture.events()
            #expect(events.count { $0.outcome?.reply != nil && $0.attempts == 1 } == 5)
            #expect(calls(fixture) == 1 + missing)
        }
    }

    @Test("of a batch of one is handed over, and ends the request", arguments: Limit.allCases, [0, 1])
    func one(limit: Limit, missing: Int) async throws {
        try await handOver(1, limit, missing: missing) { fixture, bytes in
            let result = try #require(try await fixture.events().first)
            if missing > 0 { expectTooLarge(result, bytes) } else { #expect(result.outcome?.reply != nil) }
            #expect(calls(fixture) == 1 - missing)
        }
    }

    @Test("of a request that is too large for any batch ends it, and leaves the others alone")
    func tooLargeForAny() async throws {
        let vendor = BatchVendor()
        try await withService(
            answer: vendor.answer,
            configure: {
                $0.batches = .test()
                $0.batches.maximumBytes = 20_000
            }
        ) { fixture in
            for (id, size) in [("a", 10), ("large", 20_000), ("b", 10)] {
                try await fixture.submit([id]) {
                    $0.model = "claude-haiku-4-5"
                    $0.replyFormat?.jsonSchema = Array(Sample.schema.utf8)
                    $0.blocks[1].text = Array(repeating: UInt8(ascii: "x"), count: size)
                }
            }
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            let events = try await fixture.events()
            #expect(events.filter { $0.outcome?.failure?.kind == .invalidRequest }.map(\.requestID) == ["large"])
            #expect(events.count { $0.outcome?.reply != nil } == 2)
        }
    }
}
