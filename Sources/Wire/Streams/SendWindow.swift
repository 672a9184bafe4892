/// How much of what streams have to say waits to be written to a connection, and which of their messages wait for room, oldest first.
///
/// A message may be written when what waits would not come to more than the limit with it, or when nothing waits at all, so that one which is
/// longer than the limit goes alone. Whoever waits goes before those who come later, but for those whose stream alone has no leave.
public struct SendWindow<Stream: Hashable & Sendable, Waiting: Sendable>: Sendable {
    private let limit: Int
    private var waiting: [(stream: Stream, bytes: Int, message: Waiting)] = []
    /// Bytes that have been written and have not left yet, of whatever call.
    public private(set) var unwrittenBytes = 0

    public init(limit: Int) {
        self.limit = limit
    }

    public var waitingCount: Int { waiting.count }

    /// Adds a message of so many bytes; ``next()`` brings it when it may be written.
    public mutating func wait(_ message: Waiting, of stream: Stream, bytes: Int) {
        waiting.append((stream, bytes, message))
    }

    /// The next message that may be written now.
    ///
    /// - Parameter leave: whether the other side takes so many bytes of a stream.
    public mutating func next(_ leave: (Stream, Int) -> SendLeave = { _, _ in .granted }) -> Waiting? {
        // A stream's own messages keep their order.
        var held: Set<Stream> = []
        for (index, next) in waiting.enumerated() where !held.contains(next.stream) {
            switch leave(next.stream, next.bytes) {
            case .granted:
                guard unwrittenBytes == 0 || unwrittenBytes + next.bytes <= limit else { return nil }
                return waiting.remove(at: index).message
            case .streamWaits: held.insert(next.stream)
            case .connectionWaits: return nil
            }
        }
        return nil
    }

    /// Takes out the messages that are not to be written any more.
    public mutating func remove(where isUnwanted: (Waiting) -> Bool) -> [Waiting] {
        let removed = waiting.filter { isUnwanted($0.message) }.map(\.message)
        if !removed.isEmpty { waiting.removeAll { isUnwanted($0.message) } }
        return removed
    }

    /// Bytes have been handed to the connection, those of answers to unary calls among them.
    public mutating func began(_ bytes: Int) {
        unwrittenBytes += bytes
    }

    /// Bytes have left, or will never.
    public mutating func ended(_ bytes: Int) {
        unwrittenBytes -= bytes
    }
}
