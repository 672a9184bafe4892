import CJCore
import Glibc
public import Logging
import Postgres

/// Stops processes for longer than their leases last and lets them go on: what they held is in other hands by then, and what they still
/// write must not count.
public enum ZombieDrill {
    public struct Report: Sendable, Codable {
        public let stops: Int
        public let leaseSeconds: Int
        /// Answers that came to a process after its request had become another's, and were not taken.
        public let staleAnswers: Int
        public let assessments: Int
        public let accounts: Accounts
        /// From a process's going on to the next judgement that was stored.
        public let recovery: Distribution

        enum CodingKeys: String, CodingKey {
            case stops, assessments, accounts, recovery
            case leaseSeconds = "lease_seconds"
            case staleAnswers = "stale_answers"
        }
    }

    /// Runs the drill on a database of its own, with two processes of each service.
    ///
    /// - Parameters:
    ///   - stops: each process is stopped as often as the others.
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        stops: Int, leaseSeconds: Int, seed: UInt64, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        var options = Deployment.Options()
        options.leaseSeconds = leaseSeconds
        // So long that a process which is stopped has calls under way.
        options.latencyMilliseconds = 400...1200
        return try await Stage.run(folder: folder, logger: logger, options: { [options] _ in options }) { deployment, _ in
            for service in Deployment.Service.allCases {
                guard try await deployment.start(service, replica: 1) else {
                    throw DrillError(description: deployment.output(of: service, replica: 1))
                }
            }
            let workload = Workload(deployment) {
                DrillAssessment(id: "zombie-\(seed)-\($0)", essays: 6, comparisons: 20, seed: UInt64($0))
            }
            var recovery: [Duration] = []
            try await workload.run {
                recovery = try await stop(deployment, times: stops, leaseSeconds: leaseSeconds, seed: seed, tell: tell)
            }
            try await deployment.checkInvariants(isAtRest: true)
            let outputs = (0...1).map { deployment.output(of: .llmProvider, replica: $0) }
            return Report(
                stops: stops, leaseSeconds: leaseSeconds,
                staleAnswers: outputs.reduce(0) { $0 + $1.split(separator: "\n").count { $0.contains("result dropped") } },
                assessments: workload.begun, accounts: try await deployment.accounts(), recovery: Distribution(recovery))
        }
    }

    private static func stop(
        _ deployment: Deployment, times: Int, leaseSeconds: Int, seed: UInt64, tell: @Sendable (String) -> Void
    ) async throws -> [Duration] {
        var generator = SplitMix64(seed: seed)
        var recovery: [Duration] = []
        for number in 0..<times {
            let service = Deployment.Service.allCases[number % 2]
            let replica = number / 2 % 2
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...500, using: &generator)))
            try await deployment.wait(for: "no requests were under way for \(Deployment.patience)") {
                try await deployment.pool.query("SELECT count(*) FROM llm_provider.job_lease")[0].decode(Int.self) >= 4
            }
            deployment.signal(service, replica: replica, SIGSTOP)
            // The fault is the time: half as long again as a lease.
            try await Task.sleep(for: .milliseconds(1500 * leaseSeconds))
            let known = try await deployment.judgements()
            let moment = ContinuousClock.now
            deployment.signal(service, replica: replica, SIGCONT)
            try await deployment.waitForJudgement(after: known, since: "a process went on")
            recovery.append(moment.duration(to: .now))
            try await deployment.checkInvariants(isAtRest: false, after: "a process went on")
            for replica in 0...1 where !deployment.isRunning(service, replica: replica) {
                throw DrillError(description: "\(service.rawValue) ended: \(deployment.output(of: service, replica: replica))")
            }
            if (number + 1).isMultiple(of: 20) { tell("\(number + 1) of \(times) stopped") }
        }
        return recovery
    }
}
