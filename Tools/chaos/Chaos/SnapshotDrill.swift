public import Logging
import Postgres

/// Holds an old snapshot open while assessments run: the database cannot clear away what has been deleted since.
public enum SnapshotDrill {
    public struct Report: Sendable, Codable {
        public let rounds: Int
        public let roundSeconds: Int
        /// Judgements a second, the median of the rounds.
        public let free: Double
        public let held: Double
        public let assessments: Int
        public let accounts: Accounts

        enum CodingKeys: String, CodingKey {
            case rounds, free, held, assessments, accounts
            case roundSeconds = "round_seconds"
        }
    }

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - rounds: each with a snapshot and without, one after the other.
    ///   - roundSeconds: how long each is.
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        rounds: Int, roundSeconds: Int, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        try await Stage.run(folder: folder, logger: logger, options: { _ in .init() }) { deployment, server in
            let workload = Workload(deployment) {
                DrillAssessment(id: "snapshot-\($0)", essays: 6, comparisons: 20, seed: UInt64($0))
            }
            var free: [Double] = []
            var held: [Double] = []
            try await workload.run {
                for round in 0..<rounds {
                    free.append(try await rate(deployment, seconds: roundSeconds))
                    held.append(try await whileHeld(server, logger) { try await rate(deployment, seconds: roundSeconds) })
                    try await deployment.checkInvariants(isAtRest: false)
                    tell("round \(round + 1): \(free[round]) free, \(held[round]) held")
                }
            }
            try await deployment.checkInvariants(isAtRest: true)
            return Report(
                rounds: rounds, roundSeconds: roundSeconds, free: median(free), held: median(held),
                assessments: workload.begun, accounts: try await deployment.accounts())
        }
    }

    private static func median(_ rates: [Double]) -> Double { rates.sorted()[rates.count / 2] }

    private static func rate(_ deployment: Deployment, seconds: Int) async throws -> Double {
        let known = try await deployment.judgements()
        // What is measured is how much is done in this time.
        try await Task.sleep(for: .seconds(seconds))
        let done = try await deployment.judgements() - known
        guard done > 0 else { throw DrillError(description: "no judgement was stored for \(seconds) s") }
        return Double(done) / Double(seconds)
    }

    private static func whileHeld<Value>(
        _ server: EmbeddedCluster, _ logger: Logger, _ body: () async throws -> Value
    ) async throws -> Value {
        var configuration = PoolConfiguration(connectionString: server.connectionString, size: 1)
        configuration.idleInTransactionTimeout = .zero
        let pool = Pool(configuration, logger: logger)
        let value = try await pool.unitOfWork("hold a snapshot", isolation: .repeatableRead) { unit in
            let before = try await unit.query("SELECT count(*) FROM cj.judgement")[0].decode(Int.self)
            let value = try await body()
            let after = try await unit.query("SELECT count(*) FROM cj.judgement")[0].decode(Int.self)
            guard before == after else { throw DrillError(description: "the snapshot was not held") }
            return value
        }
        await pool.close()
        return value
    }
}
