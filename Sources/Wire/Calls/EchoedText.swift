extension String {
    private static let longestEcho = 100

    /// A caller's words as a message may repeat them: at most a hundred characters, and those that a terminal or a log would obey
    /// instead of showing them are written as `\u{…}`.
    ///
    /// Identifiers that the services take are whole in it.
    public var echoed: String {
        var text = ""
        var count = 0
        for scalar in unicodeScalars {
            let shown = scalar.echoed
            count += shown.unicodeScalars.count
            guard count <= Self.longestEcho else { return text + "…" }
            text += shown
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var echoed: String {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            #"\u{"# + String(value, radix: 16) + "}"
        default: self == #"\"# ? #"\\"# : String(self)
        }
    }
}
