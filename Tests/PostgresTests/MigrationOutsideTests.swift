import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("Migrations outside a transaction", .timeLimit(.minutes(1)))
struct MigrationOutsideTests {
    private static let first = Migration(
        version: 1, name: "notes",
        sql: "CREATE TABLE note (id int8 PRIMARY KEY, text text); INSERT INTO note VALUES (1, 'a'), (2, 'a')")
    private static let index = """
        -- One half made would be there and of no use.
        DROP INDEX CONCURRENTLY IF EXISTS note_text;
        CREATE UNIQUE INDEX CONCURRENTLY note_text ON note (text, id);
        """

    private func migrator(_ sql: String, isTransactional: Bool = false) -> Migrator {
        Migrator(
            line: "notes", schema: "notes",
            migrations: [Self.first, Migration(version: 2, name: "index", sql: sql, isTransactional: isTransactional)])
    }

    @Test("make an index beside those who write, and are noted once")
    func concurrent() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        #expect(try await migrator(Self.index).migrate(pool) == 2)
        #expect(try await migrator(Self.index).migrate(pool) == 0)
        #expect(try await migrator(Self.index).faults(pool).isEmpty)
        let timeout = try await pool.query("SELECT current_setting('lock_timeout')")[0].decode(String.self)
        #expect(timeout == "2s")
    }

    @Test("are what a transaction refuses")
    func refused() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let error = await #expect(throws: PostgresError.self) {
            try await migrator(Self.index, isTransactional: true).migrate(pool)
        }
        #expect(error?.code == .migrationFailed && error?.message.contains("transaction block") == true)
    }

    @Test("run again from their start when they were not run to their end")
    func again() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let failing = Self.index.replacing("(text, id)", with: "(text)")
        let error = await #expect(throws: PostgresError.self) { try await migrator(failing).migrate(pool) }
        #expect(error?.code == .migrationFailed && error?.message.contains("migration 2 (index)") == true)
        let isValid = try await pool.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'notes.note_text'::regclass")
        #expect(try isValid.map { try $0.decode(Bool.self) } == [false])
        #expect(try await migrator(failing).status(pool).map(\.state).last == .pending)
        try await pool.execute("DELETE FROM notes.note WHERE id = 2")
        #expect(try await migrator(failing).migrate(pool) == 1)
    }

    @Test("are noted once when eight programs start at the same time, none of which waits where the index would wait for it")
    func race() async throws {
        let database = try await TestDatabase.make()
        let migrator = migrator(Self.index)
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let pool = database.pool(size: 1)
                    let count = try await migrator.migrate(pool)
                    await pool.close()
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(applied == 2)
    }
}
