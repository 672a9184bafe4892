import ArgumentParser
import Wire
import WireDump

/// `wiredump call`
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call a method of a server, and show what it answers.",
        discussion: """
            Requests are JSON as proto3 has it: fields by their names in the contract, numbers of 64 bits as numbers or text, bytes in base64, \
            enums by name. A method that takes one request gets the whole of --data, and an empty one without it; a method that takes many gets \
            each line of --data that is not blank. Answers are printed as they come, a line each, with texts hidden as in other views.

            What messages look like is asked of the server, unless --descriptor-set or --proto says it. Examples:

              wiredump call 127.0.0.1:7702 huleedu.wire.v1.Health/Check
              wiredump call 127.0.0.1:7702 huleedu.cj.v1.CJAssessment/GetAssessment --data '{"assessment_id": "class-7"}'
              wiredump call 127.0.0.1:7702 huleedu.cj.v1.CJAssessment/StartAssessment --data @start.json
              wiredump call 127.0.0.1:7702 huleedu.events.v1.EventFeed/Follow --data '{"limit": 10}' --timeout 60

            It ends with 0 when the call went well, with 2 when it, or asking for contracts, ended with another status, which is told on standard \
            error, with 1 when the server does not tell contracts or they cannot be read, and with 64 for wrong options \
            and requests that are no such message.
            """)

    @Argument(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server: String

    @OptionGroup
    var request: RequestOptions

    @Option(help: ArgumentHelp("How long the call may take, above 0 to 3600.", valueName: "seconds"))
    var timeout = 30.0

    @OptionGroup(title: "Trust")
    var trust: TrustOptions

    @OptionGroup
    var redaction: RedactionOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        _ = try Address(server, "server")
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout: expected above 0 to 3600 seconds.") }
    }

    func run() async throws {
        try await Server.with(try Address(server, "server"), trust) { server in
            let schema = if let own = try contracts.ownSchema { own } else { try await server.schema() }
            let method = try request.method(in: schema)
            let decoder = MessageDecoder(schema: schema, redaction: redaction.redaction)
            // Read before the clock runs.
            let requests = try request.requests(of: method, MessageEncoder(schema: schema))
            var output = Output()
            let call = Exchange(
                client: server.client, method: try request.descriptor, kind: method.kind,
                options: CallOptions(deadline: .after(.seconds(timeout)), metadata: try request.entries))
            do {
                try await call.make(requests) { answer in
                    try output.write([decoder.json(answer, as: method.output)])
                    try output.flush()
                }
            } catch let error as RPCError {
                throw Server.failure(error)
            }
        }
    }
}
