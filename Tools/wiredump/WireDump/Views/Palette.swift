/// Colours of text on a terminal, or none.
package enum Palette: Sendable, Hashable {
    case plain, coloured

    enum Meaning: String, Sendable {
        case good = "32"
        case bad = "31"
        case doubtful = "33"
        case name = "1"
    }

    func paint(_ text: String, _ meaning: Meaning) -> String {
        switch self {
        case .plain: text
        case .coloured: "\u{1B}[\(meaning.rawValue)m\(text)\u{1B}[0m"
        }
    }

    /// When there are colours.
    package enum Choice: String, Sendable, Hashable, CaseIterable {
        case always, never
        /// Where the output is a terminal that has them, unless `NO_COLOR` says that nobody wants them.
        case auto

        package func palette(isTerminal: Bool, environment: [String: String]) -> Palette {
            switch self {
            case .always: return .coloured
            case .never: return .plain
            case .auto:
                let isWanted = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
                return isTerminal && isWanted ? .coloured : .plain
            }
        }
    }
}
