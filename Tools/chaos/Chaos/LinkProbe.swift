public import ChaosProxy
import Contracts
public import Logging
public import Postgres
import Wire
import WireNIO

/// Pools and clients that meet a fault, each through a proxy of its own.
public enum LinkProbe {
    static let poolSize = 4

    /// Lets pools meet a fault while all of their connections are in use.
    ///
    /// - Parameters:
    ///   - silence: how long a server may say nothing beyond the time of a statement; nil for the default.
    /// - Throws: ``DrillError`` when one notices too late, or has lost a place for a connection for ever.
    public static func database(
        _ server: EmbeddedCluster, fault: Fault, count: Int, silence: (statement: Duration, allowance: Duration)? = nil,
        logger: Logger
    ) async throws -> LinkDrill.Finding {
        let times = try await withThrowingTaskGroup(of: (Duration, Duration).self) { group in
            for _ in 0..<count {
                group.addTask { try await pool(server, fault: fault, silence: silence, logger: logger) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return try LinkDrill.finding("a pool of its own to the database", fault, times.map(\.0), times.map(\.1))
    }

    private static func pool(
        _ server: EmbeddedCluster, fault: Fault, silence: (statement: Duration, allowance: Duration)?, logger: Logger
    ) async throws -> (Duration, Duration) {
        let proxy = try await ChaosProxy.start(to: Proxies.server(server.runtimeDirectory))
        var configuration = PoolConfiguration(
            connectionString: server.connectionString + " host=127.0.0.1 port=\(proxy.port)", size: poolSize)
        configuration.reconnectDelay = .milliseconds(50) ... .seconds(1)
        if let silence {
            configuration.statementTimeout = silence.statement
            configuration.silenceAllowance = silence.allowance
            configuration.acquireTimeout = silence.statement + silence.allowance
        }
        let pool = Pool(configuration, logger: logger)
        _ = try await sessions(pool)
        try await proxy.apply(fault)
        let start = ContinuousClock.now
        let met = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<poolSize {
                group.addTask {
                    do {
                        _ = try await pool.query("SELECT 1")
                        return false
                    } catch {
                        return true
                    }
                }
            }
            return await group.reduce(into: true) { $0 = $0 && $1 }
        }
        let detection = start.duration(to: .now)
        guard met else { throw DrillError(description: "\(fault) was not met") }
        try await proxy.apply(.none)
        let healed = ContinuousClock.now
        // Every place is to be had again, all at once.
        while true {
            do {
                guard try await sessions(pool) == poolSize else {
                    throw DrillError(description: "after \(fault) fewer than \(poolSize) sessions are to be had at once")
                }
                break
            } catch let error as PostgresError where error.mayPass {
                guard healed.duration(to: .now) < LinkDrill.limit else { throw error }
            }
        }
        let recovery = healed.duration(to: .now)
        let statistics = await pool.statistics()
        guard statistics.connections <= poolSize, statistics.idle == statistics.connections, statistics.waiting == 0 else {
            throw DrillError(description: "after \(fault) the pool's places are not free: \(statistics)")
        }
        await pool.close()
        await proxy.stop()
        return (detection, recovery)
    }

    /// How many sessions are had at once: each of so many units waits until all of them have begun.
    private static func sessions(_ pool: Pool) async throws -> Int {
        let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
            let all = Bell()
            let begun = Arrivals(poolSize, all)
            for _ in 0..<poolSize {
                group.addTask {
                    try await pool.unitOfWork("hold a session") { unit in
                        let process = try await unit.query("SELECT pg_backend_pid()")[0].decode(Int32.self)
                        await begun.arrive(upTo: .seconds(10))
                        return process
                    }
                }
            }
            return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
        }
        return processes.count
    }

    /// Lets clients of the assessment service meet a fault during a call.
    ///
    /// - Throws: ``DrillError`` when one notices too late.
    public static func calls(
        to deployment: Deployment, fault: Fault, count: Int, logger: Logger
    ) async throws -> LinkDrill.Finding {
        let port = deployment.port(of: .cjAssessment)
        let times = try await withThrowingTaskGroup(of: (Duration, Duration).self) { group in
            for _ in 0..<count { group.addTask { try await client(port: port, fault: fault, logger: logger) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return try LinkDrill.finding("a client of its own to cj-assessment", fault, times.map(\.0), times.map(\.1))
    }

    private static func client(port: Int, fault: Fault, logger: Logger) async throws -> (Duration, Duration) {
        let proxy = try await ChaosProxy.start(to: .address(host: "127.0.0.1", port: port))
        let client = WireClient(host: "127.0.0.1", port: proxy.port, configuration: .init(), logger: logger)
        let assessments = CJV1.CJAssessmentClient(client)
        // Bytes that come, however slowly, are a sign of life: then the caller's deadline decides.
        let patience: Duration = if case .trickle = fault { .seconds(15) } else { .seconds(60) }
        guard try await answers(assessments, within: .seconds(10)) else {
            throw DrillError(description: "cj-assessment does not answer")
        }
        try await proxy.apply(fault)
        let start = ContinuousClock.now
        guard try await !answers(assessments, within: patience) else {
            throw DrillError(description: "\(fault) was not met")
        }
        let detection = start.duration(to: .now)
        try await proxy.apply(.none)
        let healed = ContinuousClock.now
        while try await !answers(assessments, within: .seconds(20)) {
            guard healed.duration(to: .now) < LinkDrill.limit else {
                throw DrillError(description: "after \(fault) no call is answered")
            }
        }
        let recovery = healed.duration(to: .now)
        await client.close()
        await proxy.stop()
        return (detection, recovery)
    }

    /// Whether a call is answered; that there is no such assessment is an answer.
    private static func answers(_ assessments: CJV1.CJAssessmentClient, within patience: Duration) async throws -> Bool {
        do {
            _ = try await assessments.getAssessment(.init(assessmentID: "nobody's"), options: .timeout(patience))
            return true
        } catch let error as RPCError {
            return error.code == .notFound
        }
    }
}

/// Those who wait until all of them are there.
private actor Arrivals {
    private let count: Int
    private let all: Bell
    private var arrived = 0

    init(_ count: Int, _ all: Bell) {
        self.count = count
        self.all = all
    }

    func arrive(upTo patience: Duration) async {
        arrived += 1
        if arrived >= count { return all.ring() }
        await all.wait(after: 0, upTo: patience)
    }
}
