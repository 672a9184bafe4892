import CJAssessmentService
import Contracts
import CurlClient
import EventLog
import LLMProviderService
import Logging
import Postgres
import ServiceKit
import ServiceLifecycle
import UnixSignals
import Wire
import WireNIO

/// Builds the services of a process; the only place that knows what each is made of.
struct ServiceAssembly: Sendable {
    /// The services there are, by their names on the command line.
    enum Name: String, Sendable, CaseIterable {
        case llmProvider = "llm-provider"
        case cjAssessment = "cj-assessment"

        /// Where the service listens unless told otherwise.
        var usualPort: Int {
            switch self {
            case .llmProvider: 7701
            case .cjAssessment: 7702
            }
        }
    }

    let connectionString: String
    /// Whether no other process can be using the database, so that all that is claimed there belongs to dead ones.
    let isAlone: Bool
    /// Where this process is to die, in a drill.
    var crashPoint: CrashPoint?
    /// How long the processes keep what they have claimed.
    var leases = Leases()
    var concurrentRequests = ConcurrentRequests()
    /// How long a request may be without an answer.
    var requestLife = RequestLife()
    /// How long one call to a vendor may take.
    var callTimeout = CallTimeout()
    /// Whether a provider that fails is waited for only where it has answered before.
    var needsProof = false
    /// Who may call the services.
    var protection = Protection()
    /// How cj-assessment calls llm-provider.
    var providerTrust = ServerTrust()
    /// What the services count.
    let providerMetrics = LLMProviderMetrics()
    /// What is counted of the calls to them and among them.
    let callMetrics = MetricsRegistry(descriptions: CallMetrics.descriptions)
    let logger: Logger

    /// Connections of one service to the database.
    private static let poolSize = 8

    /// Brings the provider service's schema up to date and binds its server.
    func llmProvider(
        listen: Endpoint, providers: [ProviderConfiguration]
    ) async throws -> (host: ServiceHost, address: BoundAddress) {
        let pool = pool()
        try await LLMProvider.migrate(pool)
        let curl = CurlClient(configuration: .init(maxTransfersInFlight: concurrentRequests.count))
        // One call at a time for each provider, and one for those that are no longer configured.
        let batchCurl = CurlClient(
            configuration: .init(maxTransfersInFlight: providers.count + 1, maxRequestBytes: BatchConfiguration.mostBytes))
        let bell = Bell()
        let upkeep = LogUpkeep(LLMProvider.log, pool: pool, appended: bell, logger: named(.llmProvider))
        var configuration = leases.configuration(providers: providers)
        configuration.instance = Self.instance(listen)
        configuration.maximumInFlight = concurrentRequests.count
        configuration.longestLife = requestLife.duration
        configuration.callTimeout = callTimeout.duration
        configuration.breakerNeedsProof = needsProof
        if providers.allSatisfy(\.isSimulated) { configuration.batches = .impatient }
        let provider = LLMProvider(
            pool: pool, bell: bell, configuration: configuration, http: curl, batchHTTP: batchCurl, metrics: providerMetrics,
            logger: named(.llmProvider))
        if isAlone {
            try await provider.takeOver()
            try await upkeep.takeOver()
        }
        let host = ServiceHost(
            name: Name.llmProvider.rawValue,
            services: [
                LLMV1.LLMProviderServer(provider),
                LLMV1.SpendingServer(SpendingLedger(pool: pool)),
                EventsV1.EventFeedServer(EventFeed(log: LLMProvider.log, pool: pool, bell: upkeep.sequenced)),
            ],
            telemetry: telemetry(.llmProvider), interceptors: [DatabaseAvailability()], configuration: server(listen),
            security: protection.security, access: protection.access, check: Self.check(pool),
            work: { try await upkeep.run(beside: provider.run) },
            close: {
                await upkeep.finish()
                await curl.shutdown()
                await batchCurl.shutdown()
                await pool.close()
            }, logger: named(.llmProvider))
        return (host, try await host.start())
    }

    /// Brings the assessment service's schema up to date and binds its server.
    func cjAssessment(
        listen: Endpoint, provider: Endpoints
    ) async throws -> (host: ServiceHost, address: BoundAddress) {
        let pool = pool()
        try await CJAssessment.migrate(pool)
        let link = ProviderLink(
            provider, trust: providerTrust,
            interceptors: telemetry(.cjAssessment).clientInterceptors(logger: named(.cjAssessment)),
            logger: named(.cjAssessment))
        let changes = Bell()
        let upkeep = LogUpkeep(CJAssessment.log, pool: pool, appended: changes, logger: named(.cjAssessment))
        let assessment = CJAssessment(
            pool: pool, provider: link.transport, changes: changes, configuration: leases.assessmentConfiguration,
            logger: named(.cjAssessment))
        if isAlone { try await upkeep.takeOver() }
        let host = ServiceHost(
            name: Name.cjAssessment.rawValue,
            services: [
                CJV1.CJAssessmentServer(assessment),
                EventsV1.EventFeedServer(EventFeed(log: CJAssessment.log, pool: pool, bell: upkeep.sequenced)),
            ],
            telemetry: telemetry(.cjAssessment), interceptors: [DatabaseAvailability()], configuration: server(listen),
            security: protection.security, access: protection.access, check: Self.check(pool),
            work: { try await link.run(beside: { try await upkeep.run(beside: assessment.run) }) },
            close: {
                await upkeep.finish()
                await link.close()
                await pool.close()
            }, logger: named(.cjAssessment))
        return (host, try await host.start())
    }

    /// Binds the server that tells what the services of this process count.
    func metrics(listen: Endpoint) async throws -> (server: MetricsServer, address: BoundAddress) {
        let server = MetricsServer(
            Metrics(providerMetrics.families, registry: callMetrics), at: BoundAddress(host: listen.host, port: listen.port),
            logger: logger)
        return (server, try await server.start())
    }

    /// What no two processes have in common: of one machine, one at a time listens on a port.
    ///
    /// Nil where the kernel chooses the port.
    private static func instance(_ listen: Endpoint) -> String? {
        listen.port == 0 ? nil : HostName.current.map { "\($0):\(listen.port)" }
    }

    private func pool() -> Pool {
        var configuration = PoolConfiguration(connectionString: connectionString, size: Self.poolSize)
        if let crashPoint { configuration.checkpoint = { crashPoint.reach($0) } }
        return Pool(configuration, logger: logger)
    }

    private func named(_ name: Name) -> Logger {
        var logger = logger
        logger[metadataKey: "service"] = "\(name.rawValue)"
        return logger
    }

    /// What is told of a service's calls. Nobody collects spans but the log, for who looks closely.
    private func telemetry(_ name: Name) -> Telemetry {
        let logger = named(name)
        let tracer = TraceContextTracer { span in
            logger.trace(
                "span",
                metadata: [
                    "name": "\(span.operationName)", "kind": "\(span.kind)", "trace": "\(span.trace.traceID)",
                    "span": "\(span.trace.spanID)", "parent": "\(span.parent?.spanID ?? "")",
                    "milliseconds": "\((span.duration ?? .zero) / .milliseconds(1))",
                ])
        }
        return Telemetry(metrics: callMetrics, tracer: tracer)
    }

    private func server(_ listen: Endpoint) -> ServerConfiguration {
        var configuration = ServerConfiguration(host: listen.host, port: listen.port)
        configuration.isOpenToAll = protection.isOpenToAll
        return configuration
    }

    private static func check(_ pool: Pool) -> Health.Check {
        {
            do {
                _ = try await pool.query("SELECT 1")
                return nil
            } catch {
                return "the database cannot be reached"
            }
        }
    }
}

/// Runs services beside a piece of work.
///
/// Services are shut down in the reverse of the order given: who calls another comes after it.
enum ServiceRun {
    /// Runs services until a signal asks for an end.
    static func untilSignal(_ hosts: [any Service], logger: Logger) async throws {
        try await group(hosts, signals: [.sigterm, .sigint], logger: logger).run()
    }

    /// Runs services for as long as `body` needs them, then shuts them down.
    ///
    /// - Returns: nil when a signal asked for an end before the body was done. The body is cancelled first and the services end after
    ///   it, so that it does not see them go.
    static func around<Value: Sendable>(
        _ hosts: [any Service], logger: Logger, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        let group = group(hosts, signals: [], logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask { try await orSignal(body) }
            let first = try await tasks.next() ?? nil
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return first
        }
    }

    /// Runs a body until it is done, or until a signal asks for an end; it is cancelled then, and nil returned.
    static func orSignal<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { race in
            let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
            race.addTask { try await body() }
            race.addTask {
                for await _ in signals { break }
                return nil
            }
            let first = try await race.next() ?? nil
            race.cancelAll()
            return first
        }
    }

    private static func group(_ hosts: [any Service], signals: [UnixSignal], logger: Logger) -> ServiceGroup {
        ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: hosts.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: signals, logger: logger))
    }
}
