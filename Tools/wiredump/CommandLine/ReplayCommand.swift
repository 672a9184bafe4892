import ArgumentParser
import Wire
import WireDump

/// `wiredump replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make the calls of fixtures, and tell which went otherwise than they should.",
        discussion: """
            A fixture is a line of JSON: a method, its requests, and how the call ends. People write them, or 'wiredump read --view fixtures \
            --show-text' makes them of a recording:

              {"method": "huleedu.wire.v1.Health/Check", "requests": [{}], "status": "OK", "answers": [{"status": "SERVING_STATUS_SERVING"}]}

            Messages are JSON as proto3 has it, with bytes in base64. "requests" is one empty message where it is absent, "status" OK, "answers" \
            none; "metadata" is an object of texts, "ignore" names fields of answers that may differ, as "revision" or "items.ability". \
            Blank lines and those that begin with # are remarks. Calls are made one after the other, in the order of the files. Examples:

              wiredump replay 127.0.0.1:7702 calls.jsonl
              wiredump replay 127.0.0.1:7702 evening.jsonl --ignore revision --ignore created_at
              wiredump read evening.pcapng --view fixtures --show-text | wiredump replay 127.0.0.1:7702 -

            What is told is the Test Anything Protocol: a line "ok" or "not ok" for each call, and below the latter what differs, with texts \
            hidden as in other views. It ends with 0 \
            when every call went as it should, with 3 when one did not, with 1 when a fixture cannot be read, and with 64 for wrong options.
            """)

    @Argument(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server: String

    @Argument(help: ArgumentHelp("Files of fixtures; - is standard input.", valueName: "file"), completion: .file())
    var files: [String]

    @Option(help: ArgumentHelp("A field of answers that may differ. May be given several times.", valueName: "field"))
    var ignore: [String] = []

    @Option(help: ArgumentHelp("How long each call may take, above 0 to 3600.", valueName: "seconds"))
    var timeout = 30.0

    @OptionGroup(title: "Trust")
    var trust: TrustOptions

    @OptionGroup
    var redaction: RedactionOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        _ = try Address(server, "server")
        guard !files.isEmpty else { throw ValidationError("Expected a file of fixtures.") }
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout: expected above 0 to 3600 seconds.") }
    }

    func run() async throws {
        let failures = try await Server.with(try Address(server, "server"), trust) { server in
            let schema = if let own = try contracts.ownSchema { own } else { try await server.schema() }
            let codec = FixtureCodec(schema: schema)
            let entries = try FixtureFile.read(files, codec)
            var output = Output()
            try output.write(["TAP version 13", "1..\(entries.count)"])
            var failures = 0
            for (index, entry) in entries.enumerated() {
                let answer = try await make(entry.fixture, server)
                let differences = codec.differences(
                    between: entry.fixture, and: answer, ignoring: Set(ignore), redaction: redaction.redaction)
                let name = "\(index + 1) - \(entry.file):\(entry.line) \(entry.fixture.name)"
                try output.write(["\(differences.isEmpty ? "ok" : "not ok") \(name)"] + differences.map { "# \($0)" })
                try output.flush()
                if !differences.isEmpty { failures += 1 }
            }
            try output.flush()
            return failures
        }
        guard failures == 0 else { throw ExitCode(3) }
    }

    private func make(_ fixture: CallFixture, _ server: Server) async throws -> CallAnswer {
        let call = Exchange(
            client: server.client, method: fixture.method, kind: fixture.kind,
            options: CallOptions(deadline: .after(.seconds(timeout)), metadata: fixture.metadata))
        var answer = CallAnswer(status: .ok, answers: [])
        do {
            try await call.make(fixture.requests) { answer.answers.append($0) }
        } catch let error as RPCError {
            answer.status = error.code
            answer.message = error.message
        }
        return answer
    }
}
