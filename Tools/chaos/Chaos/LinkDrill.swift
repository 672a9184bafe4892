public import ChaosProxy
public import Logging
import Postgres

/// Spoils connections until somebody notices, and sees that everything works again once they are sound.
public enum LinkDrill {
    /// What is done to a connection.
    public static let faults: [Fault] = [.blackHole, .halfOpen, .reset, .trickle(bytesPerSecond: 1)]

    /// Which connections of a deployment are spoilt.
    public enum Link: String, Sendable, CaseIterable {
        case providerDatabase = "llm-provider to its database"
        case assessmentDatabase = "cj-assessment to its database"
        case services = "cj-assessment to llm-provider"
    }

    public struct Finding: Sendable, Codable {
        public let link: String
        public let fault: String
        /// From the fault to the first sign that it was noticed.
        public let detection: Distribution
        /// From the end of the fault to work that is done.
        public let recovery: Distribution
    }

    public struct Report: Sendable, Codable {
        public let findings: [Finding]
        public let assessments: Int
        public let accounts: Accounts
    }

    /// Longest time in which a fault must be noticed.
    public static let limit: Duration = .seconds(20)

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - repetitions: of each fault on each connection of the running services, one after the other.
    ///   - probes: pools, and clients, that meet each fault side by side.
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        repetitions: Int, probes: Int, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        // A session that was cut off may last a little beyond the one that takes its place.
        let sessions = 60 + 3 * probes * LinkProbe.poolSize
        return try await Stage.run(
            folder: folder, logger: logger, sessions: sessions, options: CommitDrill.options
        ) { deployment, server in
            var findings: [Finding] = []
            for fault in faults where probes > 0 {
                findings.append(
                    try await LinkProbe.database(server, fault: fault, count: probes, logger: logger))
                findings.append(try await LinkProbe.calls(to: deployment, fault: fault, count: probes, logger: logger))
                tell("\(probes) pools and clients met \(fault)")
            }
            let workload = Workload(deployment) {
                DrillAssessment(id: "link-\($0)", essays: 6, comparisons: 20, seed: UInt64($0))
            }
            try await workload.run {
                for link in Link.allCases {
                    for fault in faults where repetitions > 0 {
                        findings.append(try await spoil(link, fault, repetitions, deployment))
                        tell("\(link.rawValue): met \(fault)")
                    }
                }
            }
            try await deployment.checkInvariants(isAtRest: true)
            return Report(findings: findings, assessments: workload.begun, accounts: try await deployment.accounts())
        }
    }

    private static func spoil(
        _ link: Link, _ fault: Fault, _ repetitions: Int, _ deployment: Deployment
    ) async throws -> Finding {
        guard let proxies = deployment.proxies, let database = proxies.database[link.service] else {
            preconditionFailure("the drill's deployment has proxies")
        }
        let proxy = link == .services ? proxies.services : database
        var detection: [Duration] = []
        var recovery: [Duration] = []
        for _ in 0..<repetitions {
            let known = deployment.output(of: link.service).utf8.count
            let start = ContinuousClock.now
            try await proxy.apply(fault)
            try await deployment.wait(for: "\(link.rawValue): \(fault) was not noticed") {
                // A service says what it meets.
                deployment.output(of: link.service).utf8.count > known
            }
            detection.append(start.duration(to: .now))
            let judgements = try await deployment.judgements()
            let healed = ContinuousClock.now
            try await proxy.apply(.none)
            try await deployment.waitForJudgement(after: judgements, since: "\(link.rawValue) was sound again after \(fault)")
            recovery.append(healed.duration(to: .now))
            try await deployment.checkInvariants(isAtRest: false, after: "\(fault)")
            try deployment.checkThatServicesRun(after: "\(fault)")
        }
        return try finding(link.rawValue, fault, detection, recovery)
    }

    static func finding(
        _ link: String, _ fault: Fault, _ detection: [Duration], _ recovery: [Duration]
    ) throws -> Finding {
        if let longest = detection.max(), longest >= limit {
            throw DrillError(description: "\(link): \(fault) was noticed after \(longest), not within \(limit)")
        }
        return Finding(
            link: link, fault: fault.description, detection: Distribution(detection), recovery: Distribution(recovery))
    }
}

extension LinkDrill.Link {
    /// Whose connections they are.
    var service: Deployment.Service { self == .providerDatabase ? .llmProvider : .cjAssessment }
}
