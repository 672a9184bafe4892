import Postgres
import PostgresTestSupport
import Testing

@Suite("huleedu db, on a database of its own", .timeLimit(.minutes(2)))
struct DatabaseCommandTests {
    private func run(_ command: String, _ database: TestDatabase) async throws -> (status: Int32, output: String) {
        let program = try Program("huleedu", ["db", command, "--database", database.connectionString])
        return (await program.status(), program.output)
    }

    @Test("tells what is missing, brings it up to date, and finds nothing to do the second time")
    func migrate() async throws {
        let database = try await TestDatabase.make()
        let before = try await run("status", database)
        #expect(before.status == 1)
        #expect(before.output.contains("cj-assessment  1  assessments  not applied yet"), "\(before.output)")
        let first = try await run("migrate", database)
        #expect(first.status == 0, "\(first.output)")
        #expect(!first.output.contains(" 0 migrations"))
        let second = try await run("migrate", database)
        #expect(second.status == 0)
        #expect(second.output.contains("llm-provider  0 migrations applied"), "\(second.output)")
        let after = try await run("status", database)
        #expect(after.status == 0)
        #expect(after.output.contains("cj-assessment  1  assessments  applied 2"), "\(after.output)")
    }

    @Test("finds what somebody changed by hand, which a service then refuses to serve")
    func drift() async throws {
        let database = try await TestDatabase.make()
        #expect(try await run("check", database).status == 1)
        _ = try await run("migrate", database)
        let sound = try await run("check", database)
        #expect(sound.status == 0, "\(sound.output)")
        let pool = database.pool(size: 1)
        try await pool.execute("ALTER TABLE cj.essay ALTER content DROP NOT NULL")
        await pool.close()
        let found = try await run("check", database)
        #expect(found.status == 1)
        #expect(found.output.contains("column cj.essay.content: expected bytea not null, found bytea"), "\(found.output)")
        let service = try Program("huleedu", ["serve", "cj-assessment", "--database", database.connectionString, "--port", "0"])
        #expect(await service.status() == 69, "\(service.output)")
        #expect(service.output.contains("cj.essay.content"), "\(service.output)")
    }

    @Test("names the option when no database is named")
    func unnamed() async throws {
        let program = try Program("huleedu", ["db", "check"])
        #expect(await program.status() == 64)
        #expect(program.output.contains("--database"))
    }
}
