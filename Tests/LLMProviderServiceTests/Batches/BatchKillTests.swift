import Contracts
import FakeProvider
import Postgres
import Testing

@testable import LLMProviderService

/// What a process leaves that is killed at each step of a batch, and what the next one makes of it.
@Suite("Batches of processes that were killed", .timeLimit(.minutes(5)))
struct BatchKillTests {
    private func expectAllOnce(_ count: Int, _ fixture: ServiceFixture, _ fake: FakeProvider) async throws {
        try await fixture.expireBatchLeases()
        try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
        let events = try await fixture.events()
        #expect(events.map(\.requestID).sorted() == [String].requests(count).sorted())
        #expect(events.allSatisfy { $0.outcome?.reply != nil })
        #expect(fake.statistics.batchRequests == count, "nothing is paid twice")
        #expect(fake.statistics.repeated == 0)
    }

    @Test("Gathered and not handed over: it is handed over")
    func gathered() async throws {
        try await withBatches { fixture, fake in
            try await fixture.submit(.requests(20))
            _ = try await fixture.takeGathered()
            try await expectAllOnce(20, fixture, fake)
        }
    }

    @Test("About to be handed over: the vendor does not have it, so it is handed over")
    func aboutToSend() async throws {
        try await withBatches { fixture, fake in
            try await fixture.submit(.requests(20))
            let batch = try await fixture.takeGathered()
            try await fixture.store.beginSending(batch, requests: 20, patience: .seconds(60))
            try await fixture.passShowingTime()
            try await expectAllOnce(20, fixture, fake)
            #expect(fixture.log.text.contains("the provider does not have the batch"))
        }
    }

    @Test("Handed over and nothing known of it: it is found by its results, and not handed over again", arguments: [true, false])
    func handedOver(isUnderWay: Bool) async throws {
        let clock = ManualClock(start: ProviderClock.system.now())
        let settings = BatchSettings(duration: isUnderWay ? .seconds(60) : .zero)
        try await withBatches(FakeProviderConfiguration(batches: settings, clock: clock.clock)) { fixture, fake in
            try await fixture.submit(.requests(20))
            let batch = try await fixture.takeGathered()
            try await fixture.store.beginSending(batch, requests: 20, patience: .seconds(60))
            guard case .accepted = await fixture.batchCalls.create(try await fixture.body(of: batch)) else {
                Issue.record("the simulator refused the batch")
                return
            }
            try await fixture.expireBatchLeases()
            try await fixture.running {
                if isUnderWay {
                    // A batch as large is under way, so nothing is concluded yet.
                    try await eventually {
                        try await fixture.pool.query("SELECT max(epoch) - \(batch.epoch) >= 3 FROM llm_provider.batch")[0].decode(
                            Bool.self)
                    }
                    #expect(try await fixture.batches(.sending) == 1)
                    clock.advance(by: .seconds(60))
                }
                try await eventually { try await fixture.openRequests() == 0 }
            }
            try await expectAllOnce(20, fixture, fake)
            #expect(fixture.log.text.contains("batch found"))
        }
    }

    @Test("The answer to the handing over was lost on its way: it is found, and not handed over again")
    func answerLost() async throws {
        try await withBatches(FakeProviderConfiguration(batches: BatchSettings(script: [.resetBeforeAnswer]))) { fixture, fake in
            try await fixture.submit(.requests(20))
            try await expectAllOnce(20, fixture, fake)
        }
    }

    @Test("The vendor's name for a batch can never be stored: the batch is found, and not handed over again")
    func nameLost() async throws {
        let settings: (inout BatchConfiguration) -> Void = {
            $0.submissionTimeout = .milliseconds(200)
            $0.lease = .milliseconds(100)
        }
        try await withBatches(settings: settings) { fixture, fake in
            try await fixture.submit(.requests(20))
            let batch = try await fixture.takeGathered()
            try await fixture.pool.execute("ALTER TABLE llm_provider.batch ADD CONSTRAINT nothing CHECK (vendor_id IS NULL)")
            await #expect(throws: PostgresError.self) { try await fixture.batchWorker.advance(batch) }
            #expect(fixture.log.text.contains("the provider's name for a batch not stored"))
            try await fixture.pool.execute("ALTER TABLE llm_provider.batch DROP CONSTRAINT nothing")
            #expect(try await fixture.batches(.sending) == 1)
            try await expectAllOnce(20, fixture, fake)
            #expect(fixture.log.text.contains("batch found"))
        }
    }

    @Test("Somebody else's batch is not taken for one that was lost")
    func stranger() async throws {
        try await withBatches { fixture, fake in
            try await fixture.submit(.requests(2))
            let batch = try await fixture.takeGathered()
            try await fixture.store.beginSending(batch, requests: 2, patience: .seconds(60))
            let body = String(decoding: try await fixture.body(of: batch), as: UTF8.self)
            let foreign = body.replacing(batch.mark, with: "0123456789abcdef").replacing("Request r", with: "Question ")
            _ = await fixture.batchCalls.create(Array(foreign.utf8))
            try await fixture.passShowingTime()
            try await fixture.expireBatchLeases()
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            #expect(try await fixture.events().count == 2)
            #expect(fake.statistics.batchRequests == 4)
            #expect(fake.statistics.repeated == 0)
        }
    }

    @Test("Results half settled: the other half is settled, and none twice")
    func halfSettled() async throws {
        try await withBatches { fixture, fake in
            try await fixture.submit(.requests(20))
            let batch = try await fixture.takeGathered()
            let worker = fixture.batchWorker
            try await worker.advance(batch)
            try await fixture.expireBatchLeases()
            let submitted = try #require(
                try await fixture.store.takeBatch(of: fixture.configuration.providers, for: .seconds(60)))
            let id = try #require(submitted.vendorID)
            var splitter = LineSplitter(limit: 1 << 20)
            var lines: [Int64: BatchResultLine.Outcome] = [:]
            #expect(try await fixture.batchCalls.look(at: id).hasEnded)
            try await fixture.batchCalls.results(of: id) { piece in
                for line in splitter.lines(in: piece).compactMap({ BatchResultLine($0) }) where lines.count < 10 {
                    lines[try #require(submitted.job(ofCustomID: line.customID))] = line.outcome
                }
            }
            let half = lines
            try await worker.settle(Array(half.keys), of: submitted) { item in
                half[item.job].map { worker.verdicts.settlement(of: item, after: $0, on: .today) }
            }
            #expect(try await fixture.openRequests() == 10)
            // Asked again, as by a process that does not know of its success, it finds nothing to do.
            let again = try await worker.settle(Array(half.keys), of: submitted) { item in
                half[item.job].map { worker.verdicts.settlement(of: item, after: $0, on: .today) }
            }
            #expect(again.isEmpty)
            try await expectAllOnce(20, fixture, fake)
            // Whoever held the batch before writes nothing any more.
            await #expect(throws: BatchLost.self) {
                try await worker.settle(Array(half.keys), of: submitted) { _ in nil }
            }
            await #expect(throws: BatchLost.self) {
                try await fixture.store.release(submitted, as: .gathering, after: .zero)
            }
        }
    }

    @Test("Two processes at one batch settle each request once")
    func together() async throws {
        try await withBatches { fixture, fake in
            try await fixture.submit(.requests(100))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { try await fixture.batchWorker.run() } }
                try await eventually { try await fixture.openRequests() == 0 }
                group.cancelAll()
            }
            try await expectAllOnce(100, fixture, fake)
        }
    }
}
