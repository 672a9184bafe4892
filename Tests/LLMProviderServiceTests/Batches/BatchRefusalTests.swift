import Contracts
import FakeProvider
import Postgres
import Testing

@testable import LLMProviderService

/// Refusals that concern more than one request of a batch, or another one than all of them.
@Suite("Refusals to batches", .timeLimit(.minutes(5)))
struct BatchRefusalTests {
    @Test("Results that say that the account may not spend end one request; the others wait with their account, and none has used an attempt")
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
            try await fixture.pool.execute("UPDATE llm_provider.job_scheduled SET run_at = now() WHERE run_at < now() + interval '1 day'")
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            #expect(try await fixture.events().count { $0.outcome?.reply != nil } == 8)
            #expect(fake.statistics.batchRequests == 13 && fake.statistics.repeated == 0)
        }
    }
}
