/// Puts messages together that arrive in pieces, within bounds that every sender keeps.
package struct Reassembly: Sendable {
    /// What a piece has done.
    package struct Outcome: Sendable, Hashable {
        /// The message as if it had come in one frame, where this was its last piece.
        package var whole: Frame?
        /// Whether the message is longer than is taken since this piece; it is dropped, as will be what follows of it.
        package var isOverlong = false
        /// All bytes of the message, where this was the last piece of one that was dropped.
        package var droppedBytes: Int?
    }

    private struct Message {
        let type: FrameType
        /// Those of each of its pieces, but for the one that says that there is more.
        let flags: FrameFlags
        /// Nil where it is dropped.
        var payload: [UInt8]?
        /// Those that have come, whether or not they were kept.
        var bytes: Int
        let begun: ContinuousClock.Instant
    }

    private let longest: Int
    private var messages: [StreamID: Message] = [:]
    private var arrivedBytes = 0
    /// Bytes that are kept.
    package private(set) var keptBytes = 0

    /// - Parameter longest: message that is taken, in bytes.
    package init(longest: Int) {
        self.longest = longest
    }

    /// When the message began that has not ended for the longest time.
    package var oldest: ContinuousClock.Instant? { messages.values.map(\.begun).min() }

    /// Whether a frame is a piece.
    package func concerns(_ stream: StreamID, _ flags: FrameFlags) -> Bool { flags.contains(.more) || isInside(stream) }

    /// Whether a message has begun on a stream, and has not ended.
    package func isInside(_ stream: StreamID) -> Bool { messages[stream] != nil }

    /// Whether what comes of such a message is kept.
    package func keeps(_ stream: StreamID) -> Bool { messages[stream]?.payload != nil }

    /// The streams and types of messages that are kept, by their streams.
    package var kept: [(stream: StreamID, type: FrameType)] {
        messages.filter { $0.value.payload != nil }.map { ($0.key, $0.value.type) }.sorted { $0.stream < $1.stream }
    }

    /// Takes a piece.
    ///
    /// - Parameter isWanted: false for a first piece whose message is to be dropped.
    /// - Throws: `INVALID_ARGUMENT` where a piece has another type or other flags than the first, and `RESOURCE_EXHAUSTED` where more have begun
    ///   than may.
    package mutating func take(
        _ piece: Frame, isWanted: Bool = true, at now: @autoclosure () -> ContinuousClock.Instant = .now
    ) throws(RPCError) -> Outcome {
        try arrived(piece.payload.count, on: piece.stream, piece.type, piece.flags, isWanted: isWanted, at: now())
        var outcome = Outcome()
        if keeps(piece.stream) {
            messages[piece.stream]?.payload?.append(contentsOf: piece.payload)
            keptBytes += piece.payload.count
            outcome.isOverlong = messages[piece.stream].map { $0.bytes > longest } ?? false
            if outcome.isOverlong { drop(piece.stream) }
        }
        guard !piece.flags.contains(.more), let message = end(piece.stream) else { return outcome }
        if let payload = message.payload {
            outcome.whole = Frame(stream: piece.stream, type: piece.type, flags: piece.flags, payload: payload)
        } else {
            outcome.droppedBytes = message.bytes
        }
        return outcome
    }

    /// Takes the header of a piece whose payload is being dropped, and its message with it.
    package mutating func takeDropped(
        _ piece: FrameHeader, at now: @autoclosure () -> ContinuousClock.Instant = .now
    ) throws(RPCError) -> Outcome {
        try arrived(Int(piece.length), on: piece.stream, piece.type, piece.flags, isWanted: false, at: now())
        drop(piece.stream)
        let isLast = !piece.flags.contains(.more)
        return Outcome(droppedBytes: isLast ? end(piece.stream)?.bytes : nil)
    }

    /// Gives up what has come of a message, and what will.
    package mutating func drop(_ stream: StreamID) {
        keptBytes -= messages[stream]?.payload?.count ?? 0
        messages[stream]?.payload = nil
    }

    private mutating func arrived(
        _ count: Int, on stream: StreamID, _ type: FrameType, _ flags: FrameFlags, isWanted: Bool,
        at now: ContinuousClock.Instant
    ) throws(RPCError) {
        let flags = flags.subtracting(.more)
        if let message = messages[stream] {
            guard message.type == type else {
                throw RPCError(.invalidArgument, "another message inside one that has not ended")
            }
            // What a message costs goes by its flags, and is asked for at its first piece.
            guard message.flags == flags else {
                throw RPCError(.invalidArgument, "pieces of one message with different flags")
            }
        } else {
            guard messages.count < FragmentQueue.mostUnfinished else {
                throw RPCError(.resourceExhausted, "too many messages that have not ended")
            }
            messages[stream] = Message(type: type, flags: flags, payload: isWanted ? [] : nil, bytes: 0, begun: now)
        }
        messages[stream]?.bytes += count
        arrivedBytes += count
        guard arrivedBytes <= FragmentQueue.mostUnfinishedBytes else {
            throw RPCError(.resourceExhausted, "too many bytes of messages that have not ended")
        }
    }

    private mutating func end(_ stream: StreamID) -> Message? {
        guard let message = messages.removeValue(forKey: stream) else { return nil }
        arrivedBytes -= message.bytes
        keptBytes -= message.payload?.count ?? 0
        return message
    }
}
