/// A JSON value whose members keep the order in which they were given.
indirect enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// Written as `null` where it is not finite: JSON knows no such number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One member of an object.
    struct Member: Sendable, Hashable {
        let key: String
        let value: JSONValue

        init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// A string, or null.
    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}

extension JSONValue {
    /// The value as text (RFC 8259), indented by two spaces; arrays and objects of plain values stay on one line where that is
    /// shorter than 120 characters. The same value always gives the same text.
    func text() -> String {
        var output = ""
        write(to: &output, indent: 0)
        return output + "\n"
    }

    /// The value as text without a line feed, each value separated from the next by a comma alone.
    var line: String {
        switch self {
        case .null, .bool, .integer, .unsigned, .number, .string:
            var output = ""
            write(to: &output, indent: 0)
            return output
        case .array(let values): return "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            return "{" + members.map { Self.string($0.key) + ":" + $0.value.line }.joined(separator: ",") + "}"
        }
    }

    private static let lineLength = 120

    private func write(to output: inout String, indent: Int) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .unsigned(let value): output += String(value)
        case .number(let value): output += Self.number(value)
        case .string(let value): Self.write(value, to: &output)
        case .array(let values):
            writeList(values.map { ("", $0) }, brackets: ("[", "]"), to: &output, indent: indent)
        case .object(let members):
            writeList(members.map { (Self.key($0.key), $0.value) }, brackets: ("{", "}"), to: &output, indent: indent)
        }
    }

    private func writeList(
        _ entries: [(key: String, value: JSONValue)], brackets: (String, String), to output: inout String, indent: Int
    ) {
        guard !entries.isEmpty else {
            output += brackets.0 + brackets.1
            return
        }
        if entries.allSatisfy({ $0.value.isPlain }) {
            var line = ""
            for (index, entry) in entries.enumerated() {
                line += (index == 0 ? "" : ", ") + entry.key
                entry.value.write(to: &line, indent: 0)
            }
            if line.utf8.count + indent + 2 <= Self.lineLength {
                output += brackets.0 + line + brackets.1
                return
            }
        }
        let margin = String(repeating: " ", count: indent + 2)
        output += brackets.0
        for (index, entry) in entries.enumerated() {
            output += (index == 0 ? "\n" : ",\n") + margin + entry.key
            entry.value.write(to: &output, indent: indent + 2)
        }
        output += "\n" + String(repeating: " ", count: indent) + brackets.1
    }

    private var isPlain: Bool {
        switch self {
        case .null, .bool, .integer, .unsigned, .number, .string: true
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        }
    }

    /// The shortest digits that read back as the same number.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        // A whole number needs no ".0", and JSON has no negative zero worth telling.
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return value.description
    }

    private static func key(_ key: String) -> String { string(key) + ": " }

    private static func string(_ text: String) -> String {
        var output = ""
        write(text, to: &output)
        return output
    }

    private static func write(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            // U+2028 and U+2029 end a line in JavaScript, where this text may be pasted; DEL is invisible.
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
