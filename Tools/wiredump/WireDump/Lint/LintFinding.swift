/// One thing that is wrong or suspect, and where.
package struct LintFinding: Sendable, Hashable {
    package let rule: LintRule
    package let connection: Int
    /// Nil for what is wrong with a connection.
    package let stream: UInt32?
    /// Who sent it.
    package let side: Side
    package let nanoseconds: UInt64
    /// What it is in this case; nothing of what was said but names of methods and fields.
    package let detail: String

    /// - Parameter palette: of text.
    package func text(_ format: LintFormat, palette: Palette = .plain) -> String {
        switch format {
        case .text:
            let place = stream.map { "\(connection)/\($0)" } ?? "\(connection)"
            let severity = palette.paint("\(rule.severity) \(rule.id)", rule.severity == .error ? .bad : .doubtful)
            return "\(ClockText.time(nanoseconds))  #\(place)  \(side == .client ? "->" : "<-")  \(severity)  "
                + "\(rule.title)\(detail.isEmpty ? "" : ": \(detail)")"
        case .json:
            var json = JSONText()
            json.object { json in
                json.key("time_ns")
                json.number(nanoseconds)
                json.key("connection")
                json.number(connection)
                json.key("stream")
                if let stream { json.number(stream) } else { json.null() }
                json.key("from")
                json.string("\(side)")
                for (key, text) in [
                    ("rule", rule.id), ("severity", rule.severity.rawValue), ("title", rule.title), ("detail", detail),
                ] {
                    json.key(key)
                    json.string(text)
                }
            }
            return json.text
        }
    }
}

package enum LintFormat: String, Sendable, Hashable, CaseIterable {
    case text
    /// One JSON object a line.
    case json
}
