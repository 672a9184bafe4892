import ArgumentParser
import Wire
import WireDump

/// `wiredump conform`
struct ConformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract: "Tell whether a server keeps to the protocol.",
        discussion: """
            Each check has a number that stays, and a connection of its own: of the rules of proto/PROTOCOL.md, and of gRPC's interoperability cases, by \
            their names. The rules need one unary method that answers an empty request well, and a stream, and take \
            huleedu.wire.v1.Health for both. The cases need the service huleedu.sample.v1.Samples (Tests/Support/SampleContracts), and one \
            huleedu.test.Echo; checks whose service the server does not have are skipped. Transcripts are lines of proto/golden/transcripts: \
            frames that a client sends, and those that have to come back. Examples:

              wiredump conform --list
              wiredump conform 127.0.0.1:7702
              wiredump conform 127.0.0.1:7702 --method portal.v1.Portal/Ping --except WC042 --except WC043
              wiredump mock proto/golden/calls/*.jsonl --listen 127.0.0.1:7799 &
              wiredump conform 127.0.0.1:7799 --transcripts proto/golden/transcripts/huleedu.cj.v1.CJAssessment.jsonl

            What is told is the Test Anything Protocol: a line "ok" or "not ok" for each check, and below the latter what was expected and what came. \
            It ends with 0 when every check passed or was skipped, with 3 when one failed, with 1 when a transcript cannot be read, and with 64 \
            for wrong options. Connections are plain TCP.
            """)

    @Argument(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server: String?

    @Flag(help: "List the checks, and do nothing else.")
    var list = false

    @Option(help: ArgumentHelp("A unary method that answers an empty request well.", valueName: "service/method"))
    var method = "\(ConformanceSubject.check)"

    @Option(help: ArgumentHelp("A check to leave out. May be given several times.", valueName: "check"))
    var except: [String] = []

    @Option(
        help: ArgumentHelp("Instead of the checks, the calls of this file, frame by frame. May be given several times.", valueName: "file"),
        completion: .file())
    var transcripts: [String] = []

    @Option(help: ArgumentHelp("How long each check may take, above 0 to 3600.", valueName: "seconds"))
    var timeout = 20.0

    func validate() throws {
        guard list || server != nil else { throw ValidationError("Expected a server, or --list.") }
        if let server { _ = try Address(server, "server") }
        guard timeout > 0, timeout <= 3600 else { throw ValidationError("--timeout: expected above 0 to 3600 seconds.") }
        guard method.split(separator: "/").count == 2 else { throw ValidationError("--method: expected SERVICE/METHOD.") }
        let known = Set(ConformanceCheck.all.map(\.id))
        if let other = except.first(where: { !known.contains($0) }) {
            throw ValidationError("--except: there is no check '\(other)'; --list tells which there are.")
        }
    }

    func run() async throws {
        guard let server, !list else {
            for check in ConformanceCheck.all { print("\(check.id)  \(check.claim)") }
            return
        }
        let address = try Address(server, "server")
        let checks =
            transcripts.isEmpty
            ? ConformanceCheck.all.filter { !except.contains($0.id) } : try transcripts.flatMap { try Transcript.checks(in: $0) }
        let names = method.split(separator: "/").map(String.init)
        let client = try Server.client(address, TrustOptions())
        let subject = ConformanceSubject(
            address: address, client: client, method: MethodDescriptor(service: names[0], method: names[1]))
        let failures = try await Self.report(checks, of: subject, time: .seconds(timeout))
        await client.close()
        guard failures == 0 else { throw ExitCode(3) }
    }

    /// Makes the checks one after the other, tells how each ended, and returns how many failed.
    private static func report(
        _ checks: [ConformanceCheck], of subject: ConformanceSubject, time: Duration
    ) async throws -> Int {
        var output = Output()
        try output.write(["TAP version 14", "1..\(checks.count)"])
        var failures = 0
        for (place, check) in checks.enumerated() {
            let name = "\(place + 1) - \(check.id) \(check.claim)"
            switch await CheckResult(time, { try await check.run(subject) }) {
            case .passed: try output.write(["ok \(name)"])
            case .skipped(let reason): try output.write(["ok \(name) # SKIP \(reason)"])
            case .failed(let fault):
                failures += 1
                try output.write(["not ok \(name)", "# expected \(fault.expected)", "# got \(fault.got)"])
            }
            try output.flush()
        }
        return failures
    }
}
