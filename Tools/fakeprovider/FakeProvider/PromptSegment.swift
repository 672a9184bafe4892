/// A piece of a prompt after which the provider can remember what came before: a tool, a system block or a content block.
struct PromptSegment: Sendable, Equatable {
    /// The order in which a prompt is put together.
    enum Tier: Int, Sendable, Comparable {
        case tools
        case system
        case messages

        static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }
    }

    /// How long a cache entry lives.
    enum Lifetime: String, Sendable {
        case fiveMinutes = "5m"
        case oneHour = "1h"

        var nanoseconds: Int64 { self == .fiveMinutes ? 300_000_000_000 : 3_600_000_000_000 }
    }

    let tier: Tier
    /// The JSON of the piece without its cache marker, members in the order in which the client wrote them.
    let content: [UInt8]
    let tokens: Int
    /// Present when the piece carries a cache breakpoint.
    var breakpoint: Lifetime?
    /// Where the piece stands in the request, for messages about it.
    let path: String
}

/// Estimates tokens as the simulated models count them: bytes divided by the model's bytes per token, rounded up.
struct TokenEstimate {
    /// Added for each message, tool and system block, for what surrounds it.
    static let overheadPerPiece = 4

    let bytesPerToken: Double

    func tokens(_ byteCount: Int) -> Int {
        Int((Double(byteCount) / bytesPerToken).rounded(.up))
    }
}
