import Foundation
import Logging
import Postgres

extension QueueBench {
    /// Jobs a second that pgbench makes of the same tables.
    ///
    /// - Returns: nil where there is no pgbench.
    func rawClaimAndComplete(_ jobs: Int, batch: Int, clients: Int) throws -> Double? {
        let script = folder.appendingPathComponent("raw-\(batch).sql")
        try rawScript(batch).write(to: script, atomically: true, encoding: .utf8)
        guard
            let output = try run(
                [
                    "pgbench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "1", "-t", "\(jobs / clients / batch)", "-D",
                    "low=0",
                    "-f", script.path, cluster.connectionString,
                ])
        else { return nil }
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
        else { throw BenchError("pgbench: \(output)") }
        return rate * Double(batch)
    }

    /// What somebody would write by hand for one kind and one priority.
    private func rawScript(_ batch: Int) -> String {
        """
        WITH taken AS (
            DELETE FROM bench.job_ready WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM bench.job_ready WHERE kind = 'grade' AND priority = 1 AND id > :low
                ORDER BY id LIMIT \(batch) FOR UPDATE SKIP LOCKED))
            RETURNING kind, priority, id, attempt, max_attempts, is_unique, subject),
        leased AS (
            INSERT INTO bench.job_lease (id, epoch, lease_until, attempt, max_attempts, priority, is_unique, worker, kind, subject)
            SELECT id, nextval('bench.job_epoch'), clock_timestamp() + interval '60 s', attempt + 1, max_attempts, priority, is_unique,
                'raw', kind, subject
            FROM taken
            RETURNING id, epoch)
        SELECT array_agg(id) AS ids, array_agg(epoch) AS epochs, coalesce(max(id) - 100, 0) AS low FROM leased \\gset
        DELETE FROM bench.job_lease WHERE id = ANY (:ids::bigint[]) AND epoch = ANY (:epochs::bigint[]);

        """
    }

    private func run(_ command: [String]) throws -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // What env says when there is no such program.
        guard process.terminationStatus != 127 else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Pool {
    var benchLogger: Logger { Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }
}
