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

    /// Claims and completes so many jobs in `claimers` tasks, and tells what a job came to.
    func claimAndComplete(_ jobs: Int, batch: Int, claimers: Int) async throws -> Round {
        let batches = jobs / claimers / batch
        return try await Round.measure(batches * claimers * batch) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for claimer in 0..<claimers {
                    group.addTask(executorPreference: Pool.taskExecutor) {
                        try await claimAndComplete(batches, of: batch, by: "claimer \(claimer)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func claimAndComplete(_ batches: Int, of batch: Int, by worker: String) async throws {
        var lowWater = LowWater()
        for _ in 0..<batches {
            let claimed = try await queue.claim(
                batch, of: ["grade": batch], by: worker, for: .seconds(60), lowWater: &lowWater, on: pool)
            let done = try await queue.complete(claimed, on: pool)
            guard done.count == batch else { throw BenchError("only \(done.count) of \(batch) jobs were found") }
        }
    }

    /// Holds a snapshot open while `body` runs, so that the server can remove nothing that was deleted meanwhile.
    func pinning<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await pool.unitOfWork("pin", isolation: .repeatableRead) { unit in
            _ = try await unit.query("SELECT count(*) FROM pg_class")
            return try await body()
        }
    }
}
