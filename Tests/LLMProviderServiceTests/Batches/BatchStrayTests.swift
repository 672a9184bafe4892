import Contracts
import FakeProvider
import Postgres
import Testing

@testable import LLMProviderService

/// Batches whose key nobody has any more.
@Suite("Batches of former keys and of providers that are gone", .timeLimit(.minutes(5)))
struct BatchStrayTests {
    private static let present = FakeProviderConfiguration.defaultKey
    /// One that the account had before, and one of another account.
    private static let (former, foreign) = ("former", "foreign")
    private static let accounts = FakeProviderConfiguration(keys: [present: "ours", former: "ours", foreign: "theirs"])

    /// A worker with another key, or without the provider.
    private func worker(_ fixture: ServiceFixture, key: String?) -> BatchWorker {
        var configuration = fixture.configuration
        if let key {
            configuration.providers[0].apiKey = Secret(key)
        } else {
            configuration.providers.removeFirst()
        }
        return fixture.batchWorker(configuration)
    }

    /// Gathers what waits with a key, and hands it over.
    ///
    /// - Returns: the batch as it was before.
    private func handOver(_ fixture: ServiceFixture, key: String) async throws -> Batch {
        let worker = worker(fixture, key: key)
        let batch = try await fixture.takeGathered(by: worker)
        try await worker.advance(batch)
        return batch
    }

    /// Lets so much time pass in which nobody looks after a batch.
    private func age(_ fixture: ServiceFixture, by duration: Duration) async throws {
        try await fixture.pool.execute(
            """
            UPDATE llm_provider.batch SET lease_until = '-infinity',
                next_at = now() - least(interval '1 hour', make_interval(secs => \(duration / .seconds(1)))),
                sent_at = sent_at - make_interval(secs => \(duration / .seconds(1))),
                unclear_since = unclear_since - make_interval(secs => \(duration / .seconds(1)))
            """)
    }

    private func takeStray(_ fixture: ServiceFixture, key: String?) async throws -> Batch? {
        let worker = worker(fixture, key: key)
        return try await fixture.store.takeStrayBatch(
            besides: worker.providers, after: worker.settings.strayAge, for: .seconds(60))
    }

    @Test("Nobody takes a batch for a stray whose key he has, or that was due a short time ago")
    func age() async throws {
        try await withBatches { fixture, _ in
            try await fixture.submit(.requests(2))
            _ = try await fixture.takeGathered()
            let age = fixture.configuration.batches.strayAge
            try await self.age(fixture, by: age)
            #expect(try await takeStray(fixture, key: Self.present) == nil)
            try await self.age(fixture, by: age - .seconds(60))
            #expect(try await takeStray(fixture, key: Self.former) == nil)
            try await self.age(fixture, by: age)
            #expect(try await takeStray(fixture, key: Self.former) != nil)
        }
    }

    @Test(
        "Requests that were not handed over go back to the queue, and into a batch of the present key", arguments: [true, false])
    func gathering(isKeyKnown: Bool) async throws {
        try await withBatches(Self.accounts) { fixture, fake in
            try await fixture.submit(.requests(3))
            _ = try await fixture.takeGathered(by: worker(fixture, key: Self.former))
            try await age(fixture, by: fixture.configuration.batches.strayAge)
            // A process that lacks the provider does so too, and one that has it goes on.
            if !isKeyKnown {
                let stray = try #require(try await takeStray(fixture, key: nil))
                try await worker(fixture, key: nil).advance(stray)
                #expect(try await fixture.batches(.closed) == 1)
            }
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            let events = try await fixture.events()
            #expect(events.count == 3 && events.allSatisfy { $0.outcome?.reply != nil && $0.attempts == 1 })
            #expect(fake.statistics.batchRequests == 3)
        }
    }

    @Test("A batch that the vendor shows to the present key too is followed with it", arguments: [true, false])
    func adopted(isIDKnown: Bool) async throws {
        try await withBatches(Self.accounts) { fixture, fake in
            try await fixture.submit(.requests(3))
            _ = try await handOver(fixture, key: Self.former)
            if !isIDKnown {
                try await fixture.pool.execute("UPDATE llm_provider.batch SET state = 'sending', vendor_id = NULL")
            }
            try await age(fixture, by: fixture.configuration.batches.strayAge)
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            let events = try await fixture.events()
            #expect(events.count == 3 && events.allSatisfy { $0.outcome?.reply != nil })
            #expect(fake.statistics.batchRequests == 3, "nothing is paid twice")
        }
    }

    @Test(
        "A batch that is not shown to the present key waits for its own, for a time; then its requests end, and none is sent again",
        arguments: [true, false], [true, false])
    func givenUp(isIDKnown: Bool, isProviderKnown: Bool) async throws {
        try await withBatches(Self.accounts) { fixture, _ in
            try await fixture.submit(.requests(3))
            _ = try await handOver(fixture, key: Self.foreign)
            let state: Batch.State = isIDKnown ? .submitted : .sending
            if !isIDKnown {
                try await fixture.pool.execute("UPDATE llm_provider.batch SET state = 'sending', vendor_id = NULL")
            }
            let key = isProviderKnown ? Self.present : nil
            let patience = fixture.configuration.batches.patience
            // The first of these looks comes after days in which nobody looked.
            for time in [patience + .seconds(3600), patience - .seconds(3600)] {
                try await age(fixture, by: time)
                try await worker(fixture, key: key).advance(try #require(try await takeStray(fixture, key: key)))
                #expect(try await fixture.batches(state) == 1)
                #expect(try await fixture.openRequests() == 3)
            }
            try await age(fixture, by: .seconds(3600))
            try await worker(fixture, key: key).advance(try #require(try await takeStray(fixture, key: key)))
            #expect(try await fixture.batches(.closed) == 1)
            #expect(try await fixture.openRequests() == 0)
            let failures = try await fixture.events().map { $0.outcome?.failure }
            #expect(failures.count == 3 && failures.allSatisfy { $0?.kind == .authentication })
            #expect(failures.allSatisfy { $0.map { "\($0)" }?.contains("a key that is no longer configured") ?? false })
        }
    }

    @Test("With its own key brought back a batch is followed as before")
    func broughtBack() async throws {
        try await withBatches(Self.accounts) { fixture, fake in
            try await fixture.submit(.requests(3))
            _ = try await handOver(fixture, key: Self.foreign)
            try await age(fixture, by: fixture.configuration.batches.strayAge)
            let stray = try #require(try await takeStray(fixture, key: Self.present))
            try await worker(fixture, key: Self.present).advance(stray)
            let owner = worker(fixture, key: Self.foreign)
            try await fixture.expireBatchLeases()
            try await owner.advance(try #require(try await fixture.store.takeBatch(of: owner.providers, for: .seconds(60))))
            #expect(try await fixture.openRequests() == 0)
            #expect(try await fixture.events().allSatisfy { $0.outcome?.reply != nil })
            #expect(fake.statistics.batchRequests == 3)
        }
    }
}
