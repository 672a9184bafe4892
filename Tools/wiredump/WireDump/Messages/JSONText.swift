/// Text of JSON in the making: what it is given stands in it as it should.
package struct JSONText: Sendable, Hashable {
    private var utf8: [UInt8]
    /// Whether the next member or element needs a comma before it.
    private var needsComma = false

    /// - Parameter capacity: bytes for which there is room at once.
    init(capacity: Int = 0) {
        utf8 = []
        utf8.reserveCapacity(capacity)
    }

    package var text: String { String(decoding: utf8, as: UTF8.self) }

    mutating func object(_ body: (inout JSONText) -> Void) { nested(UInt8(ascii: "{"), UInt8(ascii: "}"), body) }
    mutating func array(_ body: (inout JSONText) -> Void) { nested(UInt8(ascii: "["), UInt8(ascii: "]"), body) }

    mutating func key(_ name: String) {
        separate()
        quote(name)
        utf8.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func string(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    /// A text by its bytes; those that are no UTF-8 are replaced.
    mutating func string(_ bytes: ArraySlice<UInt8>) {
        guard Self.isPlain(bytes.span) else { return string(String(decoding: bytes, as: UTF8.self)) }
        separate()
        utf8.append(UInt8(ascii: "\""))
        utf8.append(contentsOf: bytes)
        utf8.append(UInt8(ascii: "\""))
        needsComma = true
    }

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
        append(value)
        needsComma = true
    }

    private mutating func nested(_ open: UInt8, _ close: UInt8, _ body: (inout JSONText) -> Void) {
        separate()
        utf8.append(open)
        needsComma = false
        body(&self)
        utf8.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { utf8.append(UInt8(ascii: ",")) }
    }

    private mutating func append(_ text: String) { utf8.append(contentsOf: text.utf8) }

    // MARK: - Texts

    /// A name that a peer sent, as it is where nothing in it could be taken for something else, else quoted.
    package static func name(_ value: String) -> String {
        let isClear = isPlain(value.utf8Span.span) || value.unicodeScalars.allSatisfy { escape($0) == nil }
        return isClear && !value.isEmpty && !value.utf8.contains(UInt8(ascii: " ")) ? value : quoted(value)
    }

    package static func quoted(_ value: String) -> String {
        var json = JSONText()
        json.quote(value)
        return json.text
    }

    private mutating func quote(_ value: String) {
        utf8.append(UInt8(ascii: "\""))
        if Self.isPlain(value.utf8Span.span) {
            append(value)
        } else {
            for scalar in value.unicodeScalars {
                if let escaped = Self.escape(scalar) { append(escaped) } else { utf8.append(contentsOf: scalar.utf8) }
            }
        }
        utf8.append(UInt8(ascii: "\""))
    }

    /// Whether a text is of ASCII and needs no escape, as most are.
    private static func isPlain(_ utf8: Span<UInt8>) -> Bool {
        for place in utf8.indices {
            let byte = utf8[place]
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return false }
        }
        return true
    }

    /// What a terminal or a reader of lines could take for something else is escaped besides what must be.
    private static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
            "\u{2066}"..."\u{2069}":
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return nil
        }
    }
}
