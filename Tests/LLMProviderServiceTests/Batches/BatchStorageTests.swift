import Contracts
import Postgres
import PostgresTestSupport
import Testing

@testable import LLMProviderService

@Suite("Batches and the database", .timeLimit(.minutes(5)))
struct BatchStorageTests {
    @Test("Where no provider takes batches, the database is not asked for what waits for one")
    func nothingToGather() async throws {
        try await withService(dialect: .openAIChatCompletions, configure: { $0.batches = .test() }) { fixture in
            let before = await fixture.pool.statistics().roundTrips
            var search = BatchWorker.GatheringSearch()
            let isFound = try await fixture.batchWorker.gather(&search)
            #expect(!isFound)
            #expect(await fixture.pool.statistics().roundTrips == before)
        }
    }

    @Test("Whether an account was refused is found by an index, however many batches are kept")
    func plan() async throws {
        try await withBatches { fixture, _ in
            let providers = fixture.configuration.providers
            try await fixture.pool.execute(
                """
                INSERT INTO llm_provider.batch (provider, credential, mark, state, next_at)
                SELECT 'vendor', \(providers[0].credential), number::text,
                    (CASE WHEN number > 100 THEN 'closed' WHEN number % 2 = 0 THEN 'gathering' ELSE 'submitted' END)::llm_provider.batch_state,
                    now() - number * interval '1 minute'
                FROM generate_series(1, 10000) AS number
                """)
            try await fixture.pool.execute("ANALYZE llm_provider.batch")
            for query in [RequestStore.dueBatch(of: providers), fixture.store.taking(1, for: .seconds(60))] {
                let rows = try await fixture.pool.query(
                    Query(sql: "EXPLAIN (COSTS OFF) " + query.sql, parameters: query.parameters))
                let plan = try rows.map { try $0.decode(String.self) }.joined(separator: "\n")
                #expect(plan.contains("batch_by_refusal") && !plan.contains("Seq Scan"), "\(plan)")
            }
        }
    }

    /// What locks the rows of several requests of a batch.
    enum Step: CaseIterable {
        case withdrawing, settling, halving

        fileprivate func take(_ batch: Batch, _ jobs: [Int64], _ fixture: ServiceFixture) async throws {
            switch self {
            case .withdrawing: _ = try await fixture.store.withdrawFromBatches(Payer(tenant: "", owner: "class-9b"))
            case .settling: try await fixture.batchWorker.settle(jobs, of: batch) { .untouched($0) }
            case .halving: try await fixture.store.halve(batch)
            }
        }
    }

    @Test(
        "Requests of a batch are locked in the order of their jobs, so that no two wait for each other", arguments: Step.allCases)
    func lockOrder(step: Step) async throws {
        try await withBatches { fixture, _ in
            try await fixture.submit(.requests(3))
            let batch = try await fixture.takeGathered()
            let jobs = try await fixture.store.page(of: batch, after: 0, limit: 3).items.map(\.job)
            // They lie in the table the other way round.
            try await fixture.pool.execute(
                """
                WITH gone AS (DELETE FROM llm_provider.batch_item RETURNING *)
                INSERT INTO llm_provider.batch_item SELECT * FROM gone ORDER BY job DESC
                """)
            let taking = try await fixture.pool.unitOfWork("block") { unit in
                try await unit.execute("SELECT FROM llm_provider.batch_item WHERE job = \(jobs[1]) FOR UPDATE")
                let taking = Task { try await step.take(batch, jobs, fixture) }
                try await eventually {
                    try await fixture.pool.query(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    )[0].decode(Int.self) > 0
                }
                let free = try await unit.query(
                    "SELECT job FROM llm_provider.batch_item WHERE job <> \(jobs[1]) FOR UPDATE SKIP LOCKED"
                ).map { try $0.decode(Int64.self) }
                #expect(free == [jobs[2]])
                return taking
            }
            try await taking.value
        }
    }

    @Test("The vendor's name for a batch is stored when the database is back, and the batch is handed over once")
    func databaseAway() async throws {
        let gate = Gate()
        let taken = #"{"type":"message_batch","id":"b0","processing_status":"in_progress","created_at":"2026-10-01T00:00:00Z"}"#
        try await withService(
            answer: { request in
                if request.head.hasPrefix("POST") { gate.pass() }
                return .reply(200, body: taken)
            },
            configure: { $0.batches = .test() }, connect: { $0.acquireTimeout = .milliseconds(500) }
        ) { fixture in
            defer { gate.open() }
            let operations = try await TestDatabase.make().pool(size: 1)
            let name = try await fixture.pool.query("SELECT current_database()::text")[0].decode(String.self)
            try await fixture.submit(["r0"]) { $0.model = "claude-haiku-4-5" }
            let batch = try await fixture.takeGathered()
            let worker = fixture.batchWorker
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.advance(batch) }
                try await eventually { fixture.vendor.requests.count == 1 }
                try await operations.execute("ALTER DATABASE \(unescaped: name) ALLOW_CONNECTIONS false")
                try await operations.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)")
                gate.open()
                try await eventually { fixture.log.text.contains("the provider's name for a batch not stored") }
                try await operations.execute("ALTER DATABASE \(unescaped: name) ALLOW_CONNECTIONS true")
                try await group.waitForAll()
            }
            let id = try await fixture.pool.query("SELECT vendor_id FROM llm_provider.batch WHERE state = 'submitted'").map {
                try $0.decode(String.self)
            }
            #expect(id == ["b0"])
            #expect(fixture.vendor.requests.count == 1)
            await operations.close()
        }
    }
}
