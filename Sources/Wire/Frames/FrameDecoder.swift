/// Finds frames in a stream of bytes that arrives in pieces.
///
/// A payload longer than the limit is never kept: it is counted off while it arrives and reported once, at its header. What no ttrpc peer
/// sends (a length of 16 MiB or more, whose first byte is not zero) ends the connection at once.
public struct FrameDecoder: Sendable {
    /// What the bytes turned out to be.
    public enum Event: Sendable, Hashable {
        case frame(Frame)
        /// A frame whose payload is over the limit; its bytes are being dropped.
        case oversized(FrameHeader)
    }

    /// Lengths from here on have a first byte that is not zero.
    public static let firstImpossibleLength: UInt32 = 1 << 24

    private enum State: Sendable {
        case header
        case payload(FrameHeader)
        case discarding(left: Int)
    }

    /// Room that is kept between frames.
    private static let keptCapacity = 64 << 10

    private let maximumPayloadBytes: Int
    private var state = State.header
    private var buffer: [UInt8] = []
    private var consumed = 0
    /// Frames that have ended so far, those that were dropped among them.
    public private(set) var completedFrameCount = 0

    /// - Parameter maximumPayloadBytes: longest payload that is taken; less than 16 MiB, which no length can say.
    public init(maximumPayloadBytes: Int) {
        precondition(maximumPayloadBytes < Int(Self.firstImpossibleLength), "a length below 16 MiB")
        self.maximumPayloadBytes = maximumPayloadBytes
    }

    /// Bytes that are kept because a frame is not complete yet.
    public var bufferedByteCount: Int { buffer.count - consumed }
    /// Those among them that are of the payload whose header is known.
    public var partialPayloadByteCount: Int {
        if case .payload = state { return bufferedByteCount }
        return 0
    }
    /// Bytes of memory that are kept for what has arrived and for what will.
    public var capacity: Int { buffer.capacity }

    /// Whether a frame has begun and not ended.
    public var isInsideFrame: Bool {
        if case .header = state { return bufferedByteCount > 0 }
        return true
    }

    /// Takes bytes that have arrived.
    public mutating func append(_ bytes: RawSpan) {
        var dropped = 0
        if case .discarding(let left) = state, consumed == buffer.count {
            dropped = min(left, bytes.byteCount)
            discarded(dropped, of: left)
        }
        bytes.extracting(droppingFirst: dropped).withUnsafeBytes { buffer.append(contentsOf: $0) }
    }

    /// Takes bytes that have arrived, and copies them once more than it must.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        append(Array(bytes).span.bytes)
    }

    /// The next frame, or nil when more bytes are needed.
    public mutating func next() throws(FrameError) -> Event? {
        while true {
            switch state {
            case .header:
                guard bufferedByteCount >= FrameHeader.byteCount else { return idle() }
                let header = FrameHeader(buffer[consumed..<consumed + FrameHeader.byteCount])
                guard header.length < Self.firstImpossibleLength else {
                    throw FrameError(.impossibleLength, "a frame of \(header.length) bytes; the first byte of a length is zero")
                }
                consumed += FrameHeader.byteCount
                guard header.length <= UInt32(maximumPayloadBytes) else {
                    state = .discarding(left: Int(header.length))
                    return .oversized(header)
                }
                state = .payload(header)
            case .payload(let header):
                let length = Int(header.length)
                guard bufferedByteCount >= length else { return nil }
                let payload = Array(buffer[consumed..<consumed + length])
                consumed += length
                state = .header
                completedFrameCount += 1
                compact()
                return .frame(Frame(stream: header.stream, type: header.type, flags: header.flags, payload: payload))
            case .discarding(let left):
                let dropped = min(left, bufferedByteCount)
                consumed += dropped
                compact()
                discarded(dropped, of: left)
                guard dropped == left else { return nil }
            }
        }
    }

    /// Gives up a payload that ``next()`` waits for: what has arrived of it is dropped now, and the rest as it arrives.
    ///
    /// - Returns: its header; nil when no payload is waited for.
    public mutating func dropFrame() -> FrameHeader? {
        guard case .payload(let header) = state, bufferedByteCount < Int(header.length) else { return nil }
        state = .discarding(left: Int(header.length) - bufferedByteCount)
        consumed = buffer.count
        compact()
        return header
    }

    private mutating func discarded(_ count: Int, of left: Int) {
        guard count == left else {
            state = .discarding(left: left - count)
            return
        }
        state = .header
        completedFrameCount += 1
    }

    private mutating func idle() -> Event? {
        compact()
        return nil
    }

    /// Moves what is left to the front once enough has been consumed, so that bytes are not moved for every frame, and gives back the
    /// room that a long frame has taken.
    private mutating func compact() {
        guard consumed == buffer.count || consumed > Self.keptCapacity else { return }
        if buffer.capacity > Self.keptCapacity, bufferedByteCount <= Self.keptCapacity {
            buffer = Array(buffer[consumed...])
        } else if consumed == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else {
            buffer.removeFirst(consumed)
        }
        consumed = 0
    }
}

/// Bytes that end a connection.
public struct FrameError: Error, Sendable, Hashable {
    public enum Code: Sendable, Hashable {
        /// A length that no ttrpc peer sends.
        case impossibleLength
    }

    public let code: Code
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
