import ArgumentParser
import WireDump

/// `wiredump list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the services of a server, or of the contracts, or the methods of one.")

    @Argument(help: ArgumentHelp("A service whose methods to list, as huleedu.cj.v1.CJAssessment.", valueName: "service"))
    var service: String?

    @OptionGroup
    var source: ContractSource

    func run() async throws {
        let (schema, served) = try await source.contracts()
        let services = served ?? Set(schema.methods.map(\.service)).sorted()
        guard let service else {
            for name in services { print(JSONText.name(name)) }
            return
        }
        let methods = schema.methods.filter { $0.service == service }
        guard services.contains(service), !methods.isEmpty else {
            throw ValidationError(
                "There is no service '\(service)'; there are \(services.map(JSONText.name).joined(separator: ", ")).")
        }
        for method in methods { print(JSONText.name("\(method.service)/\(method.name)")) }
    }
}

/// `wiredump describe`
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Describe a service, a method, a message or an enum of a server, or of the contracts.")

    @Argument(
        help: ArgumentHelp(
            "Its full name, as huleedu.cj.v1.CJAssessment/StartAssessment or huleedu.cj.v1.Essay.", valueName: "name"))
    var name: String

    @OptionGroup
    var source: ContractSource

    func run() async throws {
        guard let lines = SchemaText(try await source.contracts().schema).lines(of: name) else {
            throw ValidationError("The contracts have nothing of the name '\(name)'.")
        }
        for line in lines { print(line) }
    }
}

/// Who is asked for contracts.
struct ContractSource: ParsableArguments {
    @Option(help: ArgumentHelp("Ask this server, instead of what this program knows.", valueName: "host:port"))
    var server: String?

    @OptionGroup(title: "Trust")
    var trust: TrustOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        guard let server else { return }
        _ = try Address(server, "--server")
        guard !contracts.isGiven else {
            throw ValidationError("--server and files are two sources of the same: give one.")
        }
    }

    /// The contracts, and the services that a server has, where one is asked.
    func contracts() async throws -> (schema: MessageSchema, served: [String]?) {
        guard let server else { return (try contracts.schema, nil) }
        return try await Server.with(try Address(server, "--server"), trust) { server in
            (try await server.schema(), try await server.services())
        }
    }
}
