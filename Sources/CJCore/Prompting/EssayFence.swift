/// The lines between which essays stand in a prompt.
///
/// The user part of a prompt is, byte for byte,
///
///     =====BEGIN ESSAY 1 0123456789ab=====
///     (text of the essay shown first)
///     =====END ESSAY 1 0123456789ab=====
///     (empty line)
///     =====BEGIN ESSAY 2 0123456789ab=====
///     (text of the essay shown second)
///     =====END ESSAY 2 0123456789ab=====
///
/// Lines end in one line feed (U+000A); the last has none. The line feeds after BEGIN and before END belong to the fence, so
/// that a text comes back byte for byte, whatever white space it begins or ends with. The twelve hexadecimal digits, the same
/// in all four lines, are the first of the SHA-256 over the first text, one zero byte and the second text, in UTF-8. Should one
/// of the texts contain these digits, the 32 bytes of the SHA-256 are hashed again, until digits are found that neither text
/// contains. So no essay can contain a line of its own fence, and whoever writes an essay cannot know the digits.
struct EssayFence {
    /// Twelve hexadecimal digits.
    let tag: String

    private static let tagLength = 12
    /// Far more than can be needed: each round fails with a probability of less than 10⁻⁸ for a text of a megabyte.
    private static let maximumRounds = 64

    /// The fence for two texts.
    init(first: String, second: String) {
        var material = Array(first.utf8) + [0] + Array(second.utf8)
        for _ in 0..<Self.maximumRounds {
            let digest = Fingerprint.bytes(of: material)
            let tag = Array(Fingerprint.hex(digest).utf8.prefix(Self.tagLength))
            if !Self.contains(first, tag), !Self.contains(second, tag) {
                self.tag = String(decoding: tag, as: UTF8.self)
                return
            }
            material = digest
        }
        preconditionFailure("a text contains the hash of its own hash, \(Self.maximumRounds) times over")
    }

    /// Both texts within their fence.
    func enclosing(first: String, second: String) -> String {
        """
        \(line("BEGIN", 1))
        \(first)
        \(line("END", 1))

        \(line("BEGIN", 2))
        \(second)
        \(line("END", 2))
        """
    }

    /// The texts that stand within a fence somewhere in `prompt`, whose digits must be the right ones for them.
    static func essays(in prompt: String) -> (first: String, second: String)? {
        let bytes = Array(prompt.utf8)
        let opening = Array("=====BEGIN ESSAY 1 ".utf8)
        var position = 0
        while let start = ByteSearch.firstIndex(of: opening, in: bytes, from: position) {
            let tag = Array(bytes[(start + opening.count)...].prefix(tagLength))
            if let found = essays(in: bytes, from: start, tag: String(decoding: tag, as: UTF8.self)) { return found }
            position = start + 1
        }
        return nil
    }

    private init(tag: String) {
        self.tag = tag
    }

    private static func essays(in bytes: [UInt8], from start: Int, tag: String) -> (first: String, second: String)? {
        let fence = EssayFence(tag: tag)
        let opening = Array((fence.line("BEGIN", 1) + "\n").utf8)
        let middle = Array(("\n" + fence.line("END", 1) + "\n\n" + fence.line("BEGIN", 2) + "\n").utf8)
        let closing = Array(("\n" + fence.line("END", 2)).utf8)
        guard bytes[start...].starts(with: opening) else { return nil }
        let firstStart = start + opening.count
        guard let firstEnd = ByteSearch.firstIndex(of: middle, in: bytes, from: firstStart) else { return nil }
        let secondStart = firstEnd + middle.count
        guard let secondEnd = ByteSearch.firstIndex(of: closing, in: bytes, from: secondStart) else { return nil }
        let first = String(decoding: bytes[firstStart..<firstEnd], as: UTF8.self)
        let second = String(decoding: bytes[secondStart..<secondEnd], as: UTF8.self)
        return EssayFence(first: first, second: second).tag == tag ? (first, second) : nil
    }

    private func line(_ word: String, _ number: Int) -> String {
        "=====\(word) ESSAY \(number) \(tag)====="
    }

    private static func contains(_ text: String, _ tag: [UInt8]) -> Bool {
        ByteSearch.firstIndex(of: tag, in: Array(text.utf8), from: 0) != nil
    }
}

/// Finds bytes in bytes.
private enum ByteSearch {
    /// Where `needle` first stands in `bytes` at or after `start`.
    static func firstIndex(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first, start <= bytes.count - needle.count else { return nil }
        for index in start...(bytes.count - needle.count) where bytes[index] == first {
            if bytes[index..<(index + needle.count)].elementsEqual(needle) { return index }
        }
        return nil
    }
}
