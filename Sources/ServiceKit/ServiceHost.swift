import Contracts
public import Logging
public import ServiceLifecycle
public import Wire
public import WireNIO

/// One service as a process runs it: its TCP server, its health, and the loop that works beside it.
public final class ServiceHost: Service {
    /// What the service is called on the command line and in logs.
    public let name: String

    private let server: WireServer
    private let health: Health
    private let drain = DrainSignal()
    private let work: @Sendable () async throws -> Void
    private let close: @Sendable () async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - services: what is served; health, reflection, statistics and drain are added.
    ///   - telemetry: what is told of the calls to all of these.
    ///   - interceptors: which calls pass after those of the telemetry, in this order.
    ///   - security: of the server's connections; nil for plain TCP.
    ///   - access: who may call what; nil where nobody is asked.
    ///   - check: why the service cannot take calls right now; nil when it can.
    ///   - work: runs beside the server and is cancelled once the server has drained.
    ///   - close: gives back what the service holds, once nothing of it runs any more, however it ended.
    public init(
        name: String, services: [any RPCService], telemetry: Telemetry, interceptors: [any ServerInterceptor] = [],
        configuration: ServerConfiguration, security: (any ConnectionSecurity)? = nil, access: (any AccessControl)? = nil,
        check: @escaping Health.Check,
        work: @escaping @Sendable () async throws -> Void, close: @escaping @Sendable () async -> Void, logger: Logger
    ) {
        self.name = name
        self.work = work
        self.close = close
        self.logger = logger
        health = Health(checks: Dictionary(uniqueKeysWithValues: services.map { ($0.name, check) }))
        let load = ServerLoad(configuration)
        let standard: [any RPCService] = [
            WireV1.HealthServer(health), WireV1.StatisticsServer(Statistics(load: load)),
            WireV1.DrainServer(Drain(signal: drain, load: load)),
        ]
        let names = (services + standard).map(\.name) + [WireV1.ReflectionServer.serviceName]
        server = WireServer(
            services: services + standard + [WireV1.ReflectionServer(Reflection(services: names))],
            interceptors: telemetry.serverInterceptors(logger: logger) + interceptors, configuration: configuration,
            security: security, access: access, load: load, logger: logger)
    }

    /// Binds the server's socket.
    ///
    /// - Throws: a named error when the address is taken or cannot be had.
    public func start() async throws -> BoundAddress {
        let address = try await server.start()
        logger.info("serving", metadata: ["service": "\(name)", "address": "\(address)"])
        return address
    }

    /// Serves until a graceful shutdown has drained the server, or the task is cancelled, or the work fails.
    public func run() async throws {
        do {
            try await serveAndWork()
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private func serveAndWork() async throws {
        // The server has the service that has the signal: with a strong reference none would go before the other.
        drain.onBegin { [health, weak server] in
            health.beginDraining()
            server?.beginGracefulShutdown()
        }
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Part.self) { group in
                group.addTask {
                    try await self.server.serve()
                    return .server
                }
                group.addTask {
                    try await self.work()
                    return .work
                }
                // The work lives as long as the server; the server lives on should the work end by itself.
                do {
                    while let part = try await group.next() {
                        if part == .server { group.cancelAll() }
                    }
                } catch is CancellationError {
                    // The work was told to end, and did.
                }
            }
        } onGracefulShutdown: {
            self.drain.begin()
        }
    }

    private enum Part { case server, work }
}
