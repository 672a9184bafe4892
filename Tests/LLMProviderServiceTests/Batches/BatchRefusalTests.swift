import Contracts
import FakeProvider
import Postgres
import Testing

@testable import LLMProviderService

/// Refusals that concern more than one request of a batch, or another one than all of them.
@Suite("Refusals to batches", .timeLimit(.minutes(5)))
struct BatchRefusalTests {
    @Test("Results that say that the account may not spend end one request; the others wait, and none has used an attempt")
    func spentInResults() async throws {
        // Of two batches: the second one's results tell nothing new.
        let faults = FaultPlan(script: [nil, nil, nil] + Array(repeating: .spendLimit, count: 5))
        try await withBatches(FakeProviderConfiguration(faults: faults), settings: { $0.maximumRequests = 4 }) { fixture, fake in
            try await fixture.submit(.requests(8))
            let worker = fixture.batchWorker
            let providers = fixture.configuration.providers
            try await worker.advance(try await fixture.takeGathered())
            try await worker.advance(try #require(try await fixture.store.takeBatch(of: providers, for: .seconds(60))))
            for _ in 0..<2 {
                try await fixture.expireBatchLeases()
                try await worker.advance(try #require(try await fixture.store.takeBatch(of: providers, for: .seconds(60))))
            }
            let failures = try await fixture.events().compactMap { $0.outcome?.failure }
            #expect(failures.map(\.kind) == [.billing])
            #expect(try await fixture.events().count == 4)
            let waiting = try await fixture.pool.query(
                """
                SELECT attempt, waits, run_at > now() + make_interval(secs => \(fixture.configuration.probeInterval / .seconds(1) - 60))
                FROM llm_provider.job_scheduled AS job JOIN llm_provider.account ON account.job = job.id
                """
            ).map { try $0.decode(Int64.self, Int64.self, Bool.self) }
            #expect(waiting.count == 4 && waiting.allSatisfy { $0 == 0 && $1 == 1 && $2 })

            // What comes meanwhile waits too.
            try await fixture.submit(["late"])
            var search = BatchWorker.GatheringSearch()
            while try await worker.gather(&search) {}
            try await fixture.pool.execute("UPDATE llm_provider.batch SET next_at = now()")
            #expect(try await fixture.store.takeBatch(of: providers, for: .seconds(60)) == nil)

            try await fixture.pool.execute("UPDATE llm_provider.batch SET not_before = now()")
            try await fixture.pool.execute(
                "UPDATE llm_provider.job_scheduled SET run_at = now() WHERE run_at < now() + interval '1 day'")
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            #expect(try await fixture.events().count { $0.outcome?.reply != nil } == 8)
            #expect(fake.statistics.batchRequests == 13 && fake.statistics.repeated == 0)
        }
    }

    @Test("A batch that is too large for the vendor is halved until its parts are not")
    func tooLarge() async throws {
        try await withBatches(FakeProviderConfiguration(batches: BatchSettings(maxBytes: 10_000))) { fixture, fake in
            try await fixture.submit(.requests(30))
            try await fixture.submit(["huge"]) { $0.blocks[1].text = Array(repeating: UInt8(ascii: "x"), count: 10_000) }
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            let events = try await fixture.events()
            #expect(events.count == 31)
            #expect(events.filter { $0.outcome?.failure?.kind == .invalidRequest }.map(\.requestID) == ["huge"])
            #expect(events.count { $0.outcome?.reply != nil && $0.attempts == 1 } == 30)
            #expect(fake.statistics.batchRequests == 30)
        }
    }

    @Test("One request for whose sake the vendor refuses the batch fails alone", arguments: [1, 2, 7, 16])
    func badRequest(count: Int) async throws {
        let vendor = BatchVendor(refusal: { $0.contains("Request r0.") ? .error(400, type: "invalid_request_error") : nil })
        try await withService(answer: vendor.answer, configure: { $0.batches = .test() }) { fixture in
            try await fixture.submit(.requests(count)) {
                $0.model = "claude-haiku-4-5"
                $0.replyFormat?.jsonSchema = Array(Sample.schema.utf8)
            }
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            let events = try await fixture.events()
            #expect(events.count == count && events.allSatisfy { $0.attempts == 1 })
            #expect(events.filter { $0.outcome?.failure?.kind == .invalidRequest }.map(\.requestID) == ["r0"])
            #expect(events.count { $0.outcome?.reply != nil } == count - 1)
            #expect(vendor.requests == count - 1, "none is handed over twice")
        }
    }

    @Test("A key that may not hand batches over is on record with the end of the request that tells it")
    func killedAfterRefusal() async throws {
        let gate = Gate()
        let (isRefused, worker) = (Shared(false), Shared(Task<Void, any Error>?.none))
        try await withService(
            answer: { _ in
                gate.pass()
                isRefused.set(true)
                return .error(403)
            }, configure: { $0.batches = .test() },
            connect: {
                $0.checkpoint = { point in
                    // It comes no further then: it is as good as killed.
                    if isRefused.value, point.description == "settle-batch.after-commit" { worker.value?.cancel() }
                }
            }
        ) { fixture in
            try await fixture.submit(.requests(3)) { $0.model = "claude-haiku-4-5" }
            let batch = try await fixture.takeGathered()
            let advance = Task { try await fixture.batchWorker.advance(batch) }
            worker.set(advance)
            gate.open()
            _ = await advance.result
            let isOnRecord = try await fixture.pool.query(
                "SELECT not_before > now() + interval '10 minutes' FROM llm_provider.batch")[0].decode(Bool.self)
            #expect(isOnRecord)
            #expect(try await fixture.openRequests() == 2)
        }
    }

    @Test("A key that may not hand batches over is told by one request; the others wait", arguments: [403, 404])
    func forbidden(status: Int) async throws {
        try await withService(answer: { _ in .error(status) }, configure: { $0.batches = .test() }) { fixture in
            try await fixture.submit(.requests(3)) { $0.model = "claude-haiku-4-5" }
            try await fixture.batchWorker.advance(try await fixture.takeGathered())
            #expect(
                try await fixture.events().map { $0.outcome?.failure?.kind } == [
                    status == 403 ? .authentication : .invalidRequest
                ])
            #expect(try await fixture.openRequests() == 2)
            let waits = try await fixture.pool.query(
                "SELECT state = 'gathering' AND not_before > now() + interval '10 minutes' FROM llm_provider.batch")
            #expect(try waits.map { try $0.decode(Bool.self) } == [true])
        }
    }
}
