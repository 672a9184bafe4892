import Postgres
import PostgresTestSupport
import Testing

@Suite("A unit of work")
struct UnitOfWorkTests {
    private func database() async throws -> (TestDatabase, Pool) {
        let database = try await TestDatabase.make()
        let pool = database.pool()
        try await pool.execute("CREATE TABLE item (id int8 PRIMARY KEY, amount int8 NOT NULL)")
        try await pool.execute("INSERT INTO item VALUES (1, 10), (2, 20)")
        return (database, pool)
    }

    @Test("that reads, decides and writes takes two round trips")
    func twoRoundTrips() async throws {
        let (_, pool) = try await database()
        let before = await pool.statistics()
        let decided = try await pool.unitOfWork("transfer") { unit in
            let rows = try await unit.query("SELECT amount FROM item WHERE id = 1 FOR UPDATE")
            let amount = try rows[0].decode(Int.self)
            unit.send("UPDATE item SET amount = \(amount - 5) WHERE id = 1")
            unit.send("UPDATE item SET amount = amount + 5 WHERE id = 2")
            return amount
        }
        let after = await pool.statistics()
        #expect(decided == 10)
        #expect(after.roundTrips - before.roundTrips == 2)
        #expect(after.connectionsMade == before.connectionsMade)
        let amounts = try await pool.query("SELECT amount FROM item ORDER BY id").map { try $0.decode(Int.self) }
        #expect(amounts == [5, 25])
    }

    @Test("that only queues takes one round trip, and one that does nothing none")
    func oneRoundTrip() async throws {
        let (_, pool) = try await database()
        let before = await pool.statistics().roundTrips
        try await pool.unitOfWork("write") { unit in
            unit.send("UPDATE item SET amount = 0")
            unit.send("DELETE FROM item WHERE id = 2")
        }
        #expect(await pool.statistics().roundTrips - before == 1)
        try await pool.unitOfWork("nothing") { _ in }
        #expect(await pool.statistics().roundTrips - before == 1)
        #expect(try await pool.query("SELECT sum(amount)::int8, count(*) FROM item")[0].decode(Int.self, Int.self) == (0, 1))
    }

    @Test("gives each queued statement its own answer")
    func pendingAnswers() async throws {
        let (_, pool) = try await database()
        try await pool.unitOfWork("mixed") { unit in
            let read = unit.send("SELECT id FROM item ORDER BY id")
            let written = unit.send("UPDATE item SET amount = amount + 1")
            let none = unit.send("DELETE FROM item WHERE id = 99")
            #expect(throws: PostgresError.self) { try read.rows() }
            try await unit.sync()
            #expect(try read.rows().map { try $0.decode(Int.self) } == [1, 2])
            #expect(try written.rowCount == 2 && none.rowCount == 0)
        }
    }

    @Test("that throws leaves nothing and rethrows")
    func bodyThrows() async throws {
        struct Refusal: Error {}
        let (_, pool) = try await database()
        await #expect(throws: Refusal.self) {
            try await pool.unitOfWork("refused") { unit in
                try await unit.execute("DELETE FROM item")
                throw Refusal()
            }
        }
        #expect(try await pool.query("SELECT count(*) FROM item")[0].decode(Int.self) == 2)
    }

    @Test("whose statement failed cannot be committed, even if its body swallows the error")
    func swallowedError() async throws {
        let (_, pool) = try await database()
        let error = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("swallowed") { unit in
                unit.send("UPDATE item SET amount = 0")
                do {
                    try await unit.execute("INSERT INTO item VALUES (1, 1)")
                } catch {
                    // Swallowed on purpose.
                }
                unit.send("DELETE FROM item")
            }
        }
        #expect(error?.code == .uniqueViolation && error?.constraint == "item_pkey" && error?.outcome == .rolledBack)
        #expect(try await pool.query("SELECT sum(amount)::int8 FROM item")[0].decode(Int.self) == 30)
    }

    @Test("inside a unit is independent of the outer one")
    func nested() async throws {
        let (_, pool) = try await database()
        let error = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("outer") { outer in
                try await outer.execute("UPDATE item SET amount = 0 WHERE id = 1")
                try await pool.unitOfWork("inner") { inner in
                    inner.send("UPDATE item SET amount = 0 WHERE id = 2")
                }
                try await outer.execute("SELECT 1/0")
            }
        }
        #expect(error?.sqlState == "22012")
        let amounts = try await pool.query("SELECT amount FROM item ORDER BY id").map { try $0.decode(Int.self) }
        #expect(amounts == [10, 0])
    }

    @Test("reruns after a real serialization failure and both units take effect")
    func serializationFailure() async throws {
        let (_, pool) = try await database()
        let gate = Gate()
        let runs = Runs()
        // Each reads what the other writes; the gate makes both read before either writes, in their first run.
        @Sendable func swap(_ mine: Int, _ other: Int) async throws {
            try await pool.unitOfWork("swap", isolation: .serializable) { unit in
                let rows = try await unit.query("SELECT amount FROM item WHERE id = \(other)")
                let amount = try rows[0].decode(Int.self)
                if await runs.next(mine) == 1 { await gate.meet(2) }
                unit.send("UPDATE item SET amount = \(amount + 1) WHERE id = \(mine)")
            }
        }
        async let first: Void = swap(1, 2)
        async let second: Void = swap(2, 1)
        _ = try await (first, second)
        #expect(await runs.total == 3)
        #expect(await pool.statistics().reruns == 1)
        let amounts = try await pool.query("SELECT amount FROM item ORDER BY id").map { try $0.decode(Int.self) }
        // One after the other, in either order.
        #expect(amounts == [21, 22] || amounts == [12, 11])
    }

    @Test("reruns after a real deadlock and both units take effect")
    func deadlock() async throws {
        let (_, pool) = try await database()
        let gate = Gate()
        let runs = Runs()
        @Sendable func lock(_ first: Int, _ second: Int) async throws {
            try await pool.unitOfWork("lock") { unit in
                try await unit.execute("SET LOCAL deadlock_timeout = '50ms'")
                try await unit.execute("UPDATE item SET amount = amount + 1 WHERE id = \(first)")
                if await runs.next(first) == 1 { await gate.meet(2) }
                try await unit.execute("UPDATE item SET amount = amount + 1 WHERE id = \(second)")
            }
        }
        async let first: Void = lock(1, 2)
        async let second: Void = lock(2, 1)
        _ = try await (first, second)
        #expect(await runs.total >= 3)
        let amounts = try await pool.query("SELECT amount FROM item ORDER BY id").map { try $0.decode(Int.self) }
        #expect(amounts == [12, 22])
    }

    @Test("gives up after as many conflicts as the policy allows")
    func rerunLimit() async throws {
        let (_, pool) = try await database()
        let runs = Runs()
        let error = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("hopeless") { unit in
                _ = await runs.next(0)
                try await unit.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
            }
        }
        #expect(error?.code == .serializationFailure)
        #expect(await runs.total == 8)
    }

    @Test("whose deferred constraint fails at COMMIT is rolled back, and says so")
    func deferredConstraint() async throws {
        let (_, pool) = try await database()
        try await pool.execute("CREATE TABLE part (item int8 REFERENCES item DEFERRABLE INITIALLY DEFERRED)")
        let error = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("deferred") { unit in unit.send("INSERT INTO part VALUES (99)") }
        }
        #expect(error?.code == .constraintViolation && error?.constraint == "part_item_fkey" && error?.outcome == .rolledBack)
        let alone = await #expect(throws: PostgresError.self) { try await pool.execute("INSERT INTO part VALUES (98)") }
        #expect(alone?.constraint == "part_item_fkey" && alone?.outcome == .rolledBack)
        #expect(try await pool.query("SELECT count(*) FROM part")[0].decode(Int.self) == 0)
    }

    @Test("cannot be used after its end")
    func afterEnd() async throws {
        let (_, pool) = try await database()
        var kept: UnitOfWork?
        try await pool.unitOfWork("kept") { unit in
            try await unit.execute("UPDATE item SET amount = 1")
            kept = unit
        }
        let unit = try #require(kept)
        let error = await #expect(throws: PostgresError.self) { try await unit.execute("DELETE FROM item") }
        #expect(error?.code == .unitOfWorkEnded)
        #expect(try await pool.query("SELECT count(*) FROM item")[0].decode(Int.self) == 2)
    }

    @Test("refuses one statement more than a pipeline holds")
    func pipelineLimit() async throws {
        let (_, pool) = try await database()
        try await pool.unitOfWork("full") { unit in
            for _ in 0..<UnitOfWork.maxQueuedStatements { unit.send("UPDATE item SET amount = 1 WHERE id = 1") }
        }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("too full") { unit in
                for _ in 0...UnitOfWork.maxQueuedStatements { unit.send("DELETE FROM item") }
            }
        }
        #expect(error?.code == .pipelineFull)
        #expect(try await pool.query("SELECT count(*) FROM item")[0].decode(Int.self) == 2)
    }
}
