import Foundation
import Glibc
public import Logging
import Postgres

/// Lets each service's clock be an hour wrong, and jump: what counts is the database's.
public enum ClockDrill {
    public struct Report: Sendable, Codable {
        public let jumps: Int
        public let assessments: Int
        public let accounts: Accounts
        /// Columns of times that were looked at.
        public let columns: Int
        /// The hours that were seen on the clocks of the services, told by their logs.
        public let hours: [String: [Int]]
    }

    /// Preloaded into a program it makes its wall clock say something else; Debian's package `faketime` brings it.
    public static let library = "/usr/lib/\(architecture)-linux-gnu/faketime/libfaketimeMT.so.1"

    public static var isAvailable: Bool { FileManager.default.fileExists(atPath: library) }

    #if arch(arm64)
    private static let architecture = "aarch64"
    #else
    private static let architecture = "x86_64"
    #endif

    /// Columns that lie in the future by their nature.
    private static let ahead = ["lease_until", "run_at", "overdue_at", "retry_at"]

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - jumps: of each service's clock from an hour ahead to an hour behind, or back; the two are never the same.
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        jumps: Int, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        func file(_ service: Deployment.Service) -> String { "\(folder)/\(service.rawValue).clock" }
        func set(_ hours: Int) throws {
            try "\(hours > 0 ? "+" : "-")1h\n".write(toFile: file(.llmProvider), atomically: true, encoding: .utf8)
            try "\(hours > 0 ? "-" : "+")1h\n".write(toFile: file(.cjAssessment), atomically: true, encoding: .utf8)
        }
        try set(1)
        defer {
            for service in Deployment.Service.allCases {
                for name in shared(service) {
                    unlink("/dev/shm/" + name)
                    unlink("/dev/shm/sem." + name)
                }
            }
        }
        var options = Deployment.Options()
        // Something to log.
        options.faults = ["500=0.05"]
        for service in Deployment.Service.allCases {
            options.environment[service] = [
                "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": file(service), "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC",
                // Were it to make this variable itself, the environment would move, and Swift looks for a program's arguments beside it.
                "FAKETIME_SHARED": shared(service).map { "/" + $0 }.joined(separator: " "),
            ]
        }
        return try await Stage.run(folder: folder, logger: logger, options: { [options] _ in options }) { deployment, _ in
            let start = try await deployment.pool.query("SELECT extract(epoch FROM clock_timestamp())::float8")[0]
                .decode(Double.self)
            let workload = Workload(deployment) {
                DrillAssessment(id: "clock-\($0)", essays: 6, comparisons: 20, seed: UInt64($0))
            }
            try await workload.run {
                for number in 0..<jumps {
                    let known = try await deployment.judgements()
                    try set(number.isMultiple(of: 2) ? -1 : 1)
                    // The clock is looked up once a second; what runs meanwhile runs under both.
                    try await Task.sleep(for: .milliseconds(1500))
                    try await deployment.waitForJudgement(after: known, since: "a jump")
                    try await deployment.checkInvariants(isAtRest: false, after: "a jump")
                    try deployment.checkThatServicesRun(after: "a jump")
                    if (number + 1).isMultiple(of: 20) { tell("\(number + 1) of \(jumps) jumps") }
                }
            }
            try await deployment.checkInvariants(isAtRest: true)
            let accounts = try await deployment.accounts()
            // Nobody died, so that a call which was made again is a lease that ended early.
            guard accounts.repeatedCalls == 0 else {
                throw DrillError(description: "\(accounts.repeatedCalls) calls were answered again, though nobody died")
            }
            return Report(
                jumps: jumps, assessments: workload.begun, accounts: accounts,
                columns: try await checkTimes(deployment.pool, since: start),
                hours: Dictionary(
                    uniqueKeysWithValues: Deployment.Service.allCases.map {
                        ($0.rawValue, hours(in: deployment.output(of: $0)))
                    }))
        }
    }

    /// Names of what the processes of a service share: a semaphore and a piece of memory.
    private static func shared(_ service: Deployment.Service) -> [String] {
        ["sem", "shm"].map { "faketime_\($0)_\(getpid())\(service == .llmProvider ? 0 : 1)" }
    }

    /// Sees that every time in the services' tables is one that the database's clock has shown since.
    private static func checkTimes(_ pool: Pool, since start: Double) async throws -> Int {
        let columns = try await pool.query(
            """
            SELECT format('%I.%I', table_schema, table_name), column_name::text FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema IN ('cj', 'llm_provider') AND data_type LIKE 'timestamp%' AND table_type = 'BASE TABLE'
                AND NOT column_name = ANY (\(ahead))
            """)
        for row in columns {
            let (table, column) = try row.decode(String.self, String.self)
            // Seconds of the server's start lie before the first look at its clock.
            let wrong = try await pool.query(
                """
                SELECT count(*) FROM \(unescaped: table)
                WHERE isfinite(\(unescaped: column)) AND (\(unescaped: column) > clock_timestamp()
                    OR \(unescaped: column) < to_timestamp(\(start)) - interval '1 minute')
                """)[0].decode(Int.self)
            guard wrong == 0 else {
                throw DrillError(description: "\(wrong) times of \(table).\(column) are not the database's")
            }
        }
        return columns.count
    }

    /// How many hours off the clocks were that a log's lines begin with.
    private static func hours(in log: String) -> [Int] {
        let now = Date.now.timeIntervalSince1970
        let formatter = ISO8601DateFormatter()
        let found = log.split(separator: "\n").compactMap { line -> Int? in
            guard let word = line.split(separator: " ").first, let date = formatter.date(from: String(word)) else { return nil }
            return Int(((date.timeIntervalSince1970 - now) / 3600).rounded())
        }
        return Set(found).sorted()
    }
}
