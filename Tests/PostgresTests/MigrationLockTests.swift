import Logging
import PostgresTestSupport
import Synchronization
import Testing

@testable import Postgres

@Suite("Migrations of a table in use")
struct MigrationLockTests {
    private static let first = Migration(version: 1, name: "notes", sql: "CREATE TABLE note (id int8 PRIMARY KEY)")

    /// Counts how often the script was begun.
    private final class Tries: Sendable {
        private let value = Mutex(0)

        var count: Int { value.withLock { $0 } }

        func pool(_ database: TestDatabase) -> Pool {
            var configuration = PoolConfiguration(connectionString: database.connectionString, size: 1)
            configuration.checkpoint = { [self] checkpoint in
                if checkpoint.step == .before(1), checkpoint.work == "migrate notes" { value.withLock { $0 += 1 } }
            }
            return Pool(configuration, logger: Logger(label: "test"))
        }
    }

    private func migrator(_ sql: String, isTransactional: Bool = true, maxTries: Int) -> Migrator {
        let second = Migration(version: 2, name: "texts", sql: sql, isTransactional: isTransactional)
        var migrator = Migrator(line: "notes", schema: "notes", migrations: [Self.first, second])
        migrator.lockTimeout = .milliseconds(20)
        migrator.lockPolicy.maxTries = maxTries + 1
        migrator.lockPolicy.maxTriesAfterTimeout = maxTries
        migrator.lockPolicy.conflictDelay = .milliseconds(1) ... .milliseconds(10)
        return migrator
    }

    private func database() async throws -> TestDatabase {
        try await TestDatabase.make(migrations: [Migrator(line: "notes", schema: "notes", migrations: [Self.first])])
    }

    @Test("give up a lock they do not get, let those behind them pass, and try again until they get it")
    func retried() async throws {
        let database = try await database()
        let tries = Tries()
        let migrator = migrator("ALTER TABLE note ADD text text", maxTries: 100_000)
        let migrating = tries.pool(database)
        let pool = database.pool()
        try await withThrowingTaskGroup(of: Int.self) { group in
            try await pool.unitOfWork("reader") { unit in
                try await unit.execute("LOCK TABLE notes.note IN ACCESS SHARE MODE")
                group.addTask { try await migrator.migrate(migrating) }
                try await eventually { tries.count >= 3 }
                _ = try await pool.query("SELECT id FROM notes.note")
                #expect(try await pool.query("SELECT 1 FROM notes.schema_migration WHERE version = 2").isEmpty)
            }
            #expect(try await group.next() == 1)
        }
        _ = try await pool.query("SELECT text FROM notes.note")
    }

    @Test("give up for good after the last try, and nothing of them is left", arguments: [true, false])
    func refused(isTransactional: Bool) async throws {
        let database = try await database()
        let tries = Tries()
        let migrator = migrator(
            "CREATE TABLE IF NOT EXISTS other (); ALTER TABLE note ADD COLUMN IF NOT EXISTS text text",
            isTransactional: isTransactional, maxTries: 3)
        let (pool, migrating) = (database.pool(), tries.pool(database))
        try await pool.unitOfWork("reader") { unit in
            try await unit.execute("LOCK TABLE notes.note IN ACCESS SHARE MODE")
            let error = await #expect(throws: PostgresError.self) { try await migrator.migrate(migrating) }
            #expect(error?.code == .lockTimeout)
        }
        #expect(tries.count == (isTransactional ? 3 : 1))
        let isThere = try await pool.query("SELECT to_regclass('notes.other') IS NOT NULL")[0].decode(Bool.self)
        #expect(isThere == !isTransactional)
        #expect(try await migrator.migrate(migrating) == 1)
    }
}
