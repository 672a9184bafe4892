import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A schema that somebody changed by hand")
struct SchemaDriftTests {
    private enum State: String, CaseIterable { case open, closed }
    private enum Longer: String, CaseIterable { case open, closed, archived }
    private enum Shorter: String, CaseIterable { case open }
    private enum Turned: String, CaseIterable { case closed, open }

    private static let migrations = [
        Migration(
            version: 1, name: "notes",
            sql: """
                CREATE TYPE state AS ENUM ('open', 'closed');
                CREATE TABLE note (
                    id int8 PRIMARY KEY,
                    state state NOT NULL DEFAULT 'open',
                    text text,
                    CHECK (length(text) < 1000));
                CREATE INDEX note_open ON note (id) WHERE state = 'open';
                """),
        Migration(version: 2, name: "owners", sql: "ALTER TABLE note ADD owner text NOT NULL DEFAULT ''"),
    ]

    private func migrator(_ enums: [StoredEnum] = [StoredEnum(State.self, type: "state")]) -> Migrator {
        Migrator(line: "notes", schema: "notes", migrations: Self.migrations, enums: enums)
    }

    private func drifted(_ change: String) async throws -> PostgresError? {
        let pool = try await TestDatabase.make().pool()
        _ = try await migrator().migrate(pool)
        #expect(try await migrator().faults(pool).isEmpty)
        try await pool.execute("\(unescaped: change)")
        return await #expect(throws: PostgresError.self) { try await migrator().migrate(pool) }
    }

    @Test(
        "is refused, and what differs is named",
        arguments: [
            ("ALTER TABLE notes.note ALTER owner DROP NOT NULL", "column notes.note.owner: expected text not null default ''"),
            ("ALTER TABLE notes.note ALTER owner TYPE varchar(9)", "found character varying(9) not null"),
            ("ALTER TABLE notes.note ALTER owner DROP DEFAULT", "found text not null"),
            ("ALTER TABLE notes.note DROP text", "column notes.note.text is missing; expected: text"),
            ("ALTER TABLE notes.note ADD extra int4", "column notes.note.extra was made by no migration: integer"),
            ("DROP INDEX notes.note_open", "index notes.note_open is missing"),
            ("CREATE UNIQUE INDEX odd ON notes.note (text)", "index notes.odd was made by no migration"),
            ("ALTER TABLE notes.note DROP CONSTRAINT note_text_check", "constraint notes.note.note_text_check is missing"),
            ("ALTER TABLE notes.note ADD CONSTRAINT odd CHECK (id > 0)", "constraint notes.note.odd was made by no migration"),
            ("DROP TABLE notes.note", "column notes.note.id is missing"),
            (
                "ALTER TYPE notes.state ADD VALUE 'lost'",
                "enumeration notes.state: expected open, closed, found open, closed, lost"
            ),
            ("ALTER TYPE notes.state RENAME VALUE 'closed' TO 'shut'", "expected open, closed, found open, shut"),
            ("CREATE TYPE notes.colour AS ENUM ('red')", "enumeration notes.colour was made by no migration: red"),
        ])
    func refused(change: String, says: String) async throws {
        let error = try await drifted(change)
        #expect(error?.code == .schemaDrift)
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(error?.mayPass == false)
    }

    @Test("by an index that forbids nothing is served all the same, and the check tells of it")
    func addedIndex() async throws {
        let pool = try await TestDatabase.make().pool()
        _ = try await migrator().migrate(pool)
        try await pool.execute("CREATE INDEX quicker ON notes.note (owner)")
        #expect(try await migrator().migrate(pool) == 0)
        let faults = try await migrator().faults(pool)
        #expect(faults.map(\.kind) == [.unexpected])
        #expect(faults.first?.description.contains("index notes.quicker") == true)
    }

    @Test("is compared with the program's own enumerations: a case that the database lacks is refused, an incoming one is not")
    func enumerations() async throws {
        let pool = try await TestDatabase.make().pool()
        for (stored, fits) in [
            (StoredEnum(State.self, type: "state"), true), (StoredEnum(Longer.self, type: "state"), false),
            (StoredEnum(Shorter.self, type: "state"), false), (StoredEnum(Turned.self, type: "state"), false),
            (StoredEnum(Shorter.self, type: "state", incoming: ["closed"]), true), (StoredEnum(State.self, type: "none"), false),
        ] {
            if fits {
                _ = try await migrator([stored]).migrate(pool)
            } else {
                let error = await #expect(throws: PostgresError.self) { try await migrator([stored]).migrate(pool) }
                #expect(error?.code == .schemaDrift)
                #expect(error?.message.contains("enumeration notes.\(stored.type)") == true)
            }
        }
    }

    @Test("of another major version is compared by names, because the server may put the same in other words")
    func otherVersion() async throws {
        let pool = try await TestDatabase.make().pool()
        _ = try await migrator().migrate(pool)
        try await pool.execute(
            "UPDATE notes.schema_migration SET server_version = 9, catalogue = replace(catalogue, '< 1000', '<= 999')")
        #expect(try await migrator().faults(pool).isEmpty)
        try await pool.execute("DROP INDEX notes.note_open")
        #expect(try await migrator().faults(pool).map(\.kind) == [.missing])
    }

    @Test("before its first migration is missing as a whole")
    func absent() async throws {
        let pool = try await TestDatabase.make().pool()
        #expect(try await migrator().faults(pool).map(\.name) == ["schema notes"])
    }

    @Test("keeps its description readable: what was written is read back")
    func text() {
        let catalogue = Catalogue([
            .init(kind: .index, name: "b", definition: "CREATE  INDEX\n b"),
            .init(kind: .column, name: "a.x", definition: "text"),
        ])
        #expect(catalogue.text == "column\ta.x\ttext\nindex\tb\tCREATE INDEX b")
        #expect(Catalogue(text: catalogue.text).text == catalogue.text)
        #expect(Catalogue(text: "nonsense\nview\ta\tb").entries.isEmpty)
    }
}
