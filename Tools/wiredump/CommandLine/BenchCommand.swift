import ArgumentParser
import Wire
import WireDump
import WireNIO

/// `wiredump bench`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Make a call of a server over and over, and tell how fast it answers.",
        discussion: """
            The call is given as for 'wiredump call', and made once on each connection before the clock runs: where that does not \
            go well, no other is made. Then each connection has --in-flight calls at a time, each followed by the next, until --duration is over or --calls are made. \
            With --rate calls are due at a steady pace, whether or not the server keeps up, and a call that begins late because all of \
            those before it are still waiting has taken the time from when it was due. Examples:

              wiredump bench 127.0.0.1:7702 huleedu.wire.v1.Health/Check --connections 4 --in-flight 16
              wiredump bench 127.0.0.1:7702 huleedu.wire.v1.Health/Check --rate 500 --duration 60 --json
              wiredump bench 127.0.0.1:7702 huleedu.cj.v1.CJAssessment/GetAssessment -d '{"assessment_id": "class-7"}' --calls 1000

            Times are of calls that went well, to within three per cent. It makes what it is told as often as it is told: mind what the method \
            does. It ends with 0 when every call went well, with 3 when one did not, with 2 when one of the first did not, and otherwise \
            as 'wiredump call'.
            """)

    @Argument(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server: String

    @OptionGroup
    var request: RequestOptions

    @Option(help: ArgumentHelp("How many connections to make, 1 to 1000.", valueName: "number"))
    var connections = 1

    @Option(help: ArgumentHelp("How many calls each connection has at a time, 1 to 1000.", valueName: "number"))
    var inFlight = 1

    @Option(help: ArgumentHelp("How long to begin calls, above 0 to 86400.", valueName: "seconds"))
    var duration = 10.0

    @Option(help: ArgumentHelp("How many calls to make at most, 1 to 1000000000.", valueName: "number"))
    var calls: Int?

    @Option(help: ArgumentHelp("How many calls are due a second, over all connections; above 0 to 1000000.", valueName: "number"))
    var rate: Double?

    @Option(help: ArgumentHelp("How long each call may take, above 0 to 3600.", valueName: "seconds"))
    var timeout = 30.0

    @Flag(help: "Write an object of JSON.")
    var json = false

    @OptionGroup(title: "Trust")
    var trust: TrustOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        _ = try Address(server, "server")
        try expect((1...1000).contains(connections), "--connections", "1 to 1000")
        try expect((1...1000).contains(inFlight), "--in-flight", "1 to 1000")
        try expect(duration > 0 && duration <= 86_400, "--duration", "above 0 to 86400 seconds")
        try expect((1...1_000_000_000).contains(calls ?? 1), "--calls", "1 to 1000000000")
        try expect((rate ?? 1) > 0 && (rate ?? 1) <= 1_000_000, "--rate", "above 0 to 1000000 calls a second")
        try expect(timeout > 0 && timeout <= 3600, "--timeout", "above 0 to 3600 seconds")
    }

    private func expect(_ holds: Bool, _ option: String, _ expected: String) throws {
        guard holds else { throw ValidationError("\(option): expected \(expected).") }
    }

    func run() async throws {
        let address = try Address(server, "server")
        let allWentWell = try await Server.with(address, trust) { server in
            let schema = if let own = try contracts.ownSchema { own } else { try await server.schema() }
            let method = try request.method(in: schema)
            let requests = try request.requests(of: method, MessageEncoder(schema: schema))
            let others = try (1..<connections).map { _ in try Server.client(address, trust) }
            let load = Load(
                clients: [server.client] + others, inFlight: inFlight, method: try request.descriptor, kind: method.kind,
                requests: requests, metadata: try request.entries, timeout: .seconds(timeout))
            do {
                try await load.tryOnce()
            } catch let error as RPCError {
                throw Server.failure(error)
            }
            let (figures, elapsed) = try await load.run(LoadPace(calls: calls, duration: .seconds(duration), rate: rate))
            for other in others { await other.close() }
            var output = Output()
            try output.write(json ? [figures.json(elapsed: elapsed)] : figures.lines(elapsed: elapsed))
            try output.flush()
            return figures.failures.isEmpty
        }
        guard allWentWell else { throw ExitCode(3) }
    }
}
