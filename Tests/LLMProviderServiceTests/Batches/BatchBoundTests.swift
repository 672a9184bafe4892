import Contracts
import FakeProvider
import Postgres
import Testing
import Wire

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

    @Test("Contents are read together up to a number of bytes, and at least one")
    func pageSizes() {
        let most = BatchPage.mostBytes
        for (sizes, count) in [
            ([], 0), ([0, 0, 0], 3), ([most], 1), ([most - 1, 7], 2), ([most, 7], 1), ([most * 2, 0], 1),
            ([1, most - 1, 0], 2), ([1, most - 2, most, 0], 3),
        ] {
            #expect(BatchPage.count(ofSizes: sizes) == count, "\(sizes)")
        }
    }

    @Test("A batch of the longest prompts is read, handed over and settled a few at a time")
    func longPrompts() async throws {
        let prompt = 2 << 20
        try await withBatches(settings: { $0.maximumBytes = 100_000_000 }) { fixture, _ in
            try await fixture.submit(.requests(10)) {
                $0.blocks[1].text = Array("\($0.requestID) ".utf8) + Array(repeating: UInt8(ascii: "x"), count: prompt - 2000)
            }
            let batch = try await fixture.takeGathered()
            let page = try await fixture.store.page(of: batch, after: 0, limit: 100)
            #expect(page.items.count == 5, "four are a little less than eight megabytes")
            let rest = try await fixture.store.page(of: batch, after: try #require(page.last), limit: 100)
            #expect(rest.items.count == 5)
            try await fixture.expireBatchLeases()
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            #expect(try await fixture.events().count == 10)
        }
    }

    @Test("A request of which only its place in the batch is left ends neither the reading of the others nor their settling")
    func leftovers() async throws {
        try await withBatches { fixture, fake in
            try await fixture.submit(.requests(5))
            let batch = try await fixture.takeGathered()
            try await fixture.pool.execute(
                "DELETE FROM llm_provider.job_scheduled WHERE id IN (SELECT job FROM llm_provider.batch_item ORDER BY job LIMIT 2)"
            )
            #expect(try await fixture.store.page(of: batch, after: 0, limit: 2).items.isEmpty)
            #expect(try await fixture.store.page(of: batch, after: 0, limit: 2).last != nil)
            try await fixture.expireBatchLeases()
            try await fixture.running { try await eventually { try await fixture.openRequests() == 2 } }
            #expect(fake.statistics.batchRequests == 3)
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
            let error = await #expect(throws: RPCError.self) {
                try await fixture.submit(Sample.request { $0.dispatch = .byBatch })
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("dispatch: expected DISPATCH_IMMEDIATELY, as vendor takes no batches") == true)
            try await fixture.submit(Sample.request { $0.dispatch = .immediately })
        }
    }

    @Test("A batch in a state that this version does not know is told, and none of the others waits for it")
    func unknownState() async throws {
        try await withBatches { fixture, _ in
            try await fixture.submit(.requests(2))
            _ = try await fixture.takeGathered()
            try await fixture.expireBatchLeases()
            try await fixture.pool.execute("ALTER TYPE llm_provider.batch_state ADD VALUE 'resting'")
            let providers = fixture.configuration.providers
            try await fixture.pool.execute(
                """
                INSERT INTO llm_provider.batch (provider, credential, mark, state, next_at)
                VALUES ('vendor', \(providers[0].credential), 'cafe', 'resting', now() - interval '1 day')
                """)
            let error = await #expect(throws: Batch.UnknownState.self) {
                try await fixture.store.takeBatch(of: providers, for: .seconds(60))
            }
            #expect(error?.description == "state of a batch: expected gathering, sending, submitted, closed, got resting")
            #expect(try await fixture.store.takeBatch(of: providers, for: .seconds(60))?.state == .gathering)
        }
    }

    @Test("A batch is forgotten once it has been closed for thirty days")
    func forgetting() async throws {
        try await withBatches { fixture, _ in
            let age = fixture.configuration.batches.retention
            try await fixture.pool.execute(
                """
                INSERT INTO llm_provider.batch (provider, credential, mark, state, next_at)
                SELECT 'vendor', '', name, state::llm_provider.batch_state, now() - make_interval(secs => \(age / .seconds(1)) - given.spared)
                FROM (VALUES ('old', 'closed', 0), ('younger', 'closed', 3600), ('open', 'submitted', 0))
                    AS given (name, state, spared)
                """)
            #expect(try await fixture.store.forgetBatches(closedFor: age) == 1)
            let names = try await fixture.pool.query("SELECT mark FROM llm_provider.batch ORDER BY mark").map {
                try $0.decode(String.self)
            }
            #expect(names == ["open", "younger"])
        }
    }
}
