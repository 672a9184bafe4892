import Glibc

/// What the place to which text goes can do.
struct TerminalCapabilities: Sendable, Hashable {
    /// A person looks at it as it is written, and a line can be redrawn.
    var isTerminal: Bool
    /// Columns; nil where lines may be of any length.
    var columns: Int?
    var hasColour: Bool

    /// Neither redraws nor colours nor a width: a file or a pipe.
    static let plain = TerminalCapabilities(isTerminal: false, columns: nil, hasColour: false)

    /// Fewest columns that a layout is made for; narrower terminals wrap.
    static let fewestColumns = 20

    /// What a file descriptor of this process is, with `NO_COLOR`, `TERM` and `COLUMNS` of the environment heard.
    static func ofDescriptor(
        _ descriptor: Int32, colourWanted: Bool, environment: [String: String]
    ) -> TerminalCapabilities {
        guard isatty(descriptor) == 1 else { return .plain }
        var size = winsize()
        let measured = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
        return TerminalCapabilities(measuredColumns: measured, colourWanted: colourWanted, environment: environment)
    }

    init(isTerminal: Bool, columns: Int?, hasColour: Bool) {
        self.isTerminal = isTerminal
        self.columns = columns
        self.hasColour = hasColour
    }

    /// A terminal of which the system says that it is so many columns wide; zero where it says nothing.
    init(measuredColumns: Int, colourWanted: Bool, environment: [String: String]) {
        let stated = environment["COLUMNS"].flatMap { Int($0) } ?? 0
        let columns = measuredColumns > 0 ? measuredColumns : stated > 0 ? stated : 80
        isTerminal = environment["TERM"] != "dumb"
        self.columns = max(Self.fewestColumns, columns)
        hasColour = colourWanted && isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
    }
}
