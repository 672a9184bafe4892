import Postgres
import Testing

@testable import JobQueue

@Suite("Plans")
struct PlanTests {
    private let jobs = Self.jobs(unique: false)

    private static func jobs(unique: Bool) -> [Job] {
        (0..<100).map {
            Job(
                id: Int64($0) * 977 + 1, kind: "grade", subject: "", priority: .normal, attempt: 1, maxAttempts: 20,
                epoch: Int64($0) * 977 + 1, isUnique: unique)
        }
    }

    /// The statements, and how often each index must be used.
    private func statements(_ queue: JobQueue) -> [(name: String, query: Query, index: String)] {
        [
            (
                "claim",
                queue.claiming(
                    100, rooms: [("grade", 100), ("mail", 100)], lowWater: LowWater(), worker: "test", lease: .seconds(60)),
                "job_ready_pkey"
            ),
            ("find kinds", queue.findingKinds(after: ""), "job_ready_pkey"),
            ("renew", queue.renewing(jobs, for: .seconds(60)), "job_lease_pkey"),
            ("complete", queue.completing(jobs), "job_lease_pkey"),
            ("complete the unique", queue.completing(Self.jobs(unique: true)), "job_lease_pkey"),
            ("free keys", queue.completing(Self.jobs(unique: true)), "job_key_pkey"),
            ("promote", queue.promoting, "job_scheduled_by_time"),
            (
                "look",
                """
                SELECT live.is_held FROM unnest(\(jobs.map(\.id))::bigint[]) AS wanted (id)
                LEFT JOIN essays.job_live AS live ON live.kind = 'grade' AND live.priority = 1 AND live.id = wanted.id
                """, "job_ready_pkey"
            ),
        ]
    }

    /// The plan under which the server would run a statement that it has prepared.
    private func plan(_ name: String, _ query: Query, in unit: UnitOfWork) async throws -> String {
        let values = try query.parameters.map(literal).joined(separator: ", ")
        // Plans that are kept from execution to execution are made without the values.
        unit.send("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
        let arguments = values.isEmpty ? "" : "(\(values))"
        let rows = try await unit.query("EXPLAIN (COSTS OFF) EXECUTE \(unescaped: name)\(unescaped: arguments)")
        return try rows.map { try $0.decode(String.self) }.joined(separator: "\n")
    }

    private func prepare(_ name: String, _ query: Query, in unit: UnitOfWork) async throws {
        try await unit.execute("PREPARE \(unescaped: name) AS \(unescaped: query.sql)")
    }

    /// A parameter as SQL text; these statements have numbers, texts and arrays of them.
    private func literal(_ parameter: Parameter) throws -> String {
        switch parameter.type {
        case .textArray: "ARRAY['grade', 'mail']"
        case .int8Array: "ARRAY[100, 100]::bigint[]"
        case .text: "'test'"
        default: "60"
        }
    }

    private func expectIndexes(_ fixture: QueueFixture, _ unit: UnitOfWork, _ state: Comment) async throws {
        for (number, statement) in statements(fixture.queue).enumerated() {
            let plan = try await plan("statement_\(number)", statement.query, in: unit)
            #expect(plan.contains(statement.index), "\(statement.name), \(state.rawValue):\n\(plan)")
            for word in ["Seq Scan", "Sort"] {
                #expect(!plan.contains(word), "\(statement.name), \(state.rawValue):\n\(plan)")
            }
        }
    }

    private static let fill = [
        """
        INSERT INTO essays.job_ready SELECT 'grade', 1, number, 0, 20, false, number::text FROM generate_series(1, 100000) AS number
        """,
        """
        INSERT INTO essays.job_lease SELECT number, number, now() + interval '1 hour', 1, 20, 1, false, NULL, 'test', 'grade',
            number::text FROM generate_series(1, 100000) AS number
        """,
        """
        INSERT INTO essays.job_scheduled SELECT number, now() + number * interval '1 second', 'grade', 1, 0, 20, false, number::text
            FROM generate_series(1, 100000) AS number
        """,
        "INSERT INTO essays.job_key SELECT 'grade', number::text FROM generate_series(1, 100000) AS number",
    ]

    private static let tables = ["job_ready", "job_scheduled", "job_lease", "job_key"]

    @Test(
        "stay on their indexes while tables are empty, when they fill under plans and statistics of that time, and when analysed")
    func indexes() async throws {
        let fixture = try await QueueFixture()
        let pool = fixture.pool
        // As autovacuum leaves empty tables: it gives pages back where it can, and the statistics say that there is nothing.
        for table in Self.tables {
            try await pool.execute("ALTER TABLE essays.\(unescaped: table) SET (autovacuum_enabled = false)")
            try await pool.execute("VACUUM (ANALYZE) essays.\(unescaped: table)")
        }
        try await pool.unitOfWork("plans", statementTimeout: .seconds(120)) { unit in
            for (number, statement) in statements(fixture.queue).enumerated() {
                try await prepare("statement_\(number)", statement.query, in: unit)
            }
            try await expectIndexes(fixture, unit, "empty")
            for fill in Self.fill { try await unit.execute(Query(sql: fill)) }
            try await expectIndexes(fixture, unit, "full, with plans made for empty tables")
            // The same statements, planned anew.
            for (number, statement) in statements(fixture.queue).enumerated() {
                try await unit.execute("DEALLOCATE statement_\(unescaped: "\(number)")")
                try await prepare("statement_\(number)", statement.query, in: unit)
            }
            try await expectIndexes(fixture, unit, "full, with statistics of empty tables")
            for table in Self.tables { try await unit.execute("ANALYZE essays.\(unescaped: table)") }
            try await expectIndexes(fixture, unit, "full")
            for table in Self.tables { try await unit.execute("DELETE FROM essays.\(unescaped: table) WHERE kind <> ''") }
            for table in Self.tables { try await unit.execute("ANALYZE essays.\(unescaped: table)") }
            try await expectIndexes(fixture, unit, "emptied")
        }
    }

    @Test("are made a few times and kept, whatever the numbers of jobs")
    func kept() async throws {
        let fixture = try await QueueFixture(size: 1)
        var lowWater = LowWater()
        for round in 0..<30 {
            let count = round % 3 == 0 ? 1 : 20
            try await fixture.enqueue((0..<count).map { "\($0)" })
            let jobs = try await fixture.queue.claim(
                count, of: ["grade": 1 + round], by: "test", for: .seconds(60), lowWater: &lowWater, on: fixture.pool)
            _ = try await fixture.queue.renew(jobs, for: .seconds(60), on: fixture.pool)
            try await fixture.queue.complete(jobs, on: fixture.pool)
        }
        // The server decides after five executions whether a plan made without the values is as good.
        let rows = try await fixture.pool.query(
            "SELECT statement, custom_plans FROM pg_prepared_statements WHERE generic_plans + custom_plans >= 30")
        #expect(rows.count == 4)
        for row in rows {
            let (statement, plans) = try row.decode(String.self, Int.self)
            #expect(plans == 5, "\(statement)")
        }
    }
}
