import Logging
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("Prepared statements")
struct PreparedStatementTests {
    private func pool(_ database: TestDatabase, capacity: Int) -> Pool {
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: 1)
        configuration.preparedStatementCapacity = capacity
        return Pool(configuration, logger: Logger(label: "test"))
    }

    /// How many statements the server has prepared, this question aside.
    private func prepared(_ pool: Pool) async throws -> Int {
        let question: Query = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS ' || 'marked%'"
        return try await pool.query(question)[0].decode(Int.self)
    }

    private func run(_ number: Int, _ pool: Pool) async throws {
        let rows = try await pool.query(Query(sql: "SELECT \(number) AS marked"))
        #expect(try rows[0].decode(Int.self) == number)
    }

    @Test("are kept up to the limit, and the least recently used is closed on the server")
    func limit() async throws {
        let pool = pool(try await TestDatabase.make(), capacity: 4)
        for number in 1...3 { try await run(number, pool) }
        // The question itself takes the fourth place.
        #expect(try await prepared(pool) == 3)
        for number in 4...20 { try await run(number, pool) }
        #expect(try await prepared(pool) <= 4)
        for number in 1...20 { try await run(number, pool) }
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test("are not used at all with a limit of zero")
    func none() async throws {
        let pool = pool(try await TestDatabase.make(), capacity: 0)
        for number in 1...3 { try await run(number, pool) }
        #expect(try await prepared(pool) == 0)
    }

    @Test("of one batch may be more than the limit")
    func wideBatch() async throws {
        let pool = pool(try await TestDatabase.make(), capacity: 2)
        for _ in 0..<3 {
            try await pool.unitOfWork("wide") { unit in
                let answers = (1...10).map { unit.send(Query(sql: "SELECT \($0) AS marked")) }
                try await unit.sync()
                #expect(try answers.map { try $0.rows()[0].decode(Int.self) } == Array(1...10))
            }
        }
        #expect(try await prepared(pool) <= 2)
    }

    @Test("whose table changed are prepared anew, alone and in a unit of work")
    func outdated() async throws {
        let database = try await TestDatabase.make()
        let pool = pool(database, capacity: 16)
        let other = database.pool(size: 1)
        try await other.execute("CREATE TABLE note (id int8)")
        try await other.execute("INSERT INTO note VALUES (1)")
        #expect(try await pool.query("SELECT * FROM note")[0].columnNames == ["id"])
        try await other.execute("ALTER TABLE note ADD text text")
        #expect(try await pool.query("SELECT * FROM note")[0].columnNames == ["id", "text"])
        try await other.execute("ALTER TABLE note ADD more text")
        let names = try await pool.unitOfWork("read") { try await $0.query("SELECT * FROM note")[0].columnNames }
        #expect(names == ["id", "text", "more"])
        #expect(await pool.statistics().reruns == 1)
    }

    @Test("that somebody closed are prepared anew")
    func discarded() async throws {
        let pool = pool(try await TestDatabase.make(), capacity: 16)
        for _ in 0..<3 {
            try await run(1, pool)
            try await pool.execute("DEALLOCATE ALL")
            try await run(1, pool)
        }
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test(
        "that are closed share no transaction with what is run: not with statements that must be alone in theirs",
        arguments: [1, 2, 3])
    func alone(capacity: Int) async throws {
        let pool = pool(try await TestDatabase.make(), capacity: capacity)
        for number in 1...6 { try await pool.execute("CREATE TABLE note\(unescaped: "\(number)") (id int8)") }
        for number in 1...6 {
            try await run(number, pool)
            try await run(number + 100, pool)
            try await pool.execute("VACUUM note\(unescaped: "\(number)")")
        }
        let name = "alone_\(UInt64.random(in: 0 ... .max))"
        try await pool.execute("CREATE DATABASE \(unescaped: name)")
        try await pool.execute("DROP DATABASE \(unescaped: name)")
        #expect(try await prepared(pool) <= capacity)
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test("that somebody closed before they were to be have nothing run twice or left out")
    func closedByAnother() async throws {
        let pool = pool(try await TestDatabase.make(), capacity: 3)
        try await pool.execute("CREATE TABLE note (id int8)")
        for number in 1...20 {
            try await run(number, pool)
            try await run(number + 100, pool)
            if number.isMultiple(of: 3) { try await pool.execute("DEALLOCATE ALL") }
            try await pool.execute(Query(sql: "INSERT INTO note VALUES (\(number))"))
            try await pool.unitOfWork("write") { $0.send(Query(sql: "INSERT INTO note VALUES (\(number + 1000))")) }
        }
        let (count, distinct) = try await pool.query("SELECT count(*), count(DISTINCT id) FROM note")[0].decode(
            Int.self, Int.self)
        #expect(count == 40 && distinct == 40)
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test("are told apart by the types of their parameters")
    func types() async throws {
        let pool = pool(try await TestDatabase.make(), capacity: 16)
        #expect(try await pool.query("SELECT \(1) AS marked")[0].decode(Int.self) == 1)
        #expect(try await pool.query("SELECT \("one") AS marked")[0].decode(String.self) == "one")
        #expect(try await prepared(pool) == 2)
    }

    @Test("that failed to prepare are forgotten")
    func failed() async throws {
        let pool = pool(try await TestDatabase.make(), capacity: 2)
        for _ in 0..<5 {
            await #expect(throws: PostgresError.self) { try await pool.query("SELECT absent AS marked") }
        }
        #expect(try await prepared(pool) == 0)
        try await pool.execute("CREATE TABLE late (absent int8)")
        _ = try await pool.query("SELECT absent AS marked FROM late")
    }

    @Test("plan: reuse, prepare, evict only what the server is known to have")
    func plan() {
        var statements = PreparedStatements(capacity: 2)
        #expect(statements.plan(for: "A") == .prepare(name: "s1"))
        #expect(statements.plan(for: "B") == .prepare(name: "s2"))
        #expect(statements.plan(for: "C") == .unnamed, "nothing is confirmed yet")
        #expect(statements.plan(for: "A") == .reuse(name: "s1"))
        statements.settle(prepared: ["s1"], deallocated: [], staleness: nil)
        #expect(statements.count == 1, "what the server skipped is forgotten")
        #expect(statements.plan(for: "B") == .prepare(name: "s3"))
        statements.settle(prepared: ["s3"], deallocated: [], staleness: nil)
        #expect(statements.plan(for: "A") == .reuse(name: "s1"))
        #expect(statements.plan(for: "C") == .prepare(name: "s4"))
        #expect(statements.evictedNames == ["s3"], "B was used before A")
        statements.settle(prepared: ["s4"], deallocated: ["s3"], staleness: nil)
        #expect(statements.evictedNames == [])
        statements.settle(prepared: [], deallocated: [], staleness: .one(name: "s4"))
        #expect(statements.evictedNames == ["s4"] && statements.count == 1)
        statements.settle(prepared: [], deallocated: [], staleness: .all)
        #expect(statements.evictedNames == [] && statements.count == 0)
    }
}
