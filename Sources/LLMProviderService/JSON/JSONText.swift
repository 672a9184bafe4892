/// JSON written out by hand, so that the same request has the same bytes on every run and machine: a vendor's cache compares bytes.
struct JSONText: Sendable, Hashable {
    let text: String

    private init(unchecked text: String) {
        self.text = text
    }

    /// JSON that somebody else wrote and that has been checked.
    static func verbatim(_ text: String) -> JSONText { JSONText(unchecked: text) }

    /// Byte by byte, as most of a prompt is bytes that stay as they are: only ASCII is ever written in another way.
    static func string(_ value: String) -> JSONText {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.reserveCapacity(value.utf8.count + value.utf8.count / 16 + 2)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\r"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case UInt8(ascii: "\t"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return JSONText(unchecked: String(decoding: bytes, as: UTF8.self))
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
