/// What a judge is asked, block by block, in the order in which a model reads it.
public struct Prompt: Sendable, Hashable {
    public let blocks: [PromptBlock]

    /// SHA-256 over all blocks, as 64 hexadecimal digits.
    ///
    /// For each block in turn the name of the target, a line feed, the number of bytes of the text in decimal, a line feed and
    /// the text in UTF-8 go into the hash. Cache marks do not: they change what a call costs, not what is asked.
    public let sha256: String

    /// Makes a prompt of blocks.
    public init(blocks: [PromptBlock]) {
        self.blocks = blocks
        var bytes: [UInt8] = []
        for block in blocks {
            bytes += "\(block.target.rawValue)\n\(block.text.utf8.count)\n".utf8
            bytes += block.text.utf8
        }
        sha256 = Fingerprint.hex(of: bytes)
    }
}

/// A part of a prompt with one place in the vendor's message.
public struct PromptBlock: Sendable, Hashable {
    /// Where a block goes.
    public enum Target: String, Sendable, Hashable, CaseIterable {
        case system, user
    }

    /// Whether the prompt up to and including a block is worth keeping in the vendor's cache, and for how long.
    public enum CacheMark: String, Sendable, Hashable, CaseIterable {
        case none, fiveMinutes, oneHour
    }

    public let target: Target
    public let text: String
    public let cacheMark: CacheMark
    /// SHA-256 of the text in UTF-8, as 64 hexadecimal digits.
    public let sha256: String

    /// Makes a block of a text.
    public init(target: Target, text: String, cacheMark: CacheMark = .none) {
        self.target = target
        self.text = text
        self.cacheMark = cacheMark
        sha256 = Fingerprint.hex(of: Array(text.utf8))
    }
}
