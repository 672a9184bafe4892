import CJCore
import Glibc
public import Logging
import Postgres
import Synchronization

/// Kills services and the database server while assessments run, and says what became of them.
public final class KillDrill: Sendable {
    public struct Options: Sendable, Hashable {
        public var serviceKills = 100
        public var serverKills = 20
        public var assessmentsAtOnce = 6
        public var essays = 6
        public var comparisons = 20
        public var latencyMilliseconds = 20...80
        public var seed: UInt64 = 1

        public init() {}
    }

    public struct Report: Sendable, Codable {
        public let serviceKills: Int
        public let serverKills: Int
        public let assessments: Int
        public let judgements: Int
        public let answeredCalls: Int
        /// Calls that were answered again, because a kill fell between an answer and its storing.
        public let repeatedCalls: Int
        /// From a kill to the next judgement that was stored.
        public let serviceRecovery: Distribution
        public let serverRecovery: Distribution
        /// From the moment in which the server takes connections again to the next judgement that was stored.
        public let resumption: Distribution

        enum CodingKeys: String, CodingKey {
            case serviceKills = "service_kills"
            case serverKills = "server_kills"
            case assessments, judgements
            case answeredCalls = "answered_calls"
            case repeatedCalls = "repeated_calls"
            case serviceRecovery = "service_recovery"
            case serverRecovery = "server_recovery"
            case resumption
        }
    }

    /// Who is killed.
    private enum Victim: Hashable {
        case service(Deployment.Service)
        case server
    }

    private struct State {
        /// Set once nobody is killed any more: no further assessment is begun.
        var isOver = false
        var begun = 0
        var serviceRecovery: [Duration] = []
        var serverRecovery: [Duration] = []
        var resumption: [Duration] = []
    }

    private static let pauseMilliseconds = 20...500
    /// After this long without a judgement the system is taken to hang.
    private static let patience: Duration = .seconds(90)

    private let options: Options
    private let deployment: Deployment
    private let server: EmbeddedCluster
    private let tell: @Sendable (String) -> Void
    private let state = Mutex(State())

    private init(
        options: Options, deployment: Deployment, server: EmbeddedCluster, tell: @escaping @Sendable (String) -> Void
    ) {
        self.options = options
        self.deployment = deployment
        self.server = server
        self.tell = tell
    }

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        _ options: Options, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        var serverOptions = EmbeddedCluster.Options()
        // However often it is killed.
        serverOptions.maxRestarts = .max
        let server = try await EmbeddedCluster.start(dataDirectory: folder + "/database", options: serverOptions, logger: logger)
        do {
            let deployment = try await Deployment.start(
                connectionString: server.connectionString, folder: folder, latencyMilliseconds: options.latencyMilliseconds,
                logger: logger)
            let drill = KillDrill(options: options, deployment: deployment, server: server, tell: tell)
            do {
                let report = try await drill.run()
                await deployment.stop()
                await server.stop()
                return report
            } catch {
                await deployment.stop()
                throw error
            }
        } catch {
            await server.stop()
            throw error
        }
    }

    private func run() async throws -> Report {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<options.assessmentsAtOnce { group.addTask { try await self.assess() } }
            try await self.kill()
            state.withLock { $0.isOver = true }
            tell("killed; waiting for the assessments under way")
            try await group.waitForAll()
        }
        return try await report()
    }

    /// Runs one assessment after the other.
    private func assess() async throws {
        while let number = next() {
            let assessment = DrillAssessment(
                id: "drill-\(options.seed)-\(number)", essays: options.essays, comparisons: options.comparisons,
                seed: UInt64(number))
            try await deployment.begin(assessment)
            _ = try await deployment.waitForEnd(of: assessment.id)
        }
    }

    private func next() -> Int? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.begun += 1
            return state.begun
        }
    }

    // MARK: - Killing

    private func kill() async throws {
        var generator = SplitMix64(seed: options.seed)
        let services = Deployment.Service.allCases
        var victims: [Victim] = (0..<options.serviceKills).map { .service(services[$0 % services.count]) }
        victims += Array(repeating: .server, count: options.serverKills)
        victims.shuffle(using: &generator)
        for (number, victim) in victims.enumerated() {
            try await Task.sleep(for: .milliseconds(Int.random(in: Self.pauseMilliseconds, using: &generator)))
            let moment = ContinuousClock.now
            let (known, back) = try await kill(victim)
            // Some are killed again before they have recovered.
            if Int.random(in: 0..<4, using: &generator) > 0 {
                try await waitForJudgement(after: known)
                let now = ContinuousClock.now
                let time = moment.duration(to: now)
                state.withLock { state in
                    switch victim {
                    case .service: state.serviceRecovery.append(time)
                    case .server:
                        state.serverRecovery.append(time)
                        state.resumption.append(back.duration(to: now))
                    }
                }
            }
            try await checkInvariants(isAtRest: false)
            if (number + 1).isMultiple(of: 20) { tell("\(number + 1) of \(victims.count) killed, \(known) judgements") }
        }
    }

    /// - Returns: the judgements stored by then, and when: once the server is back, where that was the victim.
    private func kill(_ victim: Victim) async throws -> (judgements: Int, moment: ContinuousClock.Instant) {
        switch victim {
        case .service(let service):
            deployment.signal(service, SIGKILL)
            _ = await deployment.end(of: service)
            // It may not come up while the database server is away; then it is started again, as a supervisor would.
            while try await !deployment.start(service) { try Task.checkCancellation() }
            return (try await judgements(), .now)
        case .server:
            let process = server.processNumber
            if let process { Glibc.kill(process, SIGKILL) }
            return try await judgementsOnceBack(after: process)
        }
    }

    /// Asks a server that was killed for the judgements until the next one answers.
    private func judgementsOnceBack(after process: Int32?) async throws -> (judgements: Int, moment: ContinuousClock.Instant) {
        while server.processNumber == nil || server.processNumber == process { try await Task.sleep(for: .milliseconds(1)) }
        var configuration = PoolConfiguration(connectionString: server.connectionString, size: 1)
        configuration.reconnectDelay = .milliseconds(2) ... .milliseconds(2)
        configuration.acquireTimeout = Self.patience
        let pool = Pool(configuration, logger: Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() })
        let known = try await pool.query("SELECT count(*) FROM cj.judgement")[0].decode(Int.self)
        let moment = ContinuousClock.now
        await pool.close()
        return (known, moment)
    }

    private func judgements() async throws -> Int {
        while true {
            do {
                return try await deployment.pool.query("SELECT count(*) FROM cj.judgement")[0].decode(Int.self)
            } catch let error as PostgresError where error.mayPass {
                continue
            }
        }
    }

    private func waitForJudgement(after known: Int) async throws {
        let end = ContinuousClock.now + Self.patience
        while try await judgements() <= known {
            guard ContinuousClock.now < end else {
                throw DrillError(description: "no judgement was stored for \(Self.patience) after a kill")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    // MARK: - Checking

    private func checkInvariants(isAtRest: Bool) async throws {
        while true {
            do {
                let violations = try await Invariants.violations(in: deployment.pool, isAtRest: isAtRest)
                guard violations.isEmpty else {
                    throw DrillError(description: violations.map(\.description).joined(separator: "\n"))
                }
                return
            } catch let error as PostgresError where error.mayPass {
                continue
            }
        }
    }

    private func report() async throws -> Report {
        try await checkInvariants(isAtRest: true)
        let answers = try deployment.ledger.answers
        let judgements = try await judgements()
        guard answers.count >= judgements else {
            throw DrillError(
                description: "\(judgements) judgements are stored, but only \(answers.count) comparisons were answered")
        }
        let calls = answers.values.reduce(0, +)
        return state.withLock { state in
            Report(
                serviceKills: options.serviceKills, serverKills: options.serverKills, assessments: state.begun,
                judgements: judgements, answeredCalls: calls, repeatedCalls: calls - answers.count,
                serviceRecovery: Distribution(state.serviceRecovery), serverRecovery: Distribution(state.serverRecovery),
                resumption: Distribution(state.resumption))
        }
    }
}

/// What a drill found to be wrong.
public struct DrillError: Error, CustomStringConvertible {
    public let description: String
}
