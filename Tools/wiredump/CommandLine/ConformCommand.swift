import ArgumentParser
import Wire
import WireDump

extension ConformanceFormat: ExpressibleByArgument {}

/// `wiredump conform`
struct ConformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conform",
        abstract: "Tell whether a server keeps to the protocol.",
        discussion: """
            Each check has a number that stays, and a connection of its own: of the rules of proto/PROTOCOL.md, and of gRPC's \
            interoperability cases, by their names. The rules need a unary method that answers an empty request well, and a stream, and take \
            huleedu.wire.v1.Health for both. The cases need the service huleedu.sample.v1.Samples (Tests/Support/SampleContracts), and one \
            huleedu.test.Echo; checks whose service the server does not have are skipped, and say so, as are those of what is agreed on by Hello with a \
            server that has no such thing. --drain ends the server. Transcripts are lines of \
            proto/golden/transcripts: frames that a client sends, and those that have to come back. Examples:

              wiredump conform --list
              wiredump conform 127.0.0.1:7702
              wiredump conform 127.0.0.1:7702 --method portal.v1.Portal/Ping --only 'WC0*' --except WC042 --except WC043
              wiredump mock proto/golden/calls/*.jsonl --listen 127.0.0.1:7799 &
              wiredump conform 127.0.0.1:7799 --transcripts proto/golden/transcripts/huleedu.cj.v1.CJAssessment.jsonl

            What is told is the Test Anything Protocol: a line "ok" or "not ok" for each check, "# SKIP" and the reason behind one that could \
            not be made, and below one that failed what was expected and what came. With --format json it is an object a line: "check", \
            "claim", "result" (passed, skipped or failed), "reason" of what was skipped, "expected" and "got" of what failed. How many there \
            were of each is told on standard error.

            It ends with 0 when every check passed or was skipped, with 3 when one failed or, with --strict, was skipped, with 1 when there \
            is no server, when its method does not answer well, or when a transcript cannot be read, and with 64 for wrong options.
            """)

    private static let longestTimeout = 3600.0

    @Argument(help: ArgumentHelp("The server.", valueName: "host:port"))
    var server: String?

    @Flag(help: "List the checks, and do nothing else.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "A unary method that answers an empty request well. (default: \(ConformanceSubject.check))",
            valueName: "service/method"))
    var method: String?

    @Option(
        help: ArgumentHelp("Only this check; * stands for any text. May be given several times.", valueName: "check"))
    var only: [String] = []

    @Option(
        help: ArgumentHelp("A check to leave out; * stands for any text. May be given several times.", valueName: "check"))
    var except: [String] = []

    @Option(
        help: ArgumentHelp(
            "Instead of the checks, the calls of this file, frame by frame. May be given several times.", valueName: "file"),
        completion: .file())
    var transcripts: [String] = []

    @Flag(help: "At the end, have the server shut down by huleedu.wire.v1.Drain, and check how it does.")
    var drain = false

    @OptionGroup(title: "Trust")
    var tls: TLSOptions

    @Flag(help: "Count what could not be checked as failed.")
    var strict = false

    @Option(help: ArgumentHelp("How long each check may take, above 0 to 3600.", valueName: "seconds"))
    var timeout = 20.0

    @Option(help: ArgumentHelp("How long to wait for a server that does not listen yet, 0 to 3600.", valueName: "seconds"))
    var wait = 0.0

    @Option(help: "tap, for people and test harnesses; json, an object a line.")
    var format = ConformanceFormat.tap

    func validate() throws {
        guard list != (server != nil) else { throw ValidationError("Expected a server, or --list and none.") }
        if let server { _ = try Address(server, "server") }
        guard timeout > 0, timeout <= Self.longestTimeout else {
            throw ValidationError("--timeout: expected above 0 to 3600 seconds.")
        }
        guard wait >= 0, wait <= Self.longestTimeout else { throw ValidationError("--wait: expected 0 to 3600 seconds.") }
        guard transcripts.isEmpty || method == nil else {
            throw ValidationError("--method: transcripts name their methods themselves.")
        }
        _ = try chosenMethod
        guard transcripts.isEmpty || !drain else { throw ValidationError("--drain: transcripts hold all that is sent.") }
        if transcripts.isEmpty { _ = try chosen(from: rules) }
    }

    func run() async throws {
        let checks = try chosen(
            from: transcripts.isEmpty ? rules : try transcripts.flatMap { try Transcript.checks(in: $0) })
        guard let server else {
            for check in checks { print("\(check.id)  \(check.claim)") }
            return
        }
        let run = ConformanceRun(
            address: try Address(server, "server"), security: try tls.security(ConformanceRun.silent), method: try chosenMethod,
            timeout: .seconds(timeout), wait: .seconds(wait), format: format)
        try await run.begin(needsMethod: transcripts.isEmpty)
        let counts = try await run.make(checks)
        guard counts.failed == 0, !strict || counts.skipped == 0 else { throw ExitCode(3) }
    }

    private var rules: [ConformanceCheck] { ConformanceCheck.all + (drain ? [ConformanceCheck.drain] : []) }

    private var chosenMethod: MethodDescriptor {
        get throws {
            guard let method else { return ConformanceSubject.check }
            let names = method.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard names.count == 2, !names.contains("") else { throw ValidationError("--method: expected SERVICE/METHOD.") }
            return MethodDescriptor(service: names[0], method: names[1])
        }
    }

    /// Those checks that `--only` and `--except` leave.
    private func chosen(from checks: [ConformanceCheck]) throws -> [ConformanceCheck] {
        for (option, patterns) in [("--only", only), ("--except", except)] {
            if let other = patterns.first(where: { pattern in !checks.contains { $0.fits(pattern) } }) {
                throw ValidationError("\(option): there is no check '\(other)'; --list tells which there are.")
            }
        }
        let chosen = checks.filter { check in
            (only.isEmpty || only.contains { check.fits($0) }) && !except.contains { check.fits($0) }
        }
        guard !chosen.isEmpty else { throw ValidationError("--except: it leaves no check.") }
        return chosen
    }
}
