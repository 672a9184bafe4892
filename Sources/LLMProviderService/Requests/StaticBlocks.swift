import Contracts
import Crypto

/// Whether what a caller wants kept is the same from one request of an assessment to the next.
///
/// A block that is said to stay the same and does not is a fault of the caller's that no error shows: every request then writes to the
/// vendor's cache what none will read, and costs more than without a cache.
struct StaticBlocks: Sendable {
    /// Sequences of requests that are remembered; beyond it all are forgotten and learned anew.
    static let maximumSequences = 1024

    /// Requests that should begin alike.
    private struct Sequence: Hashable {
        let owner: String
        let provider: String
        let model: String
        let form: String
    }

    private struct Block {
        var digest: String
        var hasChanged = false
    }

    /// A block that is another than in the request before.
    struct Change: Sendable, Hashable {
        /// Among the blocks of the request.
        let place: Int
        let isSystem: Bool
        /// Whether it had been the same in all requests before; an operator is told once.
        let isFirst: Bool
        /// The beginnings of the texts' SHA-256, in hexadecimal.
        let before: String
        let after: String
    }

    private var sequences: [Sequence: [Int: Block]] = [:]

    /// Remembers a request that was taken on.
    ///
    /// - Returns: its blocks, of those up to the last one that is to be kept, that are said to stay the same and did not.
    mutating func changes(in request: LLMV1.SubmitRequest) -> [Change] {
        guard let last = request.blocks.lastIndex(where: \.isWanted) else { return [] }
        let sequence = Sequence(
            owner: request.owner, provider: request.provider, model: request.model, form: request.replyFormat?.name ?? "")
        if sequences.count >= Self.maximumSequences, sequences[sequence] == nil { sequences = [:] }
        var changes: [Change] = []
        for (place, block) in request.blocks[...last].enumerated() where !block.varies {
            let digest = Self.digest(block.text)
            let known = sequences[sequence, default: [:]][place]
            let isOther = known.map { $0.digest != digest } ?? false
            if let known, isOther {
                changes.append(
                    Change(
                        place: place, isSystem: block.target == .system, isFirst: !known.hasChanged, before: known.digest,
                        after: digest))
            }
            sequences[sequence, default: [:]][place] = Block(
                digest: digest, hasChanged: isOther || known?.hasChanged ?? false)
        }
        return changes
    }

    private static func digest(_ text: [UInt8]) -> String {
        SHA256.hash(data: text).prefix(6).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension LLMV1.PromptBlock {
    /// Whether the prompt up to it is to be kept in the vendor's cache.
    fileprivate var isWanted: Bool { cacheMark == .fiveMinutes || cacheMark == .oneHour }
}
