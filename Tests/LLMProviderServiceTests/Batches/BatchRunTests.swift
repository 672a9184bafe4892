import Contracts
import FakeProvider
import JobQueue
import Postgres
import Testing

@testable import LLMProviderService

@Suite("Batches", .timeLimit(.minutes(5)))
struct BatchRunTests {
    @Test("Two hundred requests in a batch, answered in another order: each ends once, at half the price")
    func happy() async throws {
        try await withBatches { fixture, fake in
            let ids = [String].requests(200)
            try await fixture.submit(ids)
            try await fixture.running {
                try await eventually { try await fixture.openRequests() == 0 }
            }
            let events = try await fixture.events()
            #expect(events.map(\.requestID).sorted() == ids.sorted())
            #expect(events.map(\.requestID) != events.map(\.requestID).sorted())
            let tariff = try #require(
                ModelManifest.description(of: "simulated-judge", at: fixture.configuration.providers[0])?.prices?.tariff(
                    on: .today))
            for event in events {
                #expect(event.outcome?.reply != nil && event.byBatch && event.attempts == 1)
                let usage = try #require(event.usage)
                let full =
                    Int64(usage.inputTokens) * tariff.input + Int64(usage.outputTokens) * tariff.output
                #expect(event.costNanodollars == UInt64((full + 1) / 2))
            }
            #expect(fake.statistics.batchRequests == 200)
            #expect(fake.statistics.repeated == 0)
            #expect(fake.ledger.allSatisfy { $0.costPercent == 50 })
            let lines = try await fixture.store.spending(of: Payer(tenant: "", owner: ""), lines: 10).lines
            #expect(lines.map(\.batchRequests) == [200])
            #expect(lines.map(\.costNanodollars) == [events.reduce(0) { $0 + ($1.costNanodollars ?? 0) }])
            #expect(try await fixture.pool.query("SELECT count(*) FROM llm_provider.batch_item")[0].decode(Int.self) == 0)
        }
    }

    @Test("Some fail in every way: a bad one is never the others' matter, and what has its answer is not asked again")
    func partialFailures() async throws {
        let faults = FaultPlan(probabilities: [
            .init(.overloaded, 0.1), .init(.serverError(status: 500), 0.1), .init(.rateLimited(retryAfter: 0), 0.05),
            .init(.refusal, 0.05), .init(.maxTokens, 0.05),
        ])
        try await withBatches(FakeProviderConfiguration(seed: 5, faults: faults)) { fixture, fake in
            try await fixture.submit(.requests(200))
            // One that the vendor refuses, whatever the configuration says of it here.
            try await fixture.submit(
                ServiceFixture.batched("bad") {
                    $0.replyFormat?.name = "x"; $0.blocks[1].text = Array("x".utf8); $0.temperature = 1.5
                })
            // What the vendor let wait is due after some seconds: their time is over here.
            try await fixture.running {
                try await eventually {
                    try await fixture.pool.execute(
                        "UPDATE llm_provider.job_scheduled SET run_at = now() WHERE run_at < now() + interval '1 minute'")
                    return try await fixture.openRequests() == 0
                }
            }
            let events = try await fixture.events()
            #expect(events.count == 201 && Set(events.map(\.requestID)).count == 201)
            let answered = events.filter { $0.outcome?.reply != nil }
            #expect(fake.ledger.count { $0.status == 200 && $0.fault == nil } == answered.count)
            #expect(events.first { $0.requestID == "bad" }?.outcome?.failure?.kind == .invalidRequest)
            #expect(events.contains { $0.outcome?.failure?.kind == .refusal })
            #expect(events.contains { $0.outcome?.failure?.kind == .truncated })
            #expect(Int(events.reduce(0) { $0 + $1.attempts }) == fake.ledger.count)
        }
    }

    @Test("What a batch has not come to in its time goes in the next one, a few times, and nothing else does")
    func expiry() async throws {
        let clock = ManualClock(start: ProviderClock.system.now())
        // Nine of ten are come to in time, two of three, and none where there is one.
        let settings = BatchSettings(duration: .seconds(4000), lifetime: .seconds(3600))
        try await withBatches(FakeProviderConfiguration(batches: settings, clock: clock.clock)) { fixture, fake in
            try await fixture.submit(.requests(30))
            try await fixture.running {
                for (number, left) in [3, 1, 1, 1, 0].enumerated() {
                    try await eventually { try await fixture.batches(.submitted) == 1 }
                    clock.advance(by: .seconds(3600))
                    try await eventually { try await fixture.batches(.closed) == number + 1 }
                    #expect(try await fixture.openRequests() == left)
                }
            }
            let events = try await fixture.events()
            #expect(Set(events.map(\.requestID)) == Set([String].requests(30)) && events.count == 30)
            #expect(
                events.filter { $0.outcome?.reply != nil }.map(\.attempts).sorted() == Array(repeating: 1, count: 27) + [2, 2])
            let failed = try #require(events.first { $0.outcome?.failure != nil })
            #expect(failed.outcome?.failure?.kind == .overloaded && failed.attempts == 5 && failed.costNanodollars == 0)
            #expect(fake.statistics.batchRequests == 29)
        }
    }

    @Test("Requests that come into a batch while their owner withdraws them keep their place there, and none is forgotten")
    func withdrawnWhileGathering() async throws {
        try await withBatches { fixture, _ in
            for round in 0..<8 {
                try await fixture.submit((0..<40).map { "r\(round)-\($0)" })
                async let cancelled = fixture.cancel("class-9b")
                var search = BatchWorker.GatheringSearch()
                while try await fixture.batchWorker.gather(&search) {}
                _ = try await cancelled
                let forgotten = try await fixture.pool.query(
                    """
                    SELECT count(*) FROM llm_provider.batch_item AS item
                    WHERE NOT EXISTS (SELECT FROM llm_provider.account WHERE account.job = item.job)
                    """)[0].decode(Int.self)
                #expect(forgotten == 0)
            }
        }
    }

    @Test("A request that goes back to the queue while its owner withdraws it is withdrawn there")
    func withdrawnWhileGoingBack() async throws {
        try await withBatches { fixture, _ in
            try await fixture.submit(["r1"])
            let batch = try await fixture.takeGathered()
            let job = try #require(try await fixture.store.page(of: batch, after: 0, limit: 1).last)
            let kind = RequestFlow(ServiceFixture.batched("r1")).kind
            let cancelling = try await fixture.pool.unitOfWork("go back") { unit in
                try await unit.execute("DELETE FROM llm_provider.batch_item WHERE job = \(job)")
                _ = try await RequestStore.queue.move(
                    [JobQueue.Move(id: job, kind: kind, delay: .zero, countsAsAttempt: true)], in: unit)
                let cancelling = Task { try await fixture.cancel("class-9b") }
                try await eventually {
                    try await fixture.pool.query(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    )[0].decode(Int.self) > 0
                }
                return cancelling
            }
            #expect(try await cancelling.value == 1)
            #expect(try await fixture.get("r1").state == .cancelled)
        }
    }

    @Test("A look for what has just become overdue passes by batches, and what left its batch late is found all the same")
    func overdue() async throws {
        try await withBatches { fixture, _ in
            try await fixture.submit(.requests(20))
            let batch = try await fixture.takeGathered()
            try await fixture.pool.execute("UPDATE llm_provider.account SET expires_at = now() - interval '1 hour'")
            func overdue(within time: Duration?) async throws -> [String] {
                let parser = fixture.worker().parser
                return try await fixture.store.withdrawSome(.overdue(within: time), besides: []) {
                    RequestStore.Withdrawal(of: $0, because: .expired, parser: parser)
                }?.map(\.claim.id) ?? []
            }
            #expect(try await overdue(within: nil) == [])
            try await fixture.submit(["new"])
            try await fixture.expire(["new"])
            #expect(try await overdue(within: .seconds(30)) == ["new"])

            let job = try #require(try await fixture.store.page(of: batch, after: 0, limit: 1).last)
            try await fixture.batchWorker.settle([job], of: batch) { .untouched($0) }
            #expect(try await overdue(within: .seconds(30)) == [])
            #expect(try await overdue(within: nil).count == 1)
        }
    }

    @Test("A batch that nobody wants any more is cancelled; the answers that are there count")
    func withdrawn() async throws {
        let clock = ManualClock(start: ProviderClock.system.now())
        let settings = BatchSettings(duration: .seconds(3600))
        try await withBatches(FakeProviderConfiguration(batches: settings, clock: clock.clock)) { fixture, fake in
            try await fixture.submit(.requests(10))
            try await fixture.submit(["other"]) { $0.owner = "class-9c" }
            try await fixture.running {
                try await eventually { try await fixture.batches(.submitted) == 1 }
                #expect(try await fixture.cancel("class-9b") == 0, "they are with the vendor")
                try await eventually {
                    try await fixture.pool.query("SELECT count(*) FROM llm_provider.batch_item WHERE is_withdrawn")[0].decode(
                        Int.self) == 10
                }
                clock.advance(by: .seconds(1800))
                #expect(try await fixture.openRequests() == 11)
                #expect(try await fixture.cancel("class-9c") == 0)
                try await eventually { try await fixture.openRequests() == 0 }
            }
            let events = try await fixture.events()
            #expect(events.count { $0.outcome?.reply != nil } == fake.statistics.batchRequests)
            #expect(fake.statistics.batchRequests == 5)
            #expect(events.count { $0.outcome?.failure?.kind == .cancelled } == 6)
            #expect(try await fixture.get(events.last?.requestID ?? "").result != nil)
        }
    }

    @Test("One that is withdrawn before its batch is handed over costs nothing")
    func withdrawnEarly() async throws {
        try await withBatches { fixture, fake in
            try await fixture.submit(["r1"])
            try await fixture.submit(["r2"]) { $0.owner = "class-9c" }
            _ = try await fixture.takeGathered()
            #expect(try await fixture.cancel("class-9b") == 0)
            try await fixture.expireBatchLeases()
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            let kinds = try await fixture.events().reduce(into: [:]) { $0[$1.requestID] = $1.outcome?.failure?.kind }
            #expect(kinds == ["r1": .cancelled])
            #expect(fake.statistics.batchRequests == 1)
            #expect(try await fixture.get("r1").state == .cancelled)
        }
    }

    @Test("One whose time is nearly over goes by itself, at the full price; one that may not waits for its batch")
    func deadline() async throws {
        try await withBatches(configure: { $0.longestLife = .seconds(7200) }) { fixture, fake in
            try await fixture.submit(["hurried"]) {
                $0.dispatch = .byBatchWhileTime
                $0.timeoutMilliseconds = 7_190_000
            }
            try await fixture.submit(["patient"]) { $0.timeoutMilliseconds = 7_190_000 }
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            let events = try await fixture.events()
            #expect(events.filter(\.byBatch).map(\.requestID) == ["patient"])
            #expect(events.allSatisfy { $0.outcome?.reply != nil && $0.attempts == 1 })
            #expect(Set(fake.ledger.map(\.path)) == ["/v1/messages", "/v1/messages/batches"])
        }
    }

    @Test("The account's refusal of a batch is told by one request; the others wait until it may be put right")
    func refusedForGood() async throws {
        try await withBatches(FakeProviderConfiguration(keys: ["another": "w"]), settings: { $0.maximumRequests = 3 }) {
            fixture, fake in
            try await fixture.submit(.requests(3))
            try await fixture.running {
                try await eventually {
                    try await fixture.pool.query(
                        "SELECT count(*) FROM llm_provider.batch WHERE state = 'gathering' AND next_at > now() + interval '10 minutes'"
                    )[0].decode(Int.self) == 1
                }
            }
            #expect(try await fixture.events().map { $0.outcome?.failure?.kind } == [.authentication])
            #expect(try await fixture.openRequests() == 2)
            #expect(fake.statistics.batchRequests == 0)
            // A batch that is filled meanwhile waits too.
            var search = BatchWorker.GatheringSearch()
            try await fixture.submit(["late-0", "late-1", "late-2"])
            while try await fixture.batchWorker.gather(&search) {}
            #expect(try await fixture.batches(.gathering) == 2)
            let providers = fixture.configuration.providers
            #expect(try await fixture.store.takeBatch(of: providers, for: .seconds(60)) == nil)
            try await fixture.pool.execute("UPDATE llm_provider.batch SET not_before = now()")
            #expect(try await fixture.store.takeBatch(of: providers, for: .seconds(60)) != nil)
        }
    }

    @Test("A batch that the vendor has no room for is handed over again, and one only")
    func refusedForNow() async throws {
        let settings = BatchSettings(script: [.rateLimited(retryAfter: 0), .overloaded])
        try await withBatches(FakeProviderConfiguration(batches: settings)) { fixture, fake in
            try await fixture.submit(.requests(3))
            try await fixture.running { try await eventually { try await fixture.openRequests() == 0 } }
            #expect(try await fixture.events().allSatisfy { $0.outcome?.reply != nil })
            #expect(fake.statistics.batchRequests == 3)
        }
    }
}
