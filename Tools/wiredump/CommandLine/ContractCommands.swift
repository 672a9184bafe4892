import ArgumentParser
import WireDump

/// `wiredump list`
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the services of the contracts, or the methods of one.",
        discussion: "No server is asked: servers do not tell their contracts yet.")

    @Argument(help: ArgumentHelp("A service whose methods to list, as huleedu.cj.v1.CJAssessment.", valueName: "service"))
    var service: String?

    @OptionGroup
    var contracts: ContractOptions

    func run() throws {
        let schema = try contracts.schema
        guard let service else {
            for name in Set(schema.methods.map(\.service)).sorted() { print(name) }
            return
        }
        let methods = schema.methods.filter { $0.service == service }
        guard !methods.isEmpty else { throw ValidationError("The contracts have no service '\(service)'.") }
        for method in methods { print("\(method.service)/\(method.name)") }
    }
}

/// `wiredump describe`
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Describe a service, a method, a message or an enum of the contracts.",
        discussion: "No server is asked: servers do not tell their contracts yet.")

    @Argument(
        help: ArgumentHelp(
            "Its full name, as huleedu.cj.v1.CJAssessment/StartAssessment or huleedu.cj.v1.Essay.", valueName: "name"))
    var name: String

    @OptionGroup
    var contracts: ContractOptions

    func run() throws {
        guard let lines = SchemaText(try contracts.schema).lines(of: name) else {
            throw ValidationError("The contracts have nothing of the name '\(name)'.")
        }
        for line in lines { print(line) }
    }
}
