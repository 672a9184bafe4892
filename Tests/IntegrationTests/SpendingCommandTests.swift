import Contracts
import LLMProviderService
import Postgres
import PostgresTestSupport
import Testing

@Suite("huleedu spending, on a database of its own", .timeLimit(.minutes(2)))
struct SpendingCommandTests {
    private func run(_ arguments: [String], _ database: TestDatabase) async throws -> (status: Int32, output: String) {
        let program = try Program("huleedu", ["spending"] + arguments + ["--database", database.connectionString])
        return (await program.status(), program.output)
    }

    @Test("tells what a tenant and an assessment have spent, and what is simulated or not priced")
    func show() async throws {
        let database = try await TestDatabase.make(migrations: [LLMProvider.migrator])
        let pool = database.pool(size: 1)
        try await pool.execute(
            """
            INSERT INTO llm_provider.spending SELECT 'school', owner, provider, model, day::date, simulated, 0, 2, unpriced, 3, 10, 20, 30, 40, 50,
                cost, -7
            FROM (VALUES ('x', 'anthropic', 'opus', '2026-10-02', false, 1, 1500000000),
                ('y', 'simulated', 'judge', '2026-10-01', true, 0, 500))
                AS given (owner, provider, model, day, simulated, unpriced, cost)
            """)
        try await pool.execute(
            """
            INSERT INTO llm_provider.balance VALUES ('school', '', 0, 1500000000, 2000), ('school', '', 1, 0, -1000),
                ('school', 'x', 0, 1500000000, 0)
            """)
        await pool.close()
        let school = try await run(["show", "--tenant", "school"], database)
        #expect(school.status == 0)
        #expect(
            school.output == """
                tenant school: $1.50 spent without a limit, up to $0.000001 more under way
                2026-10-02  anthropic opus  2 requests  $1.50  1 request without a price
                2026-10-01  simulated judge  2 requests  simulated, nothing was paid; would have cost $0.0000005

                """, "\(school.output)")
        let assessment = try await run(["show", "--tenant", "school", "--assessment", "x", "--json"], database)
        #expect(assessment.status == 0)
        for part in [
            #""assessment": "x""#, #""budget_nanodollars": null"#, #""spent_nanodollars": 1500000000"#, #""simulated": false"#,
            #""cache_write_one_hour_tokens": 50"#, #""cache_savings_nanodollars": -7"#,
        ] { #expect(assessment.output.contains(part), "\(assessment.output)") }
        #expect(!assessment.output.contains("simulated judge") && !assessment.output.contains(#""provider": "simulated""#))
        let simulated = try await run(["show", "--tenant", "school", "--assessment", "y", "--json"], database)
        #expect(simulated.output.contains(#""simulated_cost_nanodollars": 500"#), "\(simulated.output)")
        #expect(simulated.output.contains(#""spent_nanodollars": 0"#), "\(simulated.output)")
        #expect(!simulated.output.contains(#""cost_nanodollars""#), "\(simulated.output)")
        let nobody = try await run(["show"], database)
        #expect(nobody.output == "tenant default: $0.00 spent without a limit\n")
    }

    @Test("sets a budget and lifts it, and refuses what is none")
    func budget() async throws {
        let database = try await TestDatabase.make(migrations: [LLMProvider.migrator])
        let set = try await run(["budget", "0.50", "--tenant", "school", "--assessment", "x"], database)
        #expect(set.status == 0 && set.output == "assessment x of tenant school: $0.00 spent of $0.50\n", "\(set.output)")
        let shown = try await run(["show", "--tenant", "school", "--assessment", "x", "--json"], database)
        #expect(shown.output.contains(#""budget_nanodollars": 500000000"#), "\(shown.output)")
        let lifted = try await run(["budget", "none", "--tenant", "school", "--assessment", "x", "--json"], database)
        #expect(lifted.status == 0 && lifted.output.contains(#""budget_nanodollars": null"#), "\(lifted.output)")
        let unreadable = try await run(["budget", "much"], database)
        #expect(unreadable.status == 64 && unreadable.output.contains("much"), "\(unreadable.output)")
        let tooMuch = try await run(["budget", "1000000001"], database)
        #expect(tooMuch.status == 65 && tooMuch.output.contains("budget_nanodollars"), "\(tooMuch.output)")
        let nameless = try await run(["show", "--tenant", "a b"], database)
        #expect(nameless.status == 65 && nameless.output.contains("tenant"), "\(nameless.output)")
    }
}
