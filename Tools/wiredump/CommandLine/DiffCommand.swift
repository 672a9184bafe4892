import ArgumentParser
import WireDump

/// `wiredump diff`
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tell in what the calls of two recordings differ.",
        discussion: """
            The first call of a method is compared with the first call of it in the other recording, and so on in the order in which they \
            began. With --key, calls are matched whose requests have the same value in a field, whatever their order was. Compared are the \
            messages, field by field, and how the calls ended; metadata is not, nor are times without --slower. Examples:

              wiredump diff yesterday.pcapng today.pcapng --ignore revision --ignore latency_milliseconds
              wiredump diff before.pcap after.pcap --key request_id --method '*LLMProvider/*' --slower 2

            Below the line of a call stand the paths of what differs, with what the left and the right recording have there; texts are hidden \
            unless they are asked for, and equal ones have the same hash. With --json every call is an object on a line, with its \
            first 1000 differences.

            It ends with 0 when there is no difference, with 1 when there is one, and with 2 when a recording cannot be read, ends \
            inside a packet or has calls of more than 1 GiB (choose with --method); with 64 for wrong options.
            """)

    @Argument(help: ArgumentHelp("The one recording, pcap or pcapng.", valueName: "left"), completion: .file())
    var left: String

    @Argument(help: ArgumentHelp("The other; - is standard input.", valueName: "right"), completion: .file())
    var right: String

    @Option(
        help: ArgumentHelp(
            "Match calls whose requests have the same value in this field, as request_id or judge.model, and then by their order.",
            valueName: "field"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            "A field that may differ, by its name or by its path, as items.ability. May be given several times.",
            valueName: "field"))
    var ignore: [String] = []

    @Option(
        help: ArgumentHelp(
            "Tell calls too that took more than so many times as long on the right; 1 or more.", valueName: "factor"))
    var slower: Double?

    @OptionGroup
    var methods: MethodOptions

    @OptionGroup
    var servers: PortOptions

    @Flag(help: "Print objects of JSON, one a line, with times in nanoseconds.")
    var json = false

    @OptionGroup
    var redaction: RedactionOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        guard left != "-" || right != "-" else { throw ValidationError("Standard input can be one of the recordings, not both.") }
        if let slower {
            guard slower >= 1, slower.isFinite else { throw ValidationError("--slower: expected a number from 1.") }
        }
    }

    func run() throws {
        let comparison = try comparison()
        var output = Output()
        let result = try comparison.compare(try calls(left), try calls(right)) { difference in
            try output.write(json ? [difference.json] : difference.lines)
        }
        try output.flush()
        if result.unknown > 0 { Output.complain("calls left out, whose requests were not captured: \(result.unknown)") }
        Output.complain(
            "calls compared: \(result.pairs), calls that differ or that one side has alone: \(result.differing)")
        guard result.differing == 0 else { throw ExitCode(1) }
    }

    private func comparison() throws -> RecordingComparison {
        let schema = try contracts.schema
        do throws(RecordingComparison.FieldError) {
            return try RecordingComparison(
                schema: schema, key: key, ignoring: Set(ignore), slower: slower, redaction: redaction.redaction)
        } catch {
            throw ValidationError("\(error.parameter == .key ? "--key" : "--ignore"): \(error).")
        }
    }

    /// - Throws: ``ExitCode`` after telling what is wrong with a recording.
    private func calls(_ path: String) throws -> [Call] {
        var filter = CallFilter()
        filter.methods = methods.method
        var recorded = RecordedCalls(filter)
        var reader = TrafficReader(ports: servers.ports)
        func take(_ events: [TrafficReader.Event]) throws {
            guard recorded.take(events) else {
                throw Self.trouble(path, "calls of more than 1 GiB: choose some with --method")
            }
        }
        do {
            var capture = try CaptureInput(path)
            while let piece = try capture.next() {
                for packet in piece.packets { try take(reader.receive(packet)) }
            }
        } catch let fault as CaptureError {
            throw Self.trouble(path, "\(fault)")
        } catch is ValidationError {
            throw Self.trouble(path, "cannot be read")
        }
        try take(reader.finish())
        return recorded.calls
    }

    private static func trouble(_ path: String, _ reason: String) -> ExitCode {
        Output.complain("\(path): \(reason)")
        return ExitCode(2)
    }
}
