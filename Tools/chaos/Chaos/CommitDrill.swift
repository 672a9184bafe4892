import CJCore
import ChaosProxy
public import Logging
import Postgres

/// Cuts connections between services and their database at commits: nobody knows then whether they were made.
public enum CommitDrill {
    public struct Report: Sendable, Codable {
        /// Cuts by where they fell: before the commit arrived, behind it, or when it had been answered.
        public let cuts: [String: Int]
        public let assessments: Int
        public let accounts: Accounts
        /// From a cut to the next judgement that was stored.
        public let recovery: Distribution
    }

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - leaseSeconds: after which what was claimed by a commit in doubt is taken up again; nil for the services' default.
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        cuts: Int, seed: UInt64, leaseSeconds: Int? = nil, folder: String, logger: Logger,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        try await Stage.run(
            folder: folder, logger: logger,
            options: { server in
                var options = Self.options(server)
                options.leaseSeconds = leaseSeconds
                return options
            }
        ) { deployment, _ in
            let workload = Workload(deployment) {
                DrillAssessment(id: "commit-\(seed)-\($0)", essays: 6, comparisons: 20, seed: UInt64($0))
            }
            var generator = SplitMix64(seed: seed)
            var moments: [String: Int] = [:]
            var recovery: [Duration] = []
            try await workload.run {
                for number in 0..<cuts {
                    let service = Deployment.Service.allCases.randomElement(using: &generator) ?? .cjAssessment
                    let moment = CutRule.Moment.allCases.randomElement(using: &generator) ?? .after
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...50, using: &generator)))
                    try await cut(deployment, service, moment)
                    moments[moment.rawValue, default: 0] += 1
                    if Int.random(in: 0..<4, using: &generator) == 0 {
                        let start = ContinuousClock.now
                        let known = try await deployment.judgements()
                        try await deployment.waitForJudgement(after: known, since: "a cut")
                        recovery.append(start.duration(to: .now))
                        try await deployment.checkInvariants(isAtRest: false, after: "a cut")
                        try deployment.checkThatServicesRun(after: "a cut")
                    }
                    if (number + 1).isMultiple(of: 50) { tell("\(number + 1) of \(cuts) commits cut") }
                }
            }
            try await deployment.checkInvariants(isAtRest: true)
            return Report(
                cuts: moments, assessments: workload.begun, accounts: try await deployment.accounts(),
                recovery: Distribution(recovery))
        }
    }

    @Sendable static func options(_ server: EmbeddedCluster) -> Deployment.Options {
        var options = Deployment.Options()
        options.proxiedSocketFolder = server.runtimeDirectory
        return options
    }

    private static func cut(
        _ deployment: Deployment, _ service: Deployment.Service, _ moment: CutRule.Moment
    ) async throws {
        guard let proxy = deployment.proxies?.database[service], let trigger = deployment.proxies?.commits[service] else {
            preconditionFailure("the drill's deployment has proxies")
        }
        let known = proxy.statistics.cuts
        trigger.arm([moment])
        try await deployment.wait(for: "\(service.rawValue) committed nothing for \(Deployment.patience)") {
            proxy.statistics.cuts > known
        }
    }
}
