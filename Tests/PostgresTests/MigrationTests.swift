import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("Migrations")
struct MigrationTests {
    private static let first = Migration(version: 1, name: "notes", sql: "CREATE TABLE note (id int8 PRIMARY KEY)")
    private static let second = Migration(
        version: 2, name: "texts", sql: "ALTER TABLE note ADD text text; INSERT INTO note (id, text) VALUES (1, 'one')")

    private func migrator(_ migrations: [Migration], line: String = "notes") -> Migrator {
        Migrator(line: line, schema: "notes", migrations: migrations)
    }

    private func count(_ table: String, _ pool: Pool) async throws -> Int {
        try await pool.query("SELECT count(*) FROM \(unescaped: table)")[0].decode(Int.self)
    }

    @Test("are applied once, in order, and remembered with their names")
    func appliedOnce() async throws {
        let pool = try await TestDatabase.make().pool()
        #expect(try await migrator([Self.first]).migrate(pool) == 1)
        #expect(try await migrator([Self.first]).migrate(pool) == 0)
        #expect(try await migrator([Self.first, Self.second]).migrate(pool) == 1)
        let rows = try await pool.query("SELECT version, name, sha256 FROM notes.schema_migration ORDER BY version")
        let remembered = try rows.map { try $0.decode(Int.self, String.self, [UInt8].self) }
        #expect(remembered.map(\.0) == [1, 2] && remembered.map(\.1) == ["notes", "texts"])
        #expect(remembered.map(\.2) == [Self.first.checksum, Self.second.checksum])
        #expect(try await count("notes.note", pool) == 1)
    }

    @Test("whose script was changed after it had been applied are refused by name, and nothing after them runs")
    func changed() async throws {
        let pool = try await TestDatabase.make().pool()
        _ = try await migrator([Self.first]).migrate(pool)
        let changed = Migration(version: 1, name: "notes", sql: Self.first.sql + " ")
        let error = await #expect(throws: PostgresError.self) { try await migrator([changed, Self.second]).migrate(pool) }
        #expect(error?.code == .migrationChanged)
        #expect(error?.message.contains("migration 1 (notes)") == true && error?.message.contains("\"notes\"") == true)
        #expect(try await count("notes.schema_migration", pool) == 1)
        let states = try await migrator([changed, Self.second]).status(pool).map(\.state)
        guard case .changed = states[0], states[1] == .pending else {
            Issue.record("\(states)")
            return
        }
    }

    @Test("that only a newer program knows are refused by name")
    func newer() async throws {
        let pool = try await TestDatabase.make().pool()
        _ = try await migrator([Self.first, Self.second]).migrate(pool)
        let error = await #expect(throws: PostgresError.self) { try await migrator([Self.first]).migrate(pool) }
        #expect(error?.code == .databaseNewer && error?.message.contains("migration 2 (texts)") == true)
        let states = try await migrator([Self.first]).status(pool).map(\.state)
        guard case .applied = states[0], case .unknown = states[1] else {
            Issue.record("\(states)")
            return
        }
    }

    @Test(
        "whose versions are not 1, 2, 3, … are refused before anything is done",
        arguments: [[2], [1, 3], [1, 1], [2, 1], [0, 1], [-1]])
    func gaps(versions: [Int]) async throws {
        let pool = try await TestDatabase.make().pool()
        let migrator = migrator(versions.map { Migration(version: $0, name: "step", sql: "CREATE TABLE t\($0 + 1) ()") })
        for attempt in [
            migrator.migrate,
            {
                _ = try await migrator.status($0); return 0
            },
        ] as [(Pool) async throws -> Int] {
            let error = await #expect(throws: PostgresError.self) { try await attempt(pool) }
            #expect(error?.code == .invalidMigrations && error?.outcome == .notSent)
        }
        #expect(try await pool.query("SELECT to_regnamespace('notes') IS NULL")[0].decode(Bool.self))
    }

    @Test("whose script holds a NUL byte are refused before anything is done")
    func nul() async throws {
        let pool = try await TestDatabase.make().pool()
        let error = await #expect(throws: PostgresError.self) {
            try await migrator([Migration(version: 1, name: "nul", sql: "SELECT 1;\0 DROP TABLE x")]).migrate(pool)
        }
        #expect(error?.code == .invalidMigrations && error?.message.contains("NUL") == true)
    }

    @Test("are applied once each by eight programs that start at the same time")
    func race() async throws {
        let database = try await TestDatabase.make()
        // What would go wrong a second time, and what would go wrong out of order.
        let steps = (1...6).map { step in
            Migration(
                version: step, name: "step \(step)",
                sql: step == 1 ? "CREATE TABLE step (id int8)" : "INSERT INTO step VALUES (\(step)); CREATE TABLE step\(step) ()")
        }
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let pool = database.pool(size: 1)
                    let count = try await Migrator(line: "race", schema: "notes", migrations: steps).migrate(pool)
                    await pool.close()
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(applied == 6)
        let pool = database.pool(size: 1)
        #expect(try await pool.query("SELECT id FROM notes.step").map { try $0.decode(Int.self) } == [2, 3, 4, 5, 6])
        #expect(try await count("notes.schema_migration", pool) == 6)
    }

    @Test(
        "that fail leave those before them, nothing of themselves, and a pool that works",
        arguments: [
            ("SELECT 1/0", "division by zero"), ("SELEC", "syntax error"), ("COPY half FROM STDIN", "COPY"),
            ("COPY (SELECT 1) TO STDOUT", "COPY"), ("COMMIT", "ended its transaction"), ("ROLLBACK", "ended its transaction"),
        ])
    func failing(statement: String, reason: String) async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let bad = Migration(version: 2, name: "bad", sql: "CREATE TABLE half (id int8); \(statement)")
        let error = await #expect(throws: PostgresError.self) { try await migrator([Self.first, bad]).migrate(pool) }
        #expect(error?.code == .migrationFailed, "\(String(describing: error))")
        #expect(error?.message.contains("migration 2 (bad) of line \"notes\"") == true)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(try await count("notes.schema_migration", pool) == 1)
        if statement != "COMMIT" {
            #expect(try await pool.query("SELECT to_regclass('notes.half') IS NULL")[0].decode(Bool.self))
        }
        #expect(try await migrator([Self.first, Self.second]).migrate(pool) == 1)
    }

    @Test("of two lines share a schema and a table of what was applied")
    func twoLines() async throws {
        let pool = try await TestDatabase.make().pool()
        let other = Migration(version: 1, name: "others", sql: "CREATE TABLE other ()")
        #expect(try await migrator([Self.first]).migrate(pool) == 1)
        #expect(try await migrator([other], line: "others").migrate(pool) == 1)
        #expect(try await migrator([Self.first]).status(pool).count == 1)
    }

    @Test("are all pending in a database that has none, and asking makes nothing")
    func pending() async throws {
        let pool = try await TestDatabase.make().pool()
        #expect(try await migrator([Self.first, Self.second]).status(pool).map(\.state) == [.pending, .pending])
        #expect(try await pool.query("SELECT to_regnamespace('notes') IS NULL")[0].decode(Bool.self))
    }

    @Test("take a schema's name as it is, quotes and all")
    func oddSchema() async throws {
        let pool = try await TestDatabase.make().pool()
        let migrator = Migrator(line: "odd'line", schema: "a\"b c", migrations: [Self.first])
        #expect(try await migrator.migrate(pool) == 1)
        #expect(try await migrator.migrate(pool) == 0)
        #expect(try await count("\"a\"\"b c\".note", pool) == 0)
    }
}
