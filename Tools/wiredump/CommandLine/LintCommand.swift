import ArgumentParser
import WireDump

extension LintFormat: ExpressibleByArgument {}

/// `wiredump lint`
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Tell what is wrong or suspect in a capture.",
        discussion: """
            Every connection is checked against proto/PROTOCOL.md and the contracts. What is found stands on a line: the time (UTC), \
            connection/stream, who sent it, error or warning, the number of the rule, and what it is in this case. An error is against the \
            protocol, a warning is allowed or of no consequence for servers of ours. Examples:

              wiredump lint --rules
              wiredump lint evening.pcap --port 7100 --allow WD027
              tcpdump -i any -U -w - tcp port 7100 | wiredump lint - --port 7100 --format json

            Nothing is told that packets which were not captured could explain: of a connection that the capture joins in the middle, or \
            behind a gap, only calls are checked whose request was seen since. Without --port, connections whose first bytes are no frame \
            are taken for those of another protocol.

            It ends with 0 when nothing was found, with 3 when something was, with 1 when the capture cannot be read or ends inside a packet \
            (what was found before that is told all the same), and with 64 for wrong options.
            """)

    @Argument(help: ArgumentHelp("The capture, pcap or pcapng; - is standard input.", valueName: "file"))
    var file: String?

    @Flag(help: "List the rules, and do nothing else.")
    var rules = false

    @Option(
        help: ArgumentHelp(
            "A port of servers: other connections are left alone, and everything on this one has to be frames. May be given several "
                + "times.", valueName: "port"))
    var port: [UInt16] = []

    @Option(help: ArgumentHelp("Tell nothing of this rule. May be given several times.", valueName: "rule"))
    var allow: [String] = []

    @Option(help: ArgumentHelp("text for people; json, an object a line, with times in nanoseconds since 1970."))
    var format = LintFormat.text

    @OptionGroup
    var colours: ColourOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        guard rules || file != nil else { throw ValidationError("Expected a capture, or --rules.") }
        _ = try allowed
    }

    func run() throws {
        guard let file, !rules else {
            for rule in LintRule.allCases { print("\(rule.id)  \(rule.severity)  \(rule.title)\n    \(rule.explanation)") }
            return
        }
        var capture = try CaptureInput(file)
        let linting = Linting(schema: try contracts.schema, allowed: try allowed)
        var reader = TrafficReader(ports: Set(port), keeping: .nothing, linting: linting)
        var output = Output()
        let palette = colours.palette
        var counts: [LintRule.Severity: Int] = [:]
        func tell(_ events: [TrafficReader.Event]) throws {
            for case .finding(let finding) in events {
                counts[finding.rule.severity, default: 0] += 1
                try output.write([finding.text(format, palette: palette)])
            }
        }
        var fault: CaptureError?
        do {
            while let piece = try capture.next() {
                for packet in piece.packets { try tell(reader.receive(packet)) }
                try output.flush()
            }
        } catch let error as CaptureError {
            fault = error
        }
        try tell(reader.finish())
        try output.flush()
        if let fault {
            Output.complain("\(file): \(fault)")
            throw ExitCode(1)
        }
        guard !counts.isEmpty else { return }
        Output.complain("errors: \(counts[.error] ?? 0), warnings: \(counts[.warning] ?? 0)")
        throw ExitCode(3)
    }

    private var allowed: Set<LintRule> {
        get throws {
            Set(
                try allow.map { id in
                    guard let rule = LintRule(id: id) else {
                        throw ValidationError("--allow: expected a rule, as WD007; '\(id)' is none (see --rules).")
                    }
                    return rule
                })
        }
    }
}
