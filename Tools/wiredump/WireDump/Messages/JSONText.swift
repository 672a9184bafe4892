/// Text of JSON in the making: what it is given stands in it as it should.
package struct JSONText: Sendable, Hashable {
    package private(set) var text = ""
    /// Whether the next member or element needs a comma before it.
    private var needsComma = false

    mutating func object(_ body: (inout JSONText) -> Void) { nested("{", "}", body) }
    mutating func array(_ body: (inout JSONText) -> Void) { nested("[", "]", body) }

    mutating func key(_ name: String) {
        separate()
        text += Self.quoted(name) + ":"
        needsComma = false
    }

    mutating func string(_ value: String) { literal(Self.quoted(value)) }
    mutating func number(_ value: some BinaryInteger) { literal(String(value)) }
    mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
    mutating func null() { literal("null") }
    /// A value that is JSON already.
    mutating func json(_ value: String) { literal(value) }

    /// Numbers that JSON does not have are text, as proto3 says.
    mutating func number(_ value: Double) {
        if value.isNaN {
            string("NaN")
        } else if value.isInfinite {
            string(value < 0 ? "-Infinity" : "Infinity")
        } else {
            literal("\(value)")
        }
    }

    private mutating func literal(_ value: String) {
        separate()
        text += value
        needsComma = true
    }

    private mutating func nested(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        separate()
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { text += "," }
    }

    /// A name that a peer sent, as it is where nothing in it could be taken for something else, else quoted.
    package static func name(_ value: String) -> String {
        let quoted = quoted(value)
        return quoted.utf8.count == value.utf8.count + 2 && !value.isEmpty && !value.contains(" ") ? value : quoted
    }

    /// What a terminal or a reader of lines could take for something else is escaped besides what must be.
    package static func quoted(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
                "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
