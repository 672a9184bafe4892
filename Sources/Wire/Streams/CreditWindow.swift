/// What one side may send before the other has given credit back, of one stream or of all streams of a connection, in bytes.
///
/// Both sides keep one: the sender's never says more than the receiver's, because the receiver gives credit before the sender has it.
package struct CreditWindow: Sendable, Hashable {
    /// What a message costs beside its bytes, so that empty ones are not for nothing.
    package static let messageOverhead = FrameHeader.byteCount

    private let bytes: Int
    /// Below zero after a message that was longer than what was left, as one may be that is longer than half of the window.
    package private(set) var left: Int

    package init(bytes: Int) {
        self.bytes = bytes
        left = bytes
    }

    /// What a message costs.
    package static func cost(of message: [UInt8]) -> Int { message.count + messageOverhead }

    /// What has been sent and not been given back.
    package var outstanding: Int { bytes - left }

    /// Whether a message may be sent: its cost is there, or half of the window for one that costs more than that.
    package func admits(_ cost: Int) -> Bool { left >= min(cost, bytes / 2) }

    package mutating func spend(_ cost: Int) {
        left -= cost
    }

    /// - Returns: false for more than is outstanding, of which nothing is given.
    package mutating func give(_ credit: Int) -> Bool {
        guard credit <= outstanding else { return false }
        left += credit
        return true
    }
}
