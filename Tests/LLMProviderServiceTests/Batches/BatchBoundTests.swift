import Contracts
import FakeProvider
import Postgres
import Testing

@testable import LLMProviderService

@Suite("Bounds of batches")
struct BatchBoundTests {
    @Test("The vendor's bounds, and the longest request's, are the configuration's")
    func configuration() throws {
        let prompt = 2 << 20
        let longest = prompt * 2 + 65_536
        for (requests, bytes, isSound) in [
            (1, longest, true), (100_000, 256_000_000, true), (0, longest, false), (100_001, longest, false),
            (1, longest - 1, false), (1, 256_000_001, false),
        ] {
            var settings = BatchConfiguration()
            settings.maximumRequests = requests
            settings.maximumBytes = bytes
            if isSound {
                try settings.check(maximumPromptBytes: prompt)
            } else {
                #expect(throws: ProviderConfiguration.Fault.self) { try settings.check(maximumPromptBytes: prompt) }
            }
        }
        try BatchConfiguration().check(maximumPromptBytes: prompt)
    }

    @Test("A batch has as many requests as it may, and one more begins the next")
    func requests() async throws {
        try await withBatches(settings: {
            $0.maximumRequests = 3; $0.gatheringTime = .seconds(3600)
        }) { fixture, _ in
            try await fixture.submit(.requests(7))
            var search = BatchWorker.GatheringSearch()
            while try await fixture.batchWorker.gather(&search) {}
            let sizes = try await fixture.pool.query(
                "SELECT requests, next_at <= now() FROM llm_provider.batch ORDER BY id"
            ).map { try $0.decode(Int64.self, Bool.self) }
            #expect(sizes.map(\.0) == [3, 3, 1])
            #expect(sizes.map(\.1) == [true, true, false], "full ones go at once")
            #expect(
                try await fixture.pool.query(
                    "SELECT count(*) FROM llm_provider.job_scheduled WHERE attempt <> 1")[0].decode(Int.self) == 0)
        }
    }

    @Test("A batch has as many bytes as it may", arguments: [0, 1])
    func bytes(missing: Int) async throws {
        try await withBatches(settings: { $0.gatheringTime = .seconds(3600) }) { fixture, _ in
            try await fixture.submit(["a1", "a2"])
            var search = BatchWorker.GatheringSearch()
            while try await fixture.batchWorker.gather(&search) {}
            let bytes = try await fixture.pool.query("SELECT bytes FROM llm_provider.batch")[0].decode(Int64.self)
            let batch = try await fixture.takeGathered()
            #expect(try await fixture.body(of: batch).count <= Int(bytes))

            try await fixture.submit(["b1", "b2"])
            var smaller = fixture.configuration
            smaller.batches.maximumBytes = Int(bytes) - missing
            let other = fixture.batchWorker(smaller)
            while try await other.gather(&search) {}
            let sizes = try await fixture.pool.query("SELECT requests FROM llm_provider.batch ORDER BY id").map {
                try $0.decode(Int64.self)
            }
            #expect(sizes == (missing == 0 ? [2, 2] : [2, 1, 1]))
        }
    }

    @Test("Half the price is set aside for what goes by batch alone, all of it for what may go by itself")
    func reserve() async throws {
        try await withService { fixture in
            func reserved(_ dispatch: LLMV1.Dispatch) async throws -> Int64 {
                let owner = "owner-\(dispatch.rawValue)"
                try await fixture.submit(Sample.request("r\(dispatch.rawValue)", owner: owner) { $0.dispatch = dispatch })
                return try await fixture.store.spending(of: Payer(tenant: "", owner: owner), lines: 1).account.reserved
            }
            let full = try await reserved(.immediately)
            #expect(full > 0)
            #expect(try await reserved(.unspecified) == full)
            #expect(try await reserved(.byBatchWhileTime) == full)
            #expect(try await reserved(.byBatch) == full / 2)
        }
    }

    @Test("A provider that takes no batches refuses them by name")
    func refusals() async throws {
        try await withService(dialect: .openAIChatCompletions) { fixture in
            await #expect(throws: (any Error).self) { try await fixture.submit(Sample.request { $0.dispatch = .byBatch }) }
            do {
                try await fixture.submit(Sample.request { $0.dispatch = .byBatch })
            } catch {
                #expect("\(error)".contains("dispatch: expected DISPATCH_IMMEDIATELY, as vendor takes no batches"))
            }
            try await fixture.submit(Sample.request { $0.dispatch = .immediately })
        }
    }
}
