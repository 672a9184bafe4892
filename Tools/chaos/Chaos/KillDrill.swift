import CJCore
import Glibc
public import Logging
import Postgres
import Synchronization

/// Kills services, the database server and its sessions while assessments run, and says what became of them.
public final class KillDrill: Sendable {
    public struct Options: Sendable, Hashable {
        public var serviceKills = 100
        /// Deaths of the database server's main process.
        public var serverKills = 20
        /// Immediate shutdowns of the database server, as by `pg_ctl -m immediate`.
        public var immediateStops = 0
        /// Deaths of single processes behind a session, each of which makes the server end all the others.
        public var backendKills = 0
        /// Storms in which every session is terminated, again and again.
        public var storms = 0
        public var assessmentsAtOnce = 6
        public var essays = 6
        public var comparisons = 20
        public var latencyMilliseconds = 20...80
        public var seed: UInt64 = 1
        /// How long a process keeps what it has claimed; nil for the services' default.
        public var leaseSeconds: Int?

        public init() {}
    }

    public struct Report: Sendable, Codable {
        public let serviceKills: Int
        public let serverKills: Int
        public let immediateStops: Int
        public let backendKills: Int
        public let storms: Int
        public let assessments: Int
        public let judgements: Int
        public let answeredCalls: Int
        /// Calls that were answered again, because a kill fell between an answer and its storing.
        public let repeatedCalls: Int
        /// From a kill to the next judgement that was stored.
        public let serviceRecovery: Distribution
        public let serverRecovery: Distribution
        /// From the moment in which a server that died answers again to the next judgement that was stored.
        public let resumption: Distribution
        /// From an end of the database's sessions to the next notification that a listener hears.
        public let listening: Distribution

        enum CodingKeys: String, CodingKey {
            case serviceKills = "service_kills"
            case serverKills = "server_kills"
            case immediateStops = "immediate_stops"
            case backendKills = "backend_kills"
            case storms, assessments, judgements, resumption, listening
            case answeredCalls = "answered_calls"
            case repeatedCalls = "repeated_calls"
            case serviceRecovery = "service_recovery"
            case serverRecovery = "server_recovery"
        }
    }

    /// Who is killed, or what is done to the database's sessions.
    private enum Victim: Hashable {
        case service(Deployment.Service)
        case server, serverAtOnce, backend, sessions
    }

    private struct Times {
        var service: [Duration] = []
        var server: [Duration] = []
        var resumption: [Duration] = []
        var listening: [Duration] = []
    }

    private static let pauseMilliseconds = 20...500
    private static let channel = "drill"
    /// Rounds of terminations that make a storm.
    private static let stormRounds = 5

    private let options: Options
    private let deployment: Deployment
    private let server: EmbeddedCluster
    private let tell: @Sendable (String) -> Void
    private let times = Mutex(Times())
    private let heard = Mutex(0)

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
        var settings = Deployment.Options()
        settings.latencyMilliseconds = options.latencyMilliseconds
        settings.leaseSeconds = options.leaseSeconds
        return try await Stage.run(folder: folder, logger: logger, options: { _ in settings }) { deployment, server in
            try await KillDrill(options: options, deployment: deployment, server: server, tell: tell).run()
        }
    }

    private func run() async throws -> Report {
        let options = options
        let workload = Workload(deployment, atOnce: options.assessmentsAtOnce) { number in
            DrillAssessment(
                id: "drill-\(options.seed)-\(number)", essays: options.essays, comparisons: options.comparisons,
                seed: UInt64(number))
        }
        let listener = Listener(pool: deployment.pool, channel: Self.channel)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run { self.heard.withLock { $0 += 1 } } }
            try await workload.run {
                try await self.kill()
                self.tell("killed; waiting for the assessments under way")
            }
            group.cancelAll()
        }
        return try await report(assessments: workload.begun)
    }

    // MARK: - Killing

    private func kill() async throws {
        var generator = SplitMix64(seed: options.seed)
        let services = Deployment.Service.allCases
        var victims: [Victim] = (0..<options.serviceKills).map { .service(services[$0 % services.count]) }
        for (victim, count) in [
            (Victim.server, options.serverKills), (.serverAtOnce, options.immediateStops), (.backend, options.backendKills),
            (.sessions, options.storms),
        ] {
            victims += Array(repeating: victim, count: count)
        }
        victims.shuffle(using: &generator)
        for (number, victim) in victims.enumerated() {
            try await Task.sleep(for: .milliseconds(Int.random(in: Self.pauseMilliseconds, using: &generator)))
            let moment = ContinuousClock.now
            try await kill(victim)
            async let hearing: Void = waitForListener(after: victim, since: moment)
            let back = try await waitForServer(after: victim)
            let known = try await deployment.judgements()
            // Some are killed again before they have recovered.
            if Int.random(in: 0..<4, using: &generator) > 0 {
                try await deployment.waitForJudgement(after: known, since: "a kill")
                record(victim, since: moment, back: back)
            }
            try await hearing
            try await deployment.checkInvariants(isAtRest: false, after: "a kill")
            try deployment.checkThatServicesRun(after: "a kill of somebody else")
            if (number + 1).isMultiple(of: 20) { tell("\(number + 1) of \(victims.count) killed, \(known) judgements") }
        }
    }

    private func record(_ victim: Victim, since moment: ContinuousClock.Instant, back: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        times.withLock { times in
            switch victim {
            case .service: times.service.append(moment.duration(to: now))
            case .backend, .sessions: times.server.append(moment.duration(to: now))
            case .server, .serverAtOnce:
                times.server.append(moment.duration(to: now))
                times.resumption.append(back.duration(to: now))
            }
        }
    }

    private func kill(_ victim: Victim) async throws {
        switch victim {
        case .service(let service):
            deployment.signal(service, SIGKILL)
            _ = await deployment.end(of: service)
            // It may not come up while the database server is away; then it is started again, as a supervisor would.
            while try await !deployment.start(service) { try Task.checkCancellation() }
        case .server: signalServer(SIGKILL)
        case .serverAtOnce: signalServer(SIGQUIT)
        case .backend:
            let sessions = try await deployment.acrossRestarts { pool in
                try await pool.query(
                    """
                    SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                    ORDER BY random() LIMIT 1
                    """)
            }
            guard let process = try sessions.first?.decode(Int32.self) else { return }
            Glibc.kill(process, SIGKILL)
        case .sessions:
            for _ in 0..<Self.stormRounds {
                try await deployment.acrossRestarts { pool in
                    _ = try await pool.query(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                        """)
                }
            }
        }
    }

    private func signalServer(_ signal: Int32) {
        guard let process = server.processNumber else { return }
        Glibc.kill(process, signal)
    }

    /// Asks a server that died, over a connection of its own that tries every other millisecond, until it answers.
    ///
    /// - Returns: when it did; at once for a victim that leaves the server alone.
    private func waitForServer(after victim: Victim) async throws -> ContinuousClock.Instant {
        guard victim == .server || victim == .serverAtOnce else { return .now }
        var configuration = PoolConfiguration(connectionString: server.connectionString, size: 1)
        configuration.reconnectDelay = .milliseconds(2) ... .milliseconds(2)
        configuration.acquireTimeout = Deployment.patience
        let pool = Pool(configuration, logger: Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() })
        do {
            while try await !answers(pool) {}
        } catch {
            await pool.close()
            throw error
        }
        let moment = ContinuousClock.now
        await pool.close()
        return moment
    }

    private func answers(_ pool: Pool) async throws -> Bool {
        do {
            _ = try await pool.query("SELECT 1")
            return true
        } catch let error as PostgresError where error.mayPass {
            try Task.checkCancellation()
            return false
        }
    }

    /// Notifies until the listener hears, where the victim took its session.
    private func waitForListener(after victim: Victim, since moment: ContinuousClock.Instant) async throws {
        if case .service = victim { return }
        let known = heard.withLock { $0 }
        try await deployment.wait(for: "nothing was heard by a listener for \(Deployment.patience)") {
            try await deployment.acrossRestarts { pool in _ = try await pool.query("SELECT pg_notify(\(Self.channel), '')") }
            return heard.withLock { $0 } > known
        }
        times.withLock { $0.listening.append(moment.duration(to: .now)) }
    }

    // MARK: - Reporting

    private func report(assessments: Int) async throws -> Report {
        try await deployment.checkInvariants(isAtRest: true)
        let accounts = try await deployment.accounts()
        return times.withLock { times in
            Report(
                serviceKills: options.serviceKills, serverKills: options.serverKills, immediateStops: options.immediateStops,
                backendKills: options.backendKills, storms: options.storms, assessments: assessments,
                judgements: accounts.judgements, answeredCalls: accounts.answeredCalls, repeatedCalls: accounts.repeatedCalls,
                serviceRecovery: Distribution(times.service), serverRecovery: Distribution(times.server),
                resumption: Distribution(times.resumption), listening: Distribution(times.listening))
        }
    }
}
