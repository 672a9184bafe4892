/// What a judge is asked, block by block, in the order in which a model reads it.
public struct Prompt: Sendable, Hashable {
    public let blocks: [PromptBlock]

    /// SHA-256 over all blocks, as 64 hexadecimal digits.
    ///
    /// For each block in turn the name of the target, a line feed, the number of bytes of the text in decimal, a line feed and
    /// the text in UTF-8 go into the hash. Cache marks do not: they change what a call costs, not what is asked.
    public let sha256: String

    /// Cache marks that a prompt may have, as vendors allow.
    public static let maximumCacheMarks = 4

    /// Makes a prompt of blocks, if vendors take them.
    ///
    /// A vendor reads all system blocks before the user blocks. In that order whatever is kept for an hour stands before whatever is kept
    /// for five minutes, and no more than four blocks carry a cache mark.
    public init(blocks: [PromptBlock]) throws(PromptError) {
        guard blocks.contains(where: { $0.target == .user }) else {
            throw PromptError(.nothingAsked, "a prompt has at least one block in the user part")
        }
        if let place = blocks.firstIndex(where: \.text.isEmpty) {
            throw PromptError(.emptyBlock(place), "block \(place + 1) of the prompt has no text")
        }
        let order = blocks.indices.filter { blocks[$0].target == .system } + blocks.indices.filter { blocks[$0].target == .user }
        let marked = order.filter { blocks[$0].cacheMark != .none }
        guard marked.count <= Self.maximumCacheMarks else {
            throw PromptError(
                .tooManyCacheMarks(marked.count),
                "a prompt has at most \(Self.maximumCacheMarks) cache marks, not \(marked.count)")
        }
        let short = marked.firstIndex { blocks[$0].cacheMark == .fiveMinutes } ?? marked.endIndex
        if let late = marked[short...].first(where: { blocks[$0].cacheMark == .oneHour }) {
            throw PromptError(
                .hourAfterMinutes(late), "block \(late + 1) is to be kept for an hour, and one before it for five minutes only")
        }
        self.init(sound: blocks)
    }

    /// Makes a prompt of blocks that are known to be sound.
    init(sound blocks: [PromptBlock]) {
        self.blocks = blocks
        var bytes: [UInt8] = []
        for block in blocks {
            bytes += "\(block.target.rawValue)\n\(block.text.utf8.count)\n".utf8
            bytes += block.text.utf8
        }
        sha256 = Fingerprint.hex(of: bytes)
    }

    /// The blocks that stay the same from one comparison to the next: all but the essays.
    public var staticBlocks: [PromptBlock] { blocks.filter { $0.target == .system } }

    /// All texts with an empty line between them, for a vendor that takes one text only.
    public var singleText: String { blocks.map(\.text).joined(separator: "\n\n") }
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

        /// As vendors write it; nothing for what is not kept.
        public var timeToLive: String? {
            switch self {
            case .none: nil
            case .fiveMinutes: "5m"
            case .oneHour: "1h"
            }
        }
    }

    public let target: Target
    public let text: String
    public let cacheMark: CacheMark
    /// SHA-256 of the text in UTF-8, as 64 hexadecimal digits.
    public let sha256: String

    /// Whether the prompt up to and including this block is worth keeping.
    public var isCacheable: Bool { cacheMark != .none }

    /// Makes a block of a text.
    public init(target: Target, text: String, cacheMark: CacheMark = .none) {
        self.target = target
        self.text = text
        self.cacheMark = cacheMark
        sha256 = Fingerprint.hex(of: Array(text.utf8))
    }
}
