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

    /// What the services need and could not get.
    public struct StartError: Error, CustomStringConvertible {
        public let description: String
    }

    public let assessments: CJV1.CJAssessmentClient
    /// Where the services keep everything.
    public let pool: Pool
    public let ledger: Ledger
    private let client: WireClient
    private let connectionString: String
    private let fake: ChildProcess
    private let fakeURL: String
    private let ports: [Service: String]
    private let processes = Mutex<[Service: ChildProcess]>([:])

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
        let ledger = Ledger(path: folder + "/ledger")
        let fake = try ChildProcess.program(
            "fakeprovider",
            [
                "--ledger", ledger.path, "--min-latency", "\(latencyMilliseconds.lowerBound)", "--max-latency",
                "\(latencyMilliseconds.upperBound)",
            ] + faults.flatMap { ["--fault", $0] })
        guard let url = await fake.firstLine(), url.hasPrefix("http://") else {
            throw StartError(description: "the fake provider did not start: \(fake.printed)")
        }
        let deployment = Deployment(
            connectionString: connectionString, ledger: ledger, fake: fake, fakeURL: url,
            ports: [.llmProvider: try freePort(), .cjAssessment: try freePort()], logger: logger)
        for service in Service.allCases {
            guard try await deployment.start(service) else {
                throw StartError(description: "\(service.rawValue) did not start: \(deployment.output(of: service))")
            }
        }
        return deployment
    }

    private init(
        connectionString: String, ledger: Ledger, fake: ChildProcess, fakeURL: String, ports: [Service: String], logger: Logger
    ) {
        self.connectionString = connectionString
        self.ledger = ledger
        self.fake = fake
        self.fakeURL = fakeURL
        self.ports = ports
        pool = Pool(PoolConfiguration(connectionString: connectionString, size: 4), logger: logger)
        client = WireClient(
            host: "127.0.0.1", port: Int(ports[.cjAssessment] ?? "") ?? 0, configuration: .init(), logger: logger)
        assessments = CJV1.CJAssessmentClient(client)
    }

    /// Ends everything at once.
    public func stop() async {
        for process in processes.withLock({ Array($0.values) }) { process.signal(SIGKILL) }
        fake.signal(SIGKILL)
        await client.close()
        await pool.close()
    }

    // MARK: - Processes

    /// Starts a service and waits until it serves.
    ///
    /// - Parameter crashAt: where it is to kill itself, as `CRASH_AT` takes it.
    /// - Returns: false when it ended before it served.
    @discardableResult
    public func start(_ service: Service, crashAt: String? = nil) async throws -> Bool {
        let process = try ChildProcess.program(
            "huleedu",
            [
                "serve", service.rawValue, "--database", connectionString, "--port", ports[service] ?? "", "--llm-provider",
                "127.0.0.1:" + (ports[.llmProvider] ?? ""),
            ],
            environment: ["HULEEDU_SIMULATED_URL": fakeURL, "CRASH_AT": crashAt])
        processes.withLock { $0[service] = process }
        return await process.prints("\(service.rawValue)  127.0.0.1:")
    }

    /// Sends a signal to a service: `SIGKILL`, or `SIGSTOP` and `SIGCONT`.
    public func signal(_ service: Service, _ signal: Int32) {
        processes.withLock { $0[service] }?.signal(signal)
    }

    /// The status with which a service ended.
    public func end(of service: Service) async -> Int32? {
        await processes.withLock { $0[service] }?.wait()
    }

    public func isRunning(_ service: Service) -> Bool {
        processes.withLock { $0[service] }?.isRunning ?? false
    }

    /// What the service's present process has printed.
    public func output(of service: Service) -> String {
        processes.withLock { $0[service] }?.printed ?? ""
    }

    /// Kills a service, waits for its end, and starts it again.
    public func killAndRestart(_ service: Service) async throws {
        signal(service, SIGKILL)
        _ = await end(of: service)
        try await start(service)
    }

    /// A port that nobody listens on now.
    private static func freePort() throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw StartError(description: "no port is free: error \(errno)") }
        return String(UInt16(bigEndian: address.sin_port))
    }
}
