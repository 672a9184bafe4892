import Foundation
import JobQueue
import Logging
import Postgres

/// A queue in a cluster of its own.
struct QueueBench: Sendable {
    let cluster: EmbeddedCluster
    let pool: Pool
    let queue = JobQueue(schema: "bench")
    let folder: URL

    static func start() async throws -> QueueBench {
        let folder = URL(fileURLWithPath: "/tmp/huleedu-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let cluster = try await EmbeddedCluster.start(
            dataDirectory: folder.path, runtimeDirectory: folder.path + "/run", logger: logger)
        var configuration = PoolConfiguration(connectionString: cluster.connectionString, size: 20)
        configuration.statementTimeout = .seconds(120)
        configuration.idleInTransactionTimeout = .zero
        let pool = Pool(configuration, logger: logger)
        let migrator = Migrator(
            line: "bench", schema: "bench", migrations: [JobQueue.migration(version: 1, schema: "bench")], enums: [JobEnd.stored])
        _ = try await migrator.migrate(pool)
        return QueueBench(cluster: cluster, pool: pool, folder: folder)
    }

    func stop() async {
        await pool.close()
        await cluster.stop()
        do { try FileManager.default.removeItem(at: folder) } catch { tell("left behind: \(folder.path)") }
    }

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

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
}

func line(_ name: String, _ ours: [Double], _ theirs: [Double], _ against: String) {
    let ratio = median(theirs) > 0 ? "\(Int((100 * median(ours) / median(theirs)).rounded())) %" : "-"
    func rates(_ values: [Double]) -> String { values.map { String(Int($0)) }.joined(separator: " ") }
    tell(
        "\(name): \(Int(median(ours)))/s, \(against) \(Int(median(theirs)))/s, ratio \(ratio)   [\(rates(ours)) | \(rates(theirs))]"
    )
}

/// Writes a line at once, also where the output is a pipe.
func tell(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
