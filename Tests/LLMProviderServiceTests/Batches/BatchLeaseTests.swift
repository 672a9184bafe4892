import Contracts
import Postgres
import Testing

@testable import LLMProviderService

@Suite("Long steps of batches", .timeLimit(.minutes(5)))
struct BatchLeaseTests {
    private func request(_ id: String, provider: String = "vendor") -> LLMV1.SubmitRequest {
        Sample.request(id, text: "Request \(id).") {
            $0.provider = provider
            $0.dispatch = .byBatch
        }
    }

    /// When the lease of the only batch ends, in seconds since 1970.
    private func leaseEnd(_ fixture: ServiceFixture) async throws -> Double {
        try await fixture.pool.query("SELECT extract(epoch FROM lease_until)::float8 FROM llm_provider.batch")[0].decode(
            Double.self)
    }

    @Test("A lease is renewed for as long as a step takes, and the step ends when the batch is another's")
    func longStep() async throws {
        let gate = Gate()
        let vendor = BatchVendor(beforeResults: { _ in gate.pass() })
        try await withService(
            answer: vendor.answer,
            configure: { $0.batches = .test { $0.lease = .seconds(2) } }
        ) { fixture in
            defer { gate.open() }
            try await fixture.submit(request("r1"))
            let worker = fixture.batchWorker
            try await worker.advance(try await fixture.takeGathered())
            try await fixture.expireBatchLeases()
            let providers = fixture.configuration.providers
            let batch = try #require(try await fixture.store.takeBatch(of: providers, for: .seconds(2)))
            let first = try await leaseEnd(fixture)
            let step = Task { try await worker.advance(batch) }
            // More than a lease later it is this process's all the same.
            try await eventually { try await leaseEnd(fixture) > first + 3 }
            try await fixture.pool.execute("UPDATE llm_provider.batch SET next_at = now()")
            #expect(try await fixture.store.takeBatch(of: providers, for: .seconds(60)) == nil)

            try await fixture.expireBatchLeases()
            try await fixture.pool.execute(
                "UPDATE llm_provider.batch SET epoch = nextval('llm_provider.job_epoch'), lease_until = now() + interval '1 hour'"
            )
            // The results are not there yet, and nobody waits for them any more.
            try await step.value
            #expect(fixture.log.text.contains("a batch is another process's by now"))
            #expect(try await fixture.openRequests() == 1)
        }
    }

    @Test("A lease that its holder gave back is not renewed")
    func givenBack() async throws {
        try await withBatches { fixture, _ in
            try await fixture.submit(.requests(1))
            let batch = try await fixture.takeGathered()
            try await fixture.store.release(batch, as: .gathering, after: .zero)
            try await fixture.store.renew(batch, for: .seconds(60))
            let again = try #require(try await fixture.store.takeBatch(of: fixture.configuration.providers, for: .seconds(60)))
            #expect(again.id == batch.id)
            await #expect(throws: BatchLost.self) { try await fixture.store.renew(batch, for: .seconds(60)) }
        }
    }

    @Test("A slow file of results holds up neither another provider's batches nor the gathering of what comes")
    func slowVendor() async throws {
        let gate = Gate()
        let vendor = BatchVendor(beforeResults: { if $0 == 0 { gate.pass() } })
        try await withService(answer: vendor.answer, configure: { $0.batches = .test() }) { fixture in
            defer { gate.open() }
            try await fixture.submit(request("slow"))
            try await fixture.running {
                try await eventually { fixture.vendor.requests.contains { $0.head.contains("/results") } }
                try await fixture.submit(request("quick", provider: "other"))
                #expect(try await fixture.result("quick").outcome?.reply != nil)
                try await fixture.submit(request("later"))
                try await eventually { try await fixture.get("later").state == .sending }
                gate.open()
                #expect(try await fixture.result("slow").outcome?.reply != nil)
                #expect(try await fixture.result("later").outcome?.reply != nil)
            }
        }
    }
}
