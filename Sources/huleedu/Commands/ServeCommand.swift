import ArgumentParser
import Logging
import ServiceKit
import ServiceLifecycle
import WireNIO

/// `huleedu serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run some of the services against a PostgreSQL that is already there.",
        discussion: """
            Services: llm-provider, cj-assessment. Each brings its own schema up to date before it serves. Replicas share a schema and need \
            no further configuration. The environment names the providers, as for 'huleedu up'; HULEEDU_SIMULATED_URL names a fake \
            provider that is already running and makes it the provider "simulated". HULEEDU_LEASE_SECONDS, 2 to 3600 and 20 by default, \
            says how long what a process has claimed stays its own when it gives no sign of life; it should be the same for all replicas.

            What an account may use of its provider is named in the environment too, for ANTHROPIC, OPENAI and HULEEDU_SIMULATED as PREFIX: \
            PREFIX_TIER (start, build or scale; for Anthropic only, whose lowest is assumed), or PREFIX_REQUESTS_PER_MINUTE, \
            PREFIX_INPUT_TOKENS_PER_MINUTE and PREFIX_OUTPUT_TOKENS_PER_MINUTE, which the answers' headers never raise. Numbers above the \
            tier are refused unless PREFIX_LIMITS_ABOVE_TIER=1. PREFIX_CONCURRENT_REQUESTS bounds the requests at once of each pool \
            of models, PREFIX_SPACING_MILLISECONDS keeps them apart. Each replica uses the whole of the limits. \
            HULEEDU_CONCURRENT_REQUESTS, 1 to 900 and 32 by default, bounds the requests at once of a process, with those about to be \
            sent among them, but not those that wait for another to fill the vendor's cache: a limit takes as many as \
            it allows in the time of one answer and half a second.

            HULEEDU_REQUEST_SECONDS, 5 to 86400, says how long a request may be without an answer; a provider that fails is waited for as \
            long. It is 86400 by default, and 600 where 'huleedu rank' and 'huleedu align' run the services themselves. \
            HULEEDU_CALL_SECONDS, 1 to 3600 and 120 by default, says how long one call to a provider may take.

            With --llm-provider cj-assessment is told where llm-provider is: host:port, or several replicas, separated by commas. A name \
            stands for all of its addresses and is looked up again every 30 seconds and when a connection is lost. Each call goes to \
            the replica with the fewest of them running; one that is away, shuts down or says that it takes no calls is passed over until \
            it does. What nobody has begun, and what may safely be done twice, is tried again at another.

            For drills, CRASH_AT=POINT:N kills the process the Nth time that it reaches a named point between two round trips to the \
            database; CRASH_AT=list tells the points as they are reached.
            """)

    @Argument(help: ArgumentHelp("The services to run.", valueName: "service"))
    var services: [ServiceAssembly.Name]

    @Option(help: ArgumentHelp("The PostgreSQL to use, as a URI. Without it DATABASE_URL.", valueName: "url"))
    var database: String?

    @Option(help: ArgumentHelp("Address to listen on.", valueName: "host"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("Port to listen on, where one service is run; 0 for any.", valueName: "port"))
    var port: UInt16?

    @Option(help: ArgumentHelp("Port to tell Prometheus at what is counted, under /metrics; 0 for any.", valueName: "port"))
    var metricsPort: UInt16?

    @Option(help: ArgumentHelp("Address for that. Whoever can reach it is told; nobody is asked.", valueName: "host"))
    var metricsHost = "127.0.0.1"

    @OptionGroup(title: "Protection")
    var protection: ProtectionOptions

    @Option(
        help: ArgumentHelp("Where cj-assessment reaches llm-provider, or several replicas of it.", valueName: "host:port[,…]"))
    var llmProvider = Endpoints(Endpoint(host: "127.0.0.1", port: ServiceAssembly.Name.llmProvider.usualPort))

    @OptionGroup(title: "Log")
    var logging: LoggingOptions

    @OptionGroup
    var providerTrust: ServerTrustOptions

    func validate() throws {
        guard !services.isEmpty else { throw ValidationError("Name at least one service: llm-provider, cj-assessment.") }
        guard Set(services).count == services.count else { throw ValidationError("Name each service once.") }
        guard providerTrust.llmProviderToken == nil || providerTrust.llmProviderAuthorities != nil || llmProvider.isLoopback
        else {
            throw ValidationError(
                "--llm-provider-token: tokens go over TLS only, but for this machine; name --llm-provider-authorities.")
        }
        guard port == nil || services.count == 1 else { throw ValidationError("--port is for one service; name only that.") }
    }

    func run() async throws {
        let status = await CommandFailure.reported {
            let environment = Settings.environment
            guard let url = database ?? environment.text("DATABASE_URL", isSecret: true) else {
                throw CommandError(
                    .databaseUnnamed,
                    "No database is named; pass --database URL or set DATABASE_URL ('huleedu up' brings its own).")
            }
            let logger = try logging.logger()
            let crashPoint = try environment.text("CRASH_AT").map(CrashPoint.init)
            let assembly = ServiceAssembly(
                connectionString: url, isAlone: false, crashPoint: crashPoint, leases: try Leases(environment),
                concurrentRequests: try ConcurrentRequests(environment), requestLife: try RequestLife(environment),
                callTimeout: try CallTimeout(environment),
                protection: try protection.protection(logger: logger),
                providerTrust: try providerTrust.trust(protection, logger: logger), logger: logger)
            var hosts: [any Service] = []
            for service in services.sorted(by: { $0.usualPort < $1.usualPort }) {
                let listen = Endpoint(host: host, port: port.map(Int.init) ?? service.usualPort)
                let (host, address) = try await start(service, listen: listen, assembly: assembly, environment: environment)
                try StandardOutput.write("\(service.rawValue)  \(address)\n")
                hosts.append(host)
            }
            if let metricsPort {
                let (server, address) = try await assembly.metrics(listen: Endpoint(host: metricsHost, port: Int(metricsPort)))
                try StandardOutput.write("metrics  \(address)\n")
                hosts.append(server)
            }
            try await ServiceRun.untilSignal(hosts, logger: logger)
            return 0
        }
        throw ExitCode(status)
    }

    private func start(
        _ service: ServiceAssembly.Name, listen: Endpoint, assembly: ServiceAssembly, environment: Settings
    ) async throws -> (ServiceHost, BoundAddress) {
        switch service {
        case .llmProvider:
            let access = try ProviderAccess.configurations(environment, simulatedURL: environment.text("HULEEDU_SIMULATED_URL"))
            guard !access.isEmpty else {
                throw CommandError(
                    .judgeUnavailable,
                    "No provider can be used; set ANTHROPIC_API_KEY, OPENAI_API_KEY, OPENAI_BASE_URL or HULEEDU_SIMULATED_URL.")
            }
            return try await assembly.llmProvider(listen: listen, providers: access)
        case .cjAssessment:
            return try await assembly.cjAssessment(listen: listen, provider: llmProvider)
        }
    }
}

extension ServiceAssembly.Name: ExpressibleByArgument {}
