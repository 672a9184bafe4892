import JobQueue
import Measuring
import Postgres

/// A queue in a cluster of its own.
struct QueueBench: Sendable {
    let cluster: BenchCluster
    let queue = JobQueue(schema: "bench")
    var pool: Pool { cluster.pool }

    static func start() async throws -> QueueBench {
        let cluster = try await BenchCluster.start()
        let migrator = Migrator(
            line: "bench", schema: "bench", migrations: [JobQueue.migration(version: 1, schema: "bench")], enums: [JobEnd.stored])
        _ = try await migrator.migrate(cluster.pool)
        return QueueBench(cluster: cluster)
    }

    func stop() async { await cluster.stop() }

    /// Empties the queue and puts this many jobs into it.
    func fill(_ count: Int) async throws {
        for table in ["job_ready", "job_lease", "job_scheduled"] {
            try await pool.execute("DELETE FROM bench.\(unescaped: table) WHERE kind <> ''")
            try await pool.execute("VACUUM (ANALYZE) bench.\(unescaped: table)")
        }
        try await pool.execute(
            """
            INSERT INTO bench.job_ready SELECT 'grade', 1, nextval('bench.job_id'), 0, 20, false, number::text
            FROM generate_series(1, \(count)) AS number
            """)
        try await pool.execute("CHECKPOINT")
    }

    /// Claims and completes so many jobs in `claimers` tasks, and tells how many a second that made.
    func claimAndComplete(_ jobs: Int, batch: Int, claimers: Int) async throws -> Double {
        let start = ContinuousClock.now
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for claimer in 0..<claimers {
                group.addTask {
                    var lowWater = LowWater()
                    var done = 0
                    for _ in 0..<jobs / claimers / batch {
                        let claimed = try await queue.claim(
                            batch, of: ["grade": batch], by: "claimer \(claimer)", for: .seconds(60), lowWater: &lowWater,
                            on: pool)
                        done += try await queue.complete(claimed, on: pool).count
                    }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        guard done == jobs / claimers / batch * claimers * batch else { throw BenchError("only \(done) jobs were found") }
        return Double(done) / (start.duration(to: .now) / .seconds(1))
    }

    /// Holds a snapshot open while `body` runs, so that the server can remove nothing that was deleted meanwhile.
    func pinning<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await pool.unitOfWork("pin", isolation: .repeatableRead) { unit in
            _ = try await unit.query("SELECT count(*) FROM pg_class")
            return try await body()
        }
    }
}
