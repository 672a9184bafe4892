import ArgumentParser
import Wire
import WireDump

extension View: ExpressibleByArgument {}
extension OutputFormat: ExpressibleByArgument {}

/// What is told of the traffic, and how.
struct ViewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to tell: calls, a line each when they have ended; messages, calls with everything that was said in them; frames, a line "
                + "each; statistics, a line for each method at the end; fixtures, calls as 'replay' and 'mock' take them."))
    var view = View.calls

    @Option(
        help: ArgumentHelp(
            "Show one call with everything that was said in it, by the number that stands behind the # in other views.",
            valueName: "call"))
    var follow: String?

    @Option(
        help: ArgumentHelp(
            "text for people; json, an object a line; csv with a header. Times are nanoseconds since 1970 in the latter two."))
    var format = OutputFormat.text

    @OptionGroup
    var methods: MethodOptions

    @Option(
        help: ArgumentHelp(
            "Only calls that ended with this status, as NOT_FOUND. May be given several times.", valueName: "code"))
    var status: [String] = []

    @Flag(help: "Only calls that ended with another status than OK, or have no answer.")
    var faults = false

    @Option(help: ArgumentHelp("Only calls that took this many milliseconds or more.", valueName: "ms"))
    var longerThan: Double?

    @Option(help: ArgumentHelp("Only calls with this many bytes or more in their messages.", valueName: "bytes"))
    var largerThan: Int?

    @Option(
        help: ArgumentHelp(
            "Only calls from or to this end: ADDRESS, ADDRESS:PORT, [ADDRESS]:PORT or :PORT. May be given several times.",
            valueName: "peer"))
    var peer: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only calls with this metadata, as 'tenant=school-*'; * stands for any text. May be given several times: each must be there.",
            valueName: "key=pattern"))
    var metadata: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only calls with a message, request or answer, in which this holds: FIELD =, !=, <, > or contains VALUE, as 'essays.id=class-7' or "
                + "'state != ASSESSMENT_STATE_RUNNING'. Of a repeated field any will do. May be given several times: each must hold.",
            valueName: "condition"))
    var conditions: [String] = []

    @OptionGroup
    var colours: ColourOptions

    @OptionGroup
    var redaction: RedactionOptions

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        _ = try filter
        guard view != .fixtures || redaction.showText else {
            throw ValidationError("--view fixtures: fixtures hold every text; say that you know with --show-text.")
        }
        if view == .frames, follow == nil, try !filter.acceptsAll {
            throw ValidationError("Filters choose calls; frames are chosen by --follow alone.")
        }
    }

    /// What a call is kept with until it ends.
    var keeping: CallTracker.Keeping {
        shownView == .messages || shownView == .fixtures || !metadata.isEmpty || !conditions.isEmpty ? .messages : .nothing
    }

    private var shownView: View { follow != nil && view == .calls ? .messages : view }

    func printer() throws -> Printer {
        let decoder = MessageDecoder(schema: try contracts.schema, redaction: redaction.redaction)
        return Printer(view: shownView, format: format, filter: try filter, decoder: decoder, palette: colours.palette)
    }

    private var filter: CallFilter {
        get throws {
            var filter = CallFilter()
            filter.methods = methods.method
            filter.codes = Set(try status.map(Self.code))
            filter.onlyFaults = faults
            if let longerThan {
                guard longerThan >= 0, longerThan <= 1e9 else {
                    throw ValidationError("--longer-than: expected 0 to 1000000000.")
                }
                filter.longerThanNanoseconds = UInt64(longerThan * 1e6)
            }
            if let largerThan {
                guard largerThan >= 0 else { throw ValidationError("--larger-than: expected 0 or more.") }
                filter.largerThanBytes = largerThan
            }
            if let follow {
                guard let call = Call.ID(follow) else {
                    throw ValidationError("--follow: expected CONNECTION/STREAM, as 1/3; '\(follow)' is none.")
                }
                filter.call = call
            }
            filter.peers = try peer.map { text in
                guard let peer = CallFilter.Peer(text) else {
                    throw ValidationError("--peer: expected ADDRESS, ADDRESS:PORT or :PORT; '\(text)' is none of them.")
                }
                return peer
            }
            filter.metadata = try metadata.map(Self.metadata)
            if !conditions.isEmpty {
                let schema = try contracts.schema
                filter.conditions = try conditions.map { try Self.condition($0, schema) }
            }
            return filter
        }
    }

    private static func metadata(_ text: String) throws -> (key: String, pattern: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("--metadata: expected KEY=PATTERN, as tenant=school-*; '\(text)' is none.")
        }
        return (text[..<equals].lowercased(), String(text[text.index(after: equals)...]))
    }

    private static func condition(_ text: String, _ schema: MessageSchema) throws -> FieldCondition {
        do throws(FieldCondition.ParseError) {
            return try FieldCondition(text, schema: schema)
        } catch {
            throw ValidationError("--where: \(error).")
        }
    }

    private static func code(_ text: String) throws -> StatusCode {
        guard let code = StatusCode.allCases.first(where: { $0.name == text.uppercased() || "\($0.rawValue)" == text }) else {
            throw ValidationError(
                "--status: '\(text)' is none of \(StatusCode.allCases.map(\.name).joined(separator: ", ")).")
        }
        return code
    }
}
