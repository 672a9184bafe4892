import ChaosProxy
import ChildProcesses
public import Contracts
import Foundation
public import Logging
public import Postgres
import Synchronization
import Wire
import WireNIO

/// The services as processes of their own, on a real PostgreSQL, with a fake provider that keeps a ledger.
///
/// Services are killed and come back on the same ports, so that those who call them notice no more than a lost connection.
public final class Deployment: Sendable {
    public enum Service: String, Sendable, CaseIterable {
        case llmProvider = "llm-provider"
        case cjAssessment = "cj-assessment"
    }

    /// How a deployment differs from the usual one.
    public struct Options: Sendable {
        /// How long the provider takes over an answer.
        public var latencyMilliseconds = 20...80
        /// Of the fake provider, as its `--fault` takes them.
        public var faults: [String] = []
        /// Of the fake provider, as its command line takes them.
        public var limits: [String] = []
        /// How long a process keeps what it has claimed; nil for the services' default.
        public var leaseSeconds: Int?
        /// Processes of a service that may be started.
        public var replicas = 2
        /// Variables of single services.
        public var environment: [Service: [String: String?]] = [:]
        /// Folder of the database server's socket file where everything goes through proxies; nil for the direct way.
        public var proxiedSocketFolder: String?

        public init() {}
    }

    /// One of the processes of a service.
    struct Replica: Sendable, Hashable {
        let service: Service
        let number: Int
    }

    /// What the services need and could not get.
    public struct StartError: Error, CustomStringConvertible {
        public let description: String
    }

    public let assessments: CJV1.CJAssessmentClient
    /// Where the services keep everything.
    public let pool: Pool
    public let ledger: Ledger
    /// What stands between the services, their database and their client; nil where nothing does.
    public let proxies: Proxies?
    private let client: WireClient
    private let connectionString: String
    private let options: Options
    private let fake: ChildProcess
    private let fakeURL: String
    private let ports: [Replica: String]
    private let processes = Mutex<[Replica: ChildProcess]>([:])

    /// Starts the fake provider and both services.
    ///
    /// - Parameters:
    ///   - connectionString: an empty database, or one that an earlier deployment has left.
    ///   - folder: where the ledger goes.
    ///   - latencyMilliseconds: how long the provider takes over an answer.
    ///   - faults: of the fake provider, as its `--fault` takes them.
    public static func start(
        connectionString: String, folder: String, latencyMilliseconds: ClosedRange<Int>, faults: [String] = [], logger: Logger
    ) async throws -> Deployment {
        var options = Options()
        options.latencyMilliseconds = latencyMilliseconds
        options.faults = faults
        return try await start(connectionString: connectionString, folder: folder, options: options, logger: logger)
    }

    /// Starts the fake provider and both services, each once.
    public static func start(
        connectionString: String, folder: String, options: Options, logger: Logger
    ) async throws -> Deployment {
        let ledger = Ledger(path: folder + "/ledger")
        let latency = options.latencyMilliseconds
        let fake = try ChildProcess.program(
            "fakeprovider",
            ["--ledger", ledger.path, "--min-latency", "\(latency.lowerBound)", "--max-latency", "\(latency.upperBound)"]
                + options.faults.flatMap { ["--fault", $0] } + options.limits)
        guard let url = await fake.firstLine(), url.hasPrefix("http://") else {
            throw StartError(description: "the fake provider did not start: \(fake.printed)")
        }
        var ports: [Replica: String] = [:]
        for service in Service.allCases {
            for number in 0..<options.replicas { ports[Replica(service: service, number: number)] = String(try FreePort.find()) }
        }
        let proxies = try await Proxies.start(ports: ports, socketFolder: options.proxiedSocketFolder)
        let deployment = Deployment(
            connectionString: connectionString, options: options, ledger: ledger, fake: fake, fakeURL: url, ports: ports,
            proxies: proxies, logger: logger)
        for service in Service.allCases {
            guard try await deployment.start(service) else {
                throw StartError(description: "\(service.rawValue) did not start: \(deployment.output(of: service))")
            }
        }
        return deployment
    }

    private init(
        connectionString: String, options: Options, ledger: Ledger, fake: ChildProcess, fakeURL: String,
        ports: [Replica: String], proxies: Proxies?, logger: Logger
    ) {
        self.connectionString = connectionString
        self.options = options
        self.ledger = ledger
        self.fake = fake
        self.fakeURL = fakeURL
        self.ports = ports
        self.proxies = proxies
        pool = Pool(PoolConfiguration(connectionString: connectionString, size: 4), logger: logger)
        let own = Int(ports[Replica(service: .cjAssessment, number: 0)] ?? "") ?? 0
        client = WireClient(host: "127.0.0.1", port: proxies?.client.port ?? own, configuration: .init(), logger: logger)
        assessments = CJV1.CJAssessmentClient(client)
    }

    /// Ends everything at once.
    public func stop() async {
        for process in processes.withLock({ Array($0.values) }) {
            process.signal(SIGKILL)
            process.signal(SIGCONT)
        }
        fake.signal(SIGKILL)
        await client.close()
        await pool.close()
        await proxies?.stop()
    }

    // MARK: - Processes

    /// Starts a service and waits until it serves.
    ///
    /// - Parameters:
    ///   - replica: zero for the process that others call, one for another that shares its work.
    ///   - crashAt: where it is to kill itself, as `CRASH_AT` takes it.
    /// - Returns: false when it ended before it served.
    @discardableResult
    public func start(_ service: Service, replica: Int = 0, crashAt: String? = nil) async throws -> Bool {
        let known = Replica(service: service, number: replica)
        let provider = proxies.map { "\($0.services.port)" } ?? ports[Replica(service: .llmProvider, number: 0)] ?? ""
        var environment: [String: String?] = [
            "HULEEDU_SIMULATED_URL": fakeURL, "CRASH_AT": crashAt,
            "HULEEDU_LEASE_SECONDS": options.leaseSeconds.map { "\($0)" },
        ]
        environment.merge(options.environment[service] ?? [:]) { $1 }
        let process = try ChildProcess.program(
            "huleedu",
            [
                "serve", service.rawValue, "--database", connectionString(of: service), "--port", ports[known] ?? "",
                "--llm-provider", "127.0.0.1:" + provider,
            ], environment: environment)
        processes.withLock { $0[known] = process }
        return await process.prints("\(service.rawValue)  127.0.0.1:")
    }

    private func connectionString(of service: Service) -> String {
        // Of a keyword that is given twice the last one holds.
        guard let proxy = proxies?.database[service] else { return connectionString }
        return connectionString + " host=127.0.0.1 port=\(proxy.port)"
    }

    /// Where a service's first process listens.
    func port(of service: Service) -> Int { Int(ports[Replica(service: service, number: 0)] ?? "") ?? 0 }

    /// Sends a signal to a service: `SIGKILL`, or `SIGSTOP` and `SIGCONT`.
    public func signal(_ service: Service, replica: Int = 0, _ signal: Int32) {
        process(service, replica)?.signal(signal)
    }

    /// The status with which a service ended.
    public func end(of service: Service) async -> Int32? {
        await process(service)?.wait()
    }

    public func isRunning(_ service: Service, replica: Int = 0) -> Bool {
        process(service, replica)?.isRunning ?? false
    }

    /// What the service's present process has printed.
    public func output(of service: Service, replica: Int = 0) -> String {
        process(service, replica)?.printed ?? ""
    }

    /// The most bytes that a service's present process has had in memory; nil once it has ended.
    func peakMemory(of service: Service) -> Int? {
        process(service)?.peakMemory
    }

    private func process(_ service: Service, _ replica: Int = 0) -> ChildProcess? {
        processes.withLock { $0[Replica(service: service, number: replica)] }
    }

    /// Kills a service, waits for its end, and starts it again.
    public func killAndRestart(_ service: Service) async throws {
        signal(service, SIGKILL)
        _ = await end(of: service)
        try await start(service)
    }
}
