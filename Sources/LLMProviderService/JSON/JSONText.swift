/// JSON written out by hand, so that the same request has the same bytes on every run and machine: a vendor's cache compares bytes.
struct JSONText: Sendable, Hashable {
    let text: String

    private init(unchecked text: String) {
        self.text = text
    }

    /// JSON that somebody else wrote and that has been checked.
    static func verbatim(_ text: String) -> JSONText { JSONText(unchecked: text) }

    static func string(_ value: String) -> JSONText {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return JSONText(unchecked: text + "\"")
    }

    static func number(_ value: Int) -> JSONText { JSONText(unchecked: String(value)) }

    /// - Precondition: `value` is finite, as JSON has no other numbers.
    static func number(_ value: Double) -> JSONText {
        precondition(value.isFinite, "JSON has finite numbers only")
        return JSONText(unchecked: "\(value)")
    }

    static func bool(_ value: Bool) -> JSONText { JSONText(unchecked: value ? "true" : "false") }

    static func array(_ values: [JSONText]) -> JSONText {
        JSONText(unchecked: "[" + values.map(\.text).joined(separator: ",") + "]")
    }

    /// Members come in the order given; those without a value are left out.
    static func object(_ members: [(String, JSONText?)]) -> JSONText {
        let written = members.compactMap { name, value in value.map { JSONText.string(name).text + ":" + $0.text } }
        return JSONText(unchecked: "{" + written.joined(separator: ",") + "}")
    }
}
