import Postgres
import PostgresTestSupport
import Testing

@testable import huleedu

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

    @Test(
        "finds a value that a type lacks, has too many, or has elsewhere, and either service refuses to serve",
        arguments: [
            (
                "cj-assessment", "ALTER TYPE cj.stop_reason RENAME VALUE 'converged' TO 'done'",
                "value converged of enumeration cj.stop_reason is missing"
            ),
            (
                "cj-assessment", "ALTER TYPE cj.outcome ADD VALUE 'draw'",
                "value draw of enumeration cj.outcome is none of this program's cases"
            ),
            (
                "llm-provider", "ALTER TYPE llm_provider.final_state ADD VALUE 'expired' BEFORE 'failed'",
                "value expired of enumeration llm_provider.final_state is none of this program's cases"
            ),
            (
                "llm-provider",
                """
                UPDATE pg_enum SET enumsortorder = 9
                WHERE enumtypid = 'llm_provider.final_state'::regtype AND enumlabel = 'succeeded'
                """,
                "order of enumeration llm_provider.final_state: expected succeeded, failed, cancelled, found failed, cancelled, succeeded"
            ),
        ])
    func enumerations(service: String, change: String, says: String) async throws {
        let database = try await TestDatabase.make(migrations: DatabaseCommand.migrators)
        let pool = database.pool(size: 1)
        try await pool.execute("\(unescaped: change)")
        await pool.close()
        let found = try await run("check", database)
        #expect(found.status == 1 && found.output.contains(says), "\(found.output)")
        let program = try Program(
            "huleedu", ["serve", service, "--database", database.connectionString, "--port", "0"],
            environment: ["HULEEDU_SIMULATED_URL": "http://127.0.0.1:9"])
        #expect(await program.status() == 69, "\(program.output)")
        #expect(program.output.contains(says), "\(program.output)")
    }

    @Test("has nothing to say about the services' own schemas, and knows the cases of each of their enumerations")
    func clean() async throws {
        let pool = try await TestDatabase.make(migrations: DatabaseCommand.migrators).pool(size: 1)
        for migrator in DatabaseCommand.migrators {
            #expect(try await migrator.faults(pool) == [])
            let types = try await pool.query(
                "SELECT typname::text FROM pg_type WHERE typtype = 'e' AND typnamespace = to_regnamespace(\(migrator.schema))")
            let names = try types.map { try $0.decode(String.self) }
            #expect(!names.isEmpty && names.sorted() == migrator.enums.map(\.type).sorted())
            #expect(migrator.firstRelease > 0 && migrator.firstRelease <= migrator.migrations.count)
        }
    }

    @Test("finds no migration of the services that would hurt a database in use")
    func lint() async throws {
        #expect(DatabaseCommand.migrators.flatMap(\.lintFindings) == [])
        let program = try Program("huleedu", ["db", "lint"])
        #expect(await program.status() == 0, "\(program.output)")
    }

    @Test("names the option when no database is named")
    func unnamed() async throws {
        let program = try Program("huleedu", ["db", "check"])
        #expect(await program.status() == 64)
        #expect(program.output.contains("--database"))
    }
}
