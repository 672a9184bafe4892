import ArgumentParser
import FakeProvider
import FoundationEssentials
import Logging
import ServiceKit
import ServiceLifecycle
import WireNIO

/// `huleedu up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run every service in one process, on a PostgreSQL of its own.",
        discussion: """
            The services talk to each other over loopback TCP, as they would from separate machines. The model providers are those for \
            which the environment holds a key (ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL); the simulated judge is \
            always there, as provider "simulated". Ends with SIGTERM or SIGINT once the calls under way have been answered.
            """)

    @OptionGroup
    var hosting: HostingOptions

    @Option(help: ArgumentHelp("Port of the LLM provider service; 0 for any.", valueName: "port"))
    var llmProviderPort = UInt16(ServiceAssembly.Name.llmProvider.usualPort)

    @Option(help: ArgumentHelp("Port of the assessment service; 0 for any.", valueName: "port"))
    var cjAssessmentPort = UInt16(ServiceAssembly.Name.cjAssessment.usualPort)

    @Option(help: ArgumentHelp("Port to tell Prometheus at what is counted, under /metrics; 0 for any.", valueName: "port"))
    var metricsPort: UInt16?

    @OptionGroup(title: "Log")
    var logging: LoggingOptions

    func run() async throws {
        let status = await CommandFailure.reported {
            let environment = Settings.environment
            let logger = try logging.logger()
            let data = try DataFolder(chosen: hosting.data, environment: ProcessInfo.processInfo.environment)
            let url = hosting.database ?? environment.text("DATABASE_URL", isSecret: true)
            if url == nil { try data.prepare() }
            let database = try await DatabaseServer.start(named: url, data: data, logger: logger)
            do {
                try await serve(database, environment: environment, logger: logger)
                await database.stop()
            } catch {
                await database.stop()
                throw error
            }
            return 0
        }
        throw ExitCode(status)
    }

    private func serve(_ database: DatabaseServer, environment: Settings, logger: Logger) async throws {
        let simulation = try await Simulation.start(FakeProviderConfiguration(), logger: logger)
        do {
            let assembly = ServiceAssembly(
                connectionString: database.connectionString, isAlone: database.isPrivate,
                concurrentRequests: try ConcurrentRequests(environment), requestLife: try RequestLife(environment),
                callTimeout: try CallTimeout(environment),
                protection: Protection(isOpenToAll: hosting.openToAll),
                logger: logger)
            let provider = try await assembly.llmProvider(
                listen: Endpoint(host: hosting.host, port: Int(llmProviderPort)),
                providers: try ProviderAccess.configurations(environment, simulatedURL: simulation.url))
            let assessment = try await assembly.cjAssessment(
                listen: Endpoint(host: hosting.host, port: Int(cjAssessmentPort)),
                provider: Endpoints(Endpoint(host: provider.address.host, port: provider.address.port)))
            try StandardOutput.write("llm-provider   \(provider.address)\n")
            try StandardOutput.write("cj-assessment  \(assessment.address)\n")
            var hosts: [any Service] = [provider.host, assessment.host]
            if let metricsPort {
                let (server, address) = try await assembly.metrics(listen: Endpoint(host: hosting.host, port: Int(metricsPort)))
                try StandardOutput.write("metrics        \(address)\n")
                hosts.append(server)
            }
            try await ServiceRun.untilSignal(hosts, logger: logger)
            await simulation.stop()
        } catch {
            await simulation.stop()
            throw error
        }
    }
}
