/// Puts the bytes that one end of a connection sent back in their order.
///
/// Packets may come twice, in any order, overlapping, or not at all: what is not there when more has arrived than is kept, or when the other
/// end has acknowledged it, is a gap.
public struct StreamAssembler: Sendable {
    public enum Event: Sendable, Hashable {
        case bytes([UInt8])
        /// So many bytes were never captured.
        case gap(Int)
        case end
    }

    /// Bytes, and packets, that wait for one that is missing, before it is given up.
    static let keptBytes = 1 << 20
    static let keptPackets = 512

    private struct Piece {
        let offset: Int
        let bytes: [UInt8]
        let uncapturedBytes: Int
        var end: Int { offset + bytes.count + uncapturedBytes }
    }

    /// The sequence number of the next byte, and how many have been passed on before it.
    private var next: (sequence: UInt32, offset: Int)?
    private var waiting: [Piece] = []
    /// Bytes that wait for others that are missing.
    public private(set) var waitingBytes = 0
    private var synchronising: UInt32?
    private var endOffset: Int?
    private var hasEnded = false
    /// Whether the connection's beginning was captured.
    public private(set) var isFromTheStart = false

    public init() {}

    public mutating func receive(_ segment: TCPSegment) -> [Event] {
        // The same again was only sent twice.
        if segment.flags.contains(.syn), synchronising != segment.sequence {
            synchronising = segment.sequence
            next = (segment.sequence &+ 1, 0)
            (waiting, waitingBytes, endOffset, hasEnded, isFromTheStart) = ([], 0, nil, false, true)
        }
        guard !hasEnded else { return [] }
        if segment.flags.contains(.rst) { return finish() }
        let first = segment.flags.contains(.syn) ? segment.sequence &+ 1 : segment.sequence
        let expected = next ?? (first, 0)
        next = expected
        let offset = expected.offset + Int(Int32(bitPattern: first &- expected.sequence))
        let length = segment.payload.count + segment.uncapturedBytes
        if segment.flags.contains(.fin) { endOffset = offset + length }
        if offset == expected.offset, waiting.isEmpty, segment.uncapturedBytes == 0, length > 0 {
            next = (expected.sequence &+ UInt32(length), offset + length)
            return [.bytes(Array(segment.payload))] + end()
        }
        if length > 0 {
            insert(Piece(offset: offset, bytes: Array(segment.payload), uncapturedBytes: segment.uncapturedBytes))
        }
        var events = release()
        while waitingBytes > Self.keptBytes || waiting.count > Self.keptPackets { events += skip() }
        return events
    }

    /// The other end has everything before a sequence number: what of it is missing here will not come any more.
    public mutating func acknowledge(_ sequence: UInt32) -> [Event] {
        var events: [Event] = []
        while let next, let piece = waiting.first, next.offset + Int(Int32(bitPattern: sequence &- next.sequence)) >= piece.offset
        {
            events += skip()
        }
        return events
    }

    /// Whether everything before a sequence number has been passed on, or told as a gap.
    func hasAll(before sequence: UInt32) -> Bool {
        // The end has a number too.
        next.map { Int32(bitPattern: sequence &- $0.sequence) <= (hasEnded ? 1 : 0) } ?? false
    }

    /// Says that no more packets come: what waits is passed on, with gaps where something is missing.
    public mutating func finish() -> [Event] {
        guard !hasEnded else { return [] }
        var events = release()
        while !waiting.isEmpty { events += skip() }
        hasEnded = true
        return events.last == .end ? events : events + [.end]
    }

    private mutating func insert(_ piece: Piece) {
        let place = waiting.lastIndex { $0.offset <= piece.offset }.map { $0 + 1 } ?? 0
        waiting.insert(piece, at: place)
        waitingBytes += piece.bytes.count
    }

    /// What follows on what was passed on before.
    private mutating func release() -> [Event] {
        guard var (sequence, offset) = next else { return [] }
        var events: [Event] = []
        while let piece = waiting.first, piece.offset <= offset {
            waiting.removeFirst()
            waitingBytes -= piece.bytes.count
            guard piece.end > offset else { continue }
            let known = piece.bytes.dropFirst(offset - piece.offset)
            let missing = piece.end - offset - known.count
            if !known.isEmpty { events.append(.bytes(Array(known))) }
            if missing > 0 { events.append(.gap(missing)) }
            sequence &+= UInt32(truncatingIfNeeded: piece.end - offset)
            offset = piece.end
        }
        next = (sequence, offset)
        return events + end()
    }

    private mutating func end() -> [Event] {
        guard let endOffset, let next, endOffset <= next.offset, !hasEnded else { return [] }
        hasEnded = true
        // Nothing stands behind the end.
        (waiting, waitingBytes) = ([], 0)
        return [.end]
    }

    /// Gives up what is missing before the first piece that waits.
    private mutating func skip() -> [Event] {
        guard let (sequence, offset) = next, let piece = waiting.first else { return [] }
        let gap = piece.offset - offset
        next = (sequence &+ UInt32(truncatingIfNeeded: gap), piece.offset)
        return [.gap(gap)] + release()
    }
}
