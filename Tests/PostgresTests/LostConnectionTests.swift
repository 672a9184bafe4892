import Logging
import Postgres
import PostgresTestSupport
import Testing

@Suite("A connection that is lost")
struct LostConnectionTests {
    private struct Fixture {
        let pool: Pool
        let direct: Pool
        let proxy: CuttingProxy
    }

    private func fixture(_ change: (inout PoolConfiguration) -> Void = { _ in }) async throws -> Fixture {
        let database = try await TestDatabase.make()
        let direct = database.pool()
        try await direct.execute("CREATE TABLE note (id int8 PRIMARY KEY)")
        let cluster = try await TestCluster.shared.running()
        let proxy = CuttingProxy(target: cluster.runtimeDirectory + "/.s.PGSQL.5432")
        var configuration = PoolConfiguration(connectionString: proxy.connectionString(database: database), size: 2)
        configuration.preparedStatementCapacity = 0
        change(&configuration)
        return Fixture(pool: Pool(configuration, logger: Logger(label: "test")), direct: direct, proxy: proxy)
    }

    @Test("The proxy sees as many round trips as the unit promises")
    func roundTripsOnTheWire() async throws {
        let fixture = try await fixture { $0.preparedStatementCapacity = 256 }
        _ = try await fixture.pool.query("SELECT 1")
        for run in 1...3 {
            let before = fixture.proxy.syncs
            try await fixture.pool.unitOfWork("read and write") { unit in
                let rows = try await unit.query("SELECT count(*) FROM note")
                let count = try rows[0].decode(Int.self)
                unit.send("INSERT INTO note VALUES (\(count + 1))")
                unit.send("DELETE FROM note WHERE id > \(count + 1)")
            }
            #expect(fixture.proxy.syncs - before == 2, "run \(run)")
        }
    }

    @Test("after COMMIT was carried out leaves the unit in doubt, once")
    func commitAnswered() async throws {
        let fixture = try await fixture()
        fixture.proxy.setCut(.afterCommitIsAnswered)
        let runs = Runs()
        let error = await #expect(throws: PostgresError.self) {
            try await fixture.pool.unitOfWork("doubtful") { unit in
                _ = await runs.next(0)
                unit.send("INSERT INTO note VALUES (1)")
            }
        }
        #expect(error?.outcome == .inDoubt && error?.code == .connectionLost)
        #expect(await runs.total == 1)
        #expect(try await fixture.direct.query("SELECT count(*) FROM note")[0].decode(Int.self) == 1)
        fixture.proxy.setCut(.never)
        try await fixture.pool.execute("INSERT INTO note VALUES (2)")
    }

    @Test("before COMMIT arrived leaves the unit in doubt just the same, as nobody here can know")
    func commitNeverArrived() async throws {
        let fixture = try await fixture()
        fixture.proxy.setCut(.beforeCommitArrives)
        let error = await #expect(throws: PostgresError.self) {
            try await fixture.pool.unitOfWork("doubtful") { unit in
                try await unit.execute("INSERT INTO note VALUES (1)")
            }
        }
        #expect(error?.outcome == .inDoubt)
        #expect(try await fixture.direct.query("SELECT count(*) FROM note")[0].decode(Int.self) == 0)
    }

    @Test("many times around COMMIT never makes an effect happen twice when the unit checks for its own")
    func manyDoubts() async throws {
        let fixture = try await fixture()
        for id in 1...60 {
            fixture.proxy.setCut(id % 3 == 0 ? .afterCommitIsAnswered : id % 3 == 1 ? .beforeCommitArrives : .never)
            // As a consumer does it: what is in doubt is tried again, and the key tells whether it had happened.
            for _ in 0..<3 {
                do {
                    try await fixture.pool.unitOfWork("note") { unit in
                        unit.send("INSERT INTO note VALUES (\(id)) ON CONFLICT DO NOTHING")
                    }
                    break
                } catch let error as PostgresError where error.outcome == .inDoubt {
                    fixture.proxy.setCut(.never)
                }
            }
        }
        #expect(fixture.proxy.cuts == 40)
        let (count, most) = try await fixture.direct.query("SELECT count(*), max(id) FROM note")[0].decode(Int.self, Int.self)
        #expect(count == 60 && most == 60)
        #expect(await fixture.pool.statistics().connections <= 2)
    }

    @Test("through the server's silence is noticed, and costs the pool no place")
    func silence() async throws {
        let fixture = try await fixture { configuration in
            configuration.statementTimeout = .milliseconds(100)
            configuration.silenceAllowance = .milliseconds(100)
            configuration.rerunPolicy.maxTries = 1
        }
        _ = try await fixture.pool.query("SELECT 1")
        fixture.proxy.setCut(.silence)
        let alone = await #expect(throws: PostgresError.self) { try await fixture.pool.execute("INSERT INTO note VALUES (1)") }
        #expect(alone?.code == .connectionLost && alone?.outcome == .inDoubt)
        fixture.proxy.setCut(.never)
        let unit = await #expect(throws: PostgresError.self) {
            try await fixture.pool.unitOfWork("silenced") { unit in
                _ = try await unit.query("SELECT 1")
                fixture.proxy.setCut(.silence)
                _ = try await unit.query("SELECT 2")
            }
        }
        #expect(unit?.code == .connectionLost && unit?.outcome == .rolledBack)
        fixture.proxy.setCut(.never)
        async let one = fixture.pool.query("SELECT pg_sleep(0.01)")
        async let two = fixture.pool.query("SELECT pg_sleep(0.01)")
        _ = try await (one, two)
    }

    @Test("while idle is replaced before anyone notices")
    func terminatedWhileIdle() async throws {
        let database = try await TestDatabase.make()
        let pool = database.pool(size: 1)
        let killer = database.pool(size: 1)
        for _ in 0..<20 {
            let process = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int.self)
            let made = await pool.statistics().connectionsMade
            #expect(try await killer.query("SELECT pg_terminate_backend(\(Int32(process)))")[0].decode(Bool.self))
            try await eventually { await pool.statistics().connections == 0 }
            #expect(try await pool.query("SELECT 1")[0].decode(Int.self) == 1)
            #expect(await pool.statistics().connectionsMade == made + 1)
        }
    }

    @Test("in the middle of a unit makes the unit run again, on another connection")
    func terminatedInUnit() async throws {
        let database = try await TestDatabase.make()
        let pool = database.pool(size: 2)
        let killer = database.pool(size: 1)
        let runs = Runs()
        let processes = try await pool.unitOfWork("terminated") { unit in
            let process = try await unit.query("SELECT pg_backend_pid()")[0].decode(Int.self)
            if await runs.next(0) == 1 {
                _ = try await killer.query("SELECT pg_terminate_backend(\(Int32(process)))")
            }
            let again = try await unit.query("SELECT pg_backend_pid()")[0].decode(Int.self)
            return [process, again]
        }
        #expect(processes[0] == processes[1])
        #expect(await runs.total == 2)
    }

    @Test("because its transaction lay idle says so, and is not repeated for ever")
    func idleInTransaction() async throws {
        let database = try await TestDatabase.make()
        var configuration = PoolConfiguration(connectionString: database.connectionString, size: 1)
        configuration.idleInTransactionTimeout = .milliseconds(50)
        let pool = Pool(configuration, logger: Logger(label: "test"))
        let runs = Runs()
        let error = await #expect(throws: PostgresError.self) {
            try await pool.unitOfWork("slow") { unit in
                _ = await runs.next(0)
                _ = try await unit.query("SELECT 1")
                try await eventually { try await killedByServer(database) }
                _ = try await unit.query("SELECT 2")
            }
        }
        #expect(error?.sqlState == .idleInTransactionTimeout && error?.code == .connectionLost && error?.outcome == .rolledBack)
        let total = await runs.total
        #expect(total == 3)
    }

    /// True once no other session is left in the database.
    private func killedByServer(_ database: TestDatabase) async throws -> Bool {
        let pool = database.pool(size: 1)
        let others = try await pool.query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        await pool.close()
        return try others[0].decode(Int.self) == 0
    }

    @Test("again and again, under load, loses nothing that was acknowledged")
    func terminationStorm() async throws {
        let database = try await TestDatabase.make()
        let pool = database.pool(size: 4)
        let killer = database.pool(size: 1)
        try await killer.execute("CREATE TABLE tally (id int8 PRIMARY KEY)")
        let counts = try await withThrowingTaskGroup(of: (acknowledged: [Int], doubtful: [Int]).self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var acknowledged: [Int] = []
                    var doubtful: [Int] = []
                    for step in 0..<60 {
                        let id = worker * 1000 + step
                        do {
                            try await pool.unitOfWork("tally") { unit in
                                _ = try await unit.query("SELECT count(*) FROM tally WHERE id = \(id)")
                                unit.send("INSERT INTO tally VALUES (\(id))")
                            }
                            acknowledged.append(id)
                        } catch let error as PostgresError where error.outcome == .inDoubt {
                            doubtful.append(id)
                        } catch let error as PostgresError where error.code == .connectionLost && error.outcome == .rolledBack {
                            // As often as the policy allows; certainly not stored.
                        }
                    }
                    return (acknowledged, doubtful)
                }
            }
            group.addTask {
                for _ in 0..<40 {
                    _ = try await killer.query(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5
                        """)
                    // Lets some work through between two rounds of killing; how much does not matter.
                    try await Task.sleep(for: .milliseconds(10))
                }
                return ([], [])
            }
            return try await group.reduce(into: (acknowledged: [Int](), doubtful: [Int]())) { total, part in
                total.acknowledged += part.acknowledged
                total.doubtful += part.doubtful
            }
        }
        let stored = Set(try await killer.query("SELECT id FROM tally").map { try $0.decode(Int.self) })
        #expect(Set(counts.acknowledged).isSubset(of: stored))
        #expect(stored.isSubset(of: Set(counts.acknowledged + counts.doubtful)))
        try await eventually { await pool.statistics().waiting == 0 }
        _ = try await pool.query("SELECT 1")
    }
}
