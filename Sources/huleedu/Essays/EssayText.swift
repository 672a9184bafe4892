/// Turns the bytes of a file into the text that is judged.
///
/// What is changed, and nothing else: a UTF-8 byte order mark at the beginning is dropped, `\r\n` and a lone `\r` become
/// `\n`, white space (and byte order marks) at either end go. Letters keep the Unicode form in which they came.
enum EssayText {
    /// What can be wrong with the bytes.
    enum Fault: Error, Sendable, Hashable {
        case blank
        /// Counted from zero.
        case notUTF8(byteOffset: Int)
        case looksLikeUTF16
        /// Counted from zero.
        case containsNUL(byteOffset: Int)
    }

    static func decode(_ bytes: [UInt8]) throws(Fault) -> String {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .looksLikeUTF16 }
        if let offset = UTF8Check.firstInvalidByte(of: bytes) { throw .notUTF8(byteOffset: offset) }
        if let offset = bytes.firstIndex(of: 0) { throw .containsNUL(byteOffset: offset) }
        let text = trimmed(withUnixLineEnds(bytes))
        guard !text.isEmpty else { throw .blank }
        return text
    }

    private static func withUnixLineEnds(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\r"):
                result.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "\n") where previous == UInt8(ascii: "\r"):
                break
            default:
                result.append(byte)
            }
            previous = byte
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar == "\u{FEFF}" || scalar == "\u{200B}"
    }
}
