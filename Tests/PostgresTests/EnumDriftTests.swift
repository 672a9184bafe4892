import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A program's enumeration, beside the database's type of the same name,")
struct EnumDriftTests {
    private enum State: String, CaseIterable { case open, closed }
    private enum Longer: String, CaseIterable { case open, closed, archived }
    private enum Shorter: String, CaseIterable { case open }
    private enum Turned: String, CaseIterable { case closed, open }

    private static let made = Migration(
        version: 1, name: "states", sql: "CREATE TYPE state AS ENUM ('open', 'closed')")

    private func migrator(_ stored: StoredEnum) -> Migrator {
        Migrator(line: "notes", schema: "notes", migrations: [Self.made], enums: [stored])
    }

    private func fault(_ stored: StoredEnum, _ pool: Pool) async throws -> SchemaFault? {
        let faults = try await migrator(stored).faults(pool)
        #expect(faults.count <= 1)
        guard let fault = faults.first else {
            #expect(try await migrator(stored).migrate(pool) == 0)
            return nil
        }
        let error = await #expect(throws: PostgresError.self) { try await migrator(stored).migrate(pool) }
        #expect(error?.code == .schemaDrift)
        #expect(error?.message.contains(fault.description) == true)
        return fault
    }

    private func database() async throws -> Pool {
        try await TestDatabase.make(
            migrations: [Migrator(line: "notes", schema: "notes", migrations: [Self.made])]
        ).pool(size: 1)
    }

    @Test("is served when cases and values are the same, in the same order")
    func same() async throws {
        #expect(try await fault(StoredEnum(State.self, type: "state"), database()) == nil)
    }

    @Test("is refused when the database lacks a value for a case, and the value and its type are named")
    func missing() async throws {
        let fault = try await fault(StoredEnum(Longer.self, type: "state"), database())
        #expect(fault?.kind == .missing && fault?.name == "value archived of enumeration notes.state")
    }

    @Test("is refused when the database has a value without a case, unless it is declared as incoming")
    func unforeseen() async throws {
        let pool = try await database()
        let fault = try await fault(StoredEnum(Shorter.self, type: "state"), pool)
        #expect(fault?.kind == .unforeseen && fault?.name == "value closed of enumeration notes.state")
        #expect(try await self.fault(StoredEnum(Shorter.self, type: "state", incoming: ["closed"]), pool) == nil)
        #expect(try await self.fault(StoredEnum(Shorter.self, type: "state", incoming: ["lost"]), pool)?.kind == .unforeseen)
    }

    @Test("is refused when the values stand in another order")
    func order() async throws {
        let fault = try await fault(StoredEnum(Turned.self, type: "state"), database())
        #expect(fault?.kind == .different && fault?.name == "order of enumeration notes.state")
        #expect(fault?.expected == "closed, open" && fault?.found == "open, closed")
    }

    @Test("is refused when there is no such type")
    func absent() async throws {
        #expect(try await fault(StoredEnum(State.self, type: "none"), database())?.kind == .missing)
    }

    @Test("is served before the migration that makes an incoming value, and when that is there already")
    func incoming() async throws {
        let stored = StoredEnum(State.self, type: "state", incoming: ["lost"])
        let pool = try await database()
        #expect(try await fault(stored, pool) == nil)
        try await pool.execute("ALTER TYPE notes.state ADD VALUE 'lost' BEFORE 'closed'")
        #expect(try await fault(stored, pool) == nil)
    }

    @Test("does not excuse a value that somebody added by hand, though there is a case for it")
    func byHand() async throws {
        let pool = try await database()
        try await pool.execute("ALTER TYPE notes.state ADD VALUE 'archived'")
        let fault = try await fault(StoredEnum(Longer.self, type: "state"), pool)
        #expect(fault?.kind == .different && fault?.name == "enumeration notes.state")
    }
}
