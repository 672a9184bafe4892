import Postgres
import PostgresTestSupport
import Testing

@Suite("Values travel to the server and back unchanged")
struct ValueTests {
    @Test("Integers at their borders")
    func integers() async throws {
        let pool = try await TestDatabase.make().pool()
        for value in [Int64.min, Int64.min + 1, -1, 0, 1, Int64.max] {
            let rows = try await pool.query("SELECT \(value), \(Int(value))")
            let (a, b) = try rows[0].decode(Int64.self, Int.self)
            #expect(a == value && b == Int(value))
        }
        for value in [Int32.min, -1, 0, Int32.max] {
            #expect(try await pool.query("SELECT \(value)")[0].decode(Int32.self) == value)
        }
        for value in [Int16.min, -1, 0, Int16.max] {
            #expect(try await pool.query("SELECT \(value)")[0].decode(Int16.self) == value)
        }
    }

    @Test("A narrower Swift integer takes what fits and refuses the rest")
    func narrowing() async throws {
        let pool = try await TestDatabase.make().pool()
        #expect(try await pool.query("SELECT 32767::int8")[0].decode(Int16.self) == 32767)
        #expect(try await pool.query("SELECT 7::int2")[0].decode(Int64.self) == 7)
        let row = try await pool.query("SELECT 32768::int8")[0]
        #expect { try row.decode(Int16.self) } throws: { ($0 as? PostgresError)?.code == .decodingFailed }
    }

    @Test("Text, empty, in every script, and NULL")
    func text() async throws {
        let pool = try await TestDatabase.make().pool()
        for value in ["", " ", "åäö", "🧪👩🏽‍🔬", "'; DROP TABLE essay; --", "$1", "\\x00", String(repeating: "x", count: 100_000)] {
            #expect(try await pool.query("SELECT \(value)")[0].decode(String.self) == value)
        }
        let none: String? = nil
        let rows = try await pool.query("SELECT \(none), \(Optional("")), \(none) IS NULL")
        let (null, empty, isNull) = try rows[0].decode(String?.self, String?.self, Bool.self)
        #expect(null == nil && empty == "" && isNull)
    }

    @Test("A NUL in text is refused before it is sent, with its parameter named")
    func nulInText() async throws {
        let pool = try await TestDatabase.make().pool()
        let texts: [Query] = [
            "SELECT \("a\0b"), \(1)", "SELECT \(1), \("\0")", "SELECT \([0, 1] as [UInt8]), \(["a", "b\0"])",
            "SELECT \(1), \(["", nil, "\0"] as [String?])",
        ]
        for (query, number) in zip(texts, [1, 2, 2, 2]) {
            let error = await #expect(throws: PostgresError.self) { _ = try await pool.query(query) }
            #expect(error?.code == .invalidQuery && error?.outcome == .notSent)
            #expect(error?.message.contains("$\(number)") == true, "\(error?.message ?? "")")
        }
        let unit = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("nul") { unit in unit.send("SELECT \(1), \(2), \("\0")") }
        }
        #expect(unit?.code == .invalidQuery && unit?.message.contains("$3") == true)
        let sql = await #expect(throws: PostgresError.self) { _ = try await pool.query(Query(sql: "SELECT 1\0")) }
        #expect(sql?.code == .invalidQuery)
        #expect(await pool.statistics().connectionsMade == 0)
    }

    @Test("Bytes of every value, NUL included")
    func bytes() async throws {
        let pool = try await TestDatabase.make().pool()
        let all = (0...255).map { UInt8($0) }
        for value in [[], [0], [0, 0, 0], all, [UInt8](repeating: 0, count: 1 << 20)] {
            #expect(try await pool.query("SELECT \(value)")[0].decode([UInt8].self) == value)
        }
        #expect(try await pool.query("SELECT \([UInt8]?.none)")[0].decode([UInt8]?.self) == nil)
    }

    @Test("Floating-point numbers keep their bits")
    func doubles() async throws {
        let pool = try await TestDatabase.make().pool()
        let values = [
            0, -0.0, 1.5, .pi, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.leastNormalMagnitude,
        ]
        for value in values {
            #expect(try await pool.query("SELECT \(value)")[0].decode(Double.self).bitPattern == value.bitPattern)
        }
        #expect(try await pool.query("SELECT \(Double.nan)")[0].decode(Double.self).isNaN)
        #expect(try await pool.query("SELECT 0.5::float4")[0].decode(Double.self) == 0.5)
    }

    @Test("Booleans")
    func booleans() async throws {
        let pool = try await TestDatabase.make().pool()
        let (yes, no, none) = try await pool.query("SELECT \(true), \(false), \(Bool?.none)")[0].decode(
            Bool.self, Bool.self, Bool?.self)
        #expect(yes && !no && none == nil)
    }

    @Test("Instants mean the same to both sides")
    func instants() async throws {
        let pool = try await TestDatabase.make().pool()
        let known: [(String, Int64)] = [
            ("1970-01-01 00:00:00Z", 0), ("2000-01-01 00:00:00Z", 946_684_800_000_000),
            ("1969-12-31 23:59:59.999999Z", -1), ("2026-11-23 12:34:56.789012Z", 1_795_437_296_789_012),
        ]
        for (text, microseconds) in known {
            let instant = Timestamp(unixMicroseconds: microseconds)
            let rows = try await pool.query("SELECT \(text)::timestamptz, \(instant), \(instant) = \(text)::timestamptz")
            let (read, echoed, isEqual) = try rows[0].decode(Timestamp.self, Timestamp.self, Bool.self)
            #expect(read == instant && echoed == instant && isEqual)
        }
    }

    @Test("Instants at the borders of the server's range, and beyond")
    func instantBorders() async throws {
        let pool = try await TestDatabase.make().pool()
        for text in ["4713-01-01 00:00:00Z BC", "294246-12-31 23:59:59.999999Z"] {
            let read = try await pool.query("SELECT \(text)::timestamptz")[0].decode(Timestamp.self)
            #expect(try await pool.query("SELECT \(read) = \(text)::timestamptz")[0].decode(Bool.self))
        }
        let latest = Timestamp(unixMicroseconds: .max - 1)
        #expect(try await pool.query("SELECT \(latest)")[0].decode(Timestamp.self) == latest)
        let row = try await pool.query("SELECT '294276-12-31 23:59:59.999999Z'::timestamptz")[0]
        #expect(throws: PostgresError.self) { try row.decode(Timestamp.self) }
        let rows = try await pool.query(
            "SELECT 'infinity'::timestamptz, '-infinity'::timestamptz, \(Timestamp.infinity) = 'infinity'")
        let (most, least, isEqual) = try rows[0].decode(Timestamp.self, Timestamp.self, Bool.self)
        #expect(most == .infinity && least == .negativeInfinity && isEqual)
        let error = await #expect(throws: PostgresError.self) {
            _ = try await pool.query("SELECT \(Timestamp(unixMicroseconds: .min + 1))")
        }
        #expect(error?.sqlState == "22008")
    }

    @Test("Arrays, empty, with NULLs, and of bytes")
    func arrays() async throws {
        let pool = try await TestDatabase.make().pool()
        let integers = [Int64.min, 0, Int64.max]
        let texts = ["", "a,b", "{\"}", "NULL", "åäö"]
        let blobs: [[UInt8]] = [[], [0], [1, 0, 2]]
        let rows = try await pool.query(
            "SELECT \(integers), \([Int]()), \([1.5, .infinity]), \(texts), \(blobs), \([true, false]), \([Int16.min]), \([Int32.max])"
        )
        let (a, b, c, d, e, f, g, h) = try rows[0].decode(
            [Int64].self, [Int].self, [Double].self, [String].self, [[UInt8]].self, [Bool].self, [Int16].self, [Int32].self)
        #expect(a == integers && b == [] && c == [1.5, .infinity] && d == texts && e == blobs)
        #expect(f == [true, false] && g == [.min] && h == [.max])
        let holes: [String?] = ["a", nil, ""]
        let (back, unset) = try await pool.query("SELECT \(holes), \([Int]?.none)")[0].decode([String?].self, [Int]?.self)
        #expect(back == holes && unset == nil)
        let row = try await pool.query("SELECT \(holes)")[0]
        #expect(throws: PostgresError.self) { try row.decode([String].self) }
        #expect(try await pool.query("SELECT unnest(\(texts))").map { try $0.decode(String.self) } == texts)
        #expect(try await pool.query("SELECT 7 = ANY(\([5, 6, 7]))")[0].decode(Bool.self))
    }

    @Test("Enums, JSON, UUIDs and names are read as text")
    func textLike() async throws {
        let pool = try await TestDatabase.make().pool()
        try await pool.execute("CREATE TYPE mood AS ENUM ('glad', 'sad')")
        let rows = try await pool.query(
            """
            SELECT \("sad")::mood, '{"a":1}'::jsonb, '[]'::json, '00112233-4455-6677-8899-aabbccddeeff'::uuid, 'x'::name, 'y'::varchar(3),
                   ARRAY['glad', 'sad']::mood[]
            """)
        let (mood, jsonb, json, uuid, name, varchar, moods) = try rows[0].decode(
            String.self, String.self, String.self, String.self, String.self, String.self, [String].self)
        #expect(mood == "sad" && jsonb == #"{"a": 1}"# && json == "[]" && name == "x" && varchar == "y")
        #expect(uuid == "00112233-4455-6677-8899-aabbccddeeff" && moods == ["glad", "sad"])
    }

    @Test("What a type cannot represent is an error that names the column")
    func mismatches() async throws {
        let pool = try await TestDatabase.make().pool()
        let row = try await pool.query("SELECT 1::int8 AS number, NULL::text AS empty, 1.5::numeric AS exact")[0]
        func message(_ body: () throws -> Void) -> String? {
            do {
                try body()
                return nil
            } catch {
                return (error as? PostgresError)?.message
            }
        }
        #expect(message { _ = try row.decode("number", as: String.self) }?.contains("number") == true)
        #expect(message { _ = try row.decode("empty", as: String.self) }?.contains("NULL") == true)
        #expect(message { _ = try row.decode("exact", as: Double.self) }?.contains("exact") == true)
        #expect(message { _ = try row.decode("absent", as: Int.self) }?.contains("absent") == true)
        #expect(message { _ = try row.decode(Int.self, String?.self, String?.self, Int.self) } != nil)
        #expect(try row.decode("number", as: Int?.self) == 1)
    }
}
