/// Finds two essays in a prompt.
///
/// Each essay stands between two lines that can't be part of it:
///
/// ```
/// =====BEGIN ESSAY 1 0123456789ab=====
/// …the text, exactly as it is…
/// =====END ESSAY 1 0123456789ab=====
/// ```
///
/// and the same with 2. The twelve hexadecimal digits are the first twelve of the SHA-256 over the first essay's UTF-8, one zero byte,
/// and the second essay's UTF-8, so that no essay can close its own fence. They are matched here, not verified.
enum EssayFence {
    /// The essays in the order in which they are shown.
    struct Essays: Equatable {
        let first: String
        let second: String
    }

    /// The essays in `prompt`, or nil unless both are there, the first before the second.
    static func essays(in prompt: String) -> Essays? {
        let bytes = Array(prompt.utf8)
        guard let first = essay(1, in: bytes[...]), let second = essay(2, in: bytes[first.end...]) else { return nil }
        return Essays(first: first.text, second: second.text)
    }

    private static func essay(_ number: Int, in bytes: ArraySlice<UInt8>) -> (text: String, end: Int)? {
        let opening = Array("=====BEGIN ESSAY \(number) ".utf8)
        var rest = bytes
        while let start = index(of: opening, in: rest) {
            rest = rest[(start + opening.count)...]
            let mark = rest.prefix(12)
            guard mark.count == 12, mark.allSatisfy(isHexadecimal), rest.dropFirst(12).starts(with: "=====\n".utf8) else {
                continue
            }
            let content = rest.dropFirst(18)
            let closing = Array("\n=====END ESSAY \(number) ".utf8) + mark + Array("=====".utf8)
            // An empty essay's closing line begins with the opening line's line break.
            guard let end = index(of: closing, in: bytes[(content.startIndex - 1)...]) else { continue }
            let text = end < content.startIndex ? content.prefix(0) : content[..<end]
            return (String(decoding: text, as: UTF8.self), end + closing.count)
        }
        return nil
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func index(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= pattern.count, let head = pattern.first else { return nil }
        var rest = bytes
        while let candidate = rest.firstIndex(of: head) {
            if bytes[candidate...].starts(with: pattern) { return candidate }
            rest = rest[(candidate + 1)...]
        }
        return nil
    }
}
