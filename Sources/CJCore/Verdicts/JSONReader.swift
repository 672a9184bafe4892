/// Reads a text that must be one JSON value and nothing else (RFC 8259), with limits on length and depth.
///
/// Stricter than the standard where it leaves room: no key twice in an object, no lone surrogates, no NUL.
struct JSONReader {
    /// Bytes that a text may have.
    static let maximumLength = 65_536
    /// Arrays and objects that may stand within each other.
    static let maximumDepth = 8

    private let bytes: [UInt8]
    private var position = 0

    /// Reads a whole text.
    static func read(_ bytes: [UInt8]) throws(VerdictError) -> JSONValue {
        guard bytes.count <= maximumLength else {
            throw VerdictError(.tooLarge, "the reply is longer than \(maximumLength) bytes")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw VerdictError(.invalidText, "the reply is not UTF-8")
        }
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.malformed("something follows the value") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func value(depth: Int) throws(VerdictError) -> JSONValue {
        skipSpace()
        guard let byte = next else { throw malformed("a value is missing") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw malformed("a value is missing")
        }
    }

    private mutating func object(depth: Int) throws(VerdictError) -> JSONValue {
        try enter(depth)
        var members: [JSONValue.Member] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw malformed("a key is missing") }
            let key = try string()
            guard !members.contains(where: { $0.key.utf8.elementsEqual(key.utf8) }) else {
                throw VerdictError(.duplicateField, field: key, "a field is there twice")
            }
            guard take(UInt8(ascii: ":")) else { throw malformed("a colon is missing") }
            members.append(JSONValue.Member(key: key, value: try value(depth: depth)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw malformed("an object is not closed") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(VerdictError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat { elements.append(try value(depth: depth)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw malformed("an array is not closed") }
        return .array(elements)
    }

    private mutating func enter(_ depth: Int) throws(VerdictError) {
        guard depth <= Self.maximumDepth else { throw VerdictError(.tooDeep, "the reply is nested too deeply") }
        position += 1
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(VerdictError) -> JSONValue {
        let expected = Array(word.description.utf8)
        guard bytes[position...].starts(with: expected) else { throw malformed("an unknown word") }
        position += expected.count
        return value
    }

    private mutating func number() throws(VerdictError) -> String {
        let start = position
        _ = accept { $0 == UInt8(ascii: "-") }
        if !accept({ $0 == UInt8(ascii: "0") }) { try digits() }
        if accept({ $0 == UInt8(ascii: ".") }) { try digits() }
        if accept({ $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            _ = accept { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(VerdictError) {
        guard accept(Self.isDigit) else { throw malformed("a digit is missing") }
        while accept(Self.isDigit) {}
    }

    private mutating func string() throws(VerdictError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content += Array(String(try escape()).utf8)
            case 0..<0x20: throw malformed("a control character in a string")
            default: content.append(byte)
            }
        }
        throw malformed("a string is not closed")
    }

    private mutating func escape() throws(VerdictError) -> Unicode.Scalar {
        guard let byte = next else { throw malformed("a string is not closed") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw malformed("an unknown escape")
        }
    }

    /// A scalar written as one or two groups of four hexadecimal digits, the second where the first is a high surrogate.
    private mutating func escapedScalar() throws(VerdictError) -> Unicode.Scalar {
        var code = UInt32(try fourDigits())
        if (0xD800..<0xDC00).contains(code) {
            guard accept({ $0 == UInt8(ascii: "\\") }), accept({ $0 == UInt8(ascii: "u") }) else {
                throw malformed("half a surrogate pair")
            }
            let low = UInt32(try fourDigits())
            guard (0xDC00..<0xE000).contains(low) else { throw malformed("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard code > 0, let scalar = Unicode.Scalar(code) else { throw malformed("an escape that stands for no character") }
        return scalar
    }

    private mutating func fourDigits() throws(VerdictError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw malformed("an escape is incomplete")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private mutating func skipSpace() {
        while accept({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {}
    }

    /// Moves past a byte, after white space, if it is the next.
    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        return accept { $0 == byte }
    }

    private mutating func accept(_ isWanted: (UInt8) -> Bool) -> Bool {
        guard let byte = next, isWanted(byte) else { return false }
        position += 1
        return true
    }

    private func malformed(_ reason: StaticString) -> VerdictError {
        VerdictError(.malformed, "the reply is not JSON: \(reason), at byte \(position)")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
