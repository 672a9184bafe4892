import Glibc
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A server that goes down and comes back", .serialized)
struct ServerRestartTests {
    /// No connection is lent out any more, and nobody waits.
    private func expectAllHome(_ pool: Pool) async throws {
        try await eventually(within: .seconds(8)) {
            let statistics = await pool.statistics()
            return statistics.idle == statistics.connections && statistics.waiting == 0
        }
    }

    @Test("gives the pool good connections again, whatever ended it", arguments: [SIGKILL, SIGQUIT, SIGINT])
    func comesBack(signal: Int32) async throws {
        let cluster = try await ClusterFixture().start { $0.isDurable = true }
        let pool = cluster.pool()
        try await pool.execute("CREATE TABLE note (id int8 PRIMARY KEY)")
        for round in 1...2 {
            let process = try #require(cluster.processNumber)
            kill(process, signal)
            // A statement alone that was under way is in doubt and told so; asked again it is answered.
            try await eventually {
                do {
                    _ = try await pool.query("SELECT 1")
                    return cluster.processNumber != nil && cluster.processNumber != process
                } catch let error as PostgresError {
                    #expect(
                        [.connectionLost, .connectionFailed, .acquireTimedOut].contains(error.code), "\(error)")
                    return false
                }
            }
            try await pool.execute("INSERT INTO note VALUES (\(round))")
        }
        #expect(try await pool.query("SELECT count(*) FROM note")[0].decode(Int.self) == 2)
        try await expectAllHome(pool)
        await pool.close()
        await cluster.stop()
    }

    @Test("makes a unit of work in its middle run again, and keeps what was committed")
    func unitRunsAgain() async throws {
        let cluster = try await ClusterFixture().start { $0.isDurable = true }
        let pool = cluster.pool()
        try await pool.execute("CREATE TABLE note (id int8 PRIMARY KEY)")
        let runs = Runs()
        try await pool.unitOfWork("killed") { unit in
            try await unit.execute("INSERT INTO note VALUES (1)")
            if await runs.next(0) == 1 {
                let process = try #require(cluster.processNumber)
                kill(process, SIGKILL)
                try await eventually { cluster.processNumber != process }
            }
            try await unit.execute("INSERT INTO note VALUES (2)")
        }
        #expect(await runs.total >= 2)
        #expect(try await pool.query("SELECT count(*) FROM note")[0].decode(Int.self) == 2)
        try await expectAllHome(pool)
        await pool.close()
        await cluster.stop()
    }

    @Test("killed again and again under load loses nothing that was acknowledged")
    func underLoad() async throws {
        let cluster = try await ClusterFixture().start { $0.isDurable = true }
        let pool = cluster.pool(size: 4)
        try await pool.execute("CREATE TABLE tally (id int8 PRIMARY KEY)")
        let kills = 3
        let acknowledged = try await withThrowingTaskGroup(of: [Int].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var acknowledged: [Int] = []
                    var id = worker * 1_000_000
                    while await !Self.isOver.value {
                        id += 1
                        do {
                            try await pool.unitOfWork("tally") { [id] unit in
                                _ = try await unit.query("SELECT 1")
                                unit.send("INSERT INTO tally VALUES (\(id)) ON CONFLICT DO NOTHING")
                            }
                            acknowledged.append(id)
                        } catch let error as PostgresError
                            where error.outcome == .inDoubt || error.code == .connectionLost || error.code == .acquireTimedOut
                        {
                            // Told that it failed or may have: not acknowledged.
                        }
                    }
                    return acknowledged
                }
            }
            group.addTask {
                let watcher = cluster.pool(size: 1)
                for kills in 1...kills {
                    // A moment is a number of rows, and no clock.
                    try await eventually {
                        let rows = try? await watcher.query("SELECT count(*) FROM tally")
                        return try rows?[0].decode(Int.self) ?? 0 > kills * 40
                    }
                    let process = try #require(cluster.processNumber)
                    kill(process, SIGKILL)
                    try await eventually { cluster.processNumber != nil && cluster.processNumber != process }
                }
                await Self.isOver.set()
                return []
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let stored = Set(try await pool.query("SELECT id FROM tally").map { try $0.decode(Int.self) })
        #expect(Set(acknowledged).isSubset(of: stored) && acknowledged.count >= kills * 40)
        try await expectAllHome(pool)
        await pool.close()
        await cluster.stop()
    }

    private static let isOver = Flag()
}

private actor Flag {
    private(set) var value = false
    func set() { value = true }
}
