import Logging
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("Results and queries of every size")
struct ResultTests {
    private func pool(_ database: TestDatabase, _ change: (inout PoolConfiguration) -> Void = { _ in }) -> Pool {
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: 1)
        configuration.statementTimeout = .seconds(60)
        change(&configuration)
        return Pool(configuration, logger: Logger(label: "test"))
    }

    @Test("of many small rows is not refused while it fits, however the bytes arrive")
    func manySmallRowsFit() async throws {
        let pool = pool(try await TestDatabase.make()) { $0.maxResultBytes = 4 << 20 }
        // 30,000 rows of 111 bytes on the wire: 3.3 MB.
        for _ in 0..<3 {
            let rows = try await pool.query("SELECT repeat('x', 100) FROM generate_series(1, 30000)")
            #expect(rows.count == 30_000)
        }
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test("is taken at the limit and refused when its values alone have one byte more")
    func border() async throws {
        let limit = 1 << 20
        let pool = pool(try await TestDatabase.make()) { $0.maxResultBytes = limit }
        // What goes around one value: the headers of its message and the description of its column.
        let fits = try await pool.query("SELECT repeat('x', \(Int32(limit - 200)))")
        #expect(try fits[0].decode(String.self).utf8.count == limit - 200)
        let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT repeat('x', \(Int32(limit + 1)))") }
        #expect(error?.code == .resultTooLarge)
    }

    @Test(
        "beyond the limit is refused, in one value or in many rows",
        arguments: ["SELECT repeat('x', 90000000)", "SELECT repeat('x', 100) FROM generate_series(1, 900000)"])
    func tooLarge(sql: String) async throws {
        let pool = pool(try await TestDatabase.make()) { $0.maxResultBytes = 4 << 20 }
        let error = await #expect(throws: PostgresError.self) { try await pool.query(Query(sql: sql)) }
        #expect(error?.code == .resultTooLarge && error?.outcome == .inDoubt)
        #expect(try await pool.query("SELECT 1")[0].decode(Int.self) == 1)
    }

    @Test("in one round trip may together exceed the limit of each")
    func severalResults() async throws {
        let pool = pool(try await TestDatabase.make()) { $0.maxResultBytes = 4 << 20 }
        try await pool.unitOfWork("several") { unit in
            let answers = (0..<6).map { _ in unit.send("SELECT repeat('x', 2000000)") }
            try await unit.sync()
            for answer in answers { #expect(try answer.rows()[0].decode(String.self).utf8.count == 2_000_000) }
        }
    }

    @Test("A value of 64 MB goes there and back")
    func hugeValue() async throws {
        let pool = pool(try await TestDatabase.make())
        let huge = [UInt8](repeating: 7, count: 64 << 20)
        #expect(try await pool.query("SELECT \(huge)")[0].decode([UInt8].self) == huge)
    }

    @Test("A statement takes 65,535 parameters and not one more")
    func parameterCount() async throws {
        let pool = pool(try await TestDatabase.make())
        func query(_ count: Int) -> Query {
            let list = (1...count).map { "$\($0)" }.joined(separator: ",")
            return Query(sql: "SELECT coalesce(\(list))", parameters: (0..<count).map { Int32($0).parameter })
        }
        // What a SELECT can hold is less than what a statement can be given.
        let wide = Query(
            sql: "SELECT cardinality(ARRAY[" + (1...65_535).map { "$\($0)" }.joined(separator: ",") + "])",
            parameters: (0..<65_535).map { Int32($0).parameter })
        #expect(try await pool.query(wide)[0].decode(Int.self) == 65_535)
        let error = await #expect(throws: PostgresError.self) { try await pool.query(query(65_536)) }
        #expect(error?.code == .invalidQuery && error?.outcome == .notSent && error?.message.contains("65536") == true)
    }

    @Test("A unit of work queues 64 MB of parameters and not one byte more")
    func queuedBytes() async throws {
        let pool = pool(try await TestDatabase.make())
        let all = [UInt8](repeating: 1, count: UnitOfWork.maxQueuedBytes)
        try await pool.unitOfWork("full") { unit in unit.send("SELECT length(\(all))") }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("too full") { unit in
                unit.send("SELECT length(\(all))")
                unit.send("SELECT length(\([UInt8(1)]))")
            }
        }
        #expect(error?.code == .pipelineFull && error?.outcome == .rolledBack)
    }

    @Test("Rows are read by place and by name, with NULL and empty told apart")
    func table() throws {
        let table = ResultTable(
            columns: [.init(name: "a", type: .text), .init(name: "b", type: .text), .init(name: "a", type: .text)], rowCount: 2,
            bytes: Array("xyz".utf8),
            ends: [
                ResultTable.end(at: 1, isNull: false), ResultTable.end(at: 1, isNull: true),
                ResultTable.end(at: 1, isNull: false),
                ResultTable.end(at: 1, isNull: true), ResultTable.end(at: 3, isNull: false), ResultTable.end(at: 3, isNull: true),
            ])
        let (a, b, c) = try table.rows[0].decode(String?.self, String?.self, String?.self)
        #expect(a == "x" && b == nil && c == "")
        let (d, e, f) = try table.rows[1].decode(String?.self, String?.self, String?.self)
        #expect(d == nil && e == "yz" && f == nil)
        #expect(try table.rows[0].decode("a", as: String.self) == "x", "the first of two columns of one name")
    }

    @Test("Rows without columns are counted, and a statement without rows has none")
    func noColumns() async throws {
        let pool = pool(try await TestDatabase.make())
        #expect(try await pool.query("SELECT FROM generate_series(1, 3)").count == 3)
        #expect(try await pool.query("SELECT FROM generate_series(1, 0)").isEmpty)
        let row = try #require(try await pool.query("SELECT FROM generate_series(1, 1)").first)
        #expect(row.columnNames == [])
        #expect(throws: PostgresError.self) { try row.decode(Int64.self) }
        try await pool.execute("CREATE TABLE nothing (number bigint)")
        #expect(try await pool.query("INSERT INTO nothing VALUES (1), (2)").isEmpty)
    }

    @Test("Notices and changed settings of the server disturb nothing")
    func notices() async throws {
        let pool = pool(try await TestDatabase.make())
        try await pool.execute("CREATE TABLE IF NOT EXISTS note ()")
        for level in ["NOTICE", "WARNING", "INFO", "LOG"] {
            try await pool.execute("CREATE TABLE IF NOT EXISTS note ()")
            try await pool.execute("DO $$ BEGIN RAISE \(unescaped: level) 'said'; END $$")
        }
        // Each is told to the client by a message of its own, in the middle of the answers.
        let zones = try await pool.unitOfWork("settings") { unit in
            let zones = ["Asia/Tokyo", "Europe/Stockholm"].map { zone in
                unit.send("SELECT set_config('TimeZone', \(zone), true)")
            }
            unit.send("SELECT set_config('application_name', 'other', true)")
            try await unit.sync()
            return try zones.map { try $0.rows()[0].decode(String.self) }
        }
        #expect(zones == ["Asia/Tokyo", "Europe/Stockholm"])
        // LISTEN makes the server send what nobody asked for.
        try await pool.execute("LISTEN news")
        try await pool.execute("NOTIFY news, 'x'")
        #expect(try await pool.query("SELECT 1")[0].decode(Int.self) == 1)
        #expect(await pool.statistics().connectionsMade == 1)
    }
}
