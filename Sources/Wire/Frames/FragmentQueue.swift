/// Long messages on their way to a connection: they go in pieces, which take turns, so that none holds up the others.
///
/// What a stream has to say keeps its order. A message that has begun goes on to its end, whatever becomes of its call.
public struct FragmentQueue: Sendable {
    /// Longest payload of a piece, and of a message that goes whole, in bytes.
    public static let pieceBytes = 32 << 10
    /// Bytes that are to be on their way to the peer while there are more pieces.
    public static let mostBytesAhead = 128 << 10
    /// Messages of which one piece has been sent and another has not, at once.
    static let mostUnfinished = 64
    /// Their bytes, those among them that have been sent, but for one message that is longer.
    static let mostUnfinishedBytes = 16 << 20

    private struct Line {
        var frames = FirstInFirstOut<Frame>()
        /// Of the first frame.
        var sentBytes = 0
    }

    private var lines: [StreamID: Line] = [:]
    /// The streams in the order of their turns.
    private var turns: [StreamID] = []
    private var unfinished = 0
    private var unfinishedBytes = 0

    public init() {}

    public var isEmpty: Bool { turns.isEmpty }

    /// Whether a frame is to take its turn: it is long, or comes behind another of its stream.
    public func concerns(_ frame: Frame) -> Bool {
        !frame.type.isControl && (frame.payload.count > Self.pieceBytes || lines[frame.stream] != nil)
    }

    /// - Returns: bytes of the pieces that will come of it, headers included.
    public mutating func add(_ frame: Frame) -> Int {
        if lines[frame.stream] == nil { turns.append(frame.stream) }
        lines[frame.stream, default: Line()].frames.append(frame)
        return Self.byteCount(of: frame)
    }

    /// Bytes of the pieces of a frame, headers included.
    public static func byteCount(of frame: Frame) -> Int {
        let pieces = max(1, (frame.payload.count + pieceBytes - 1) / pieceBytes)
        return frame.payload.count + pieces * FrameHeader.byteCount
    }

    /// Takes out all that a stream has to say, where that begins with a request of which nothing has been sent.
    ///
    /// - Returns: what will not be sent; nothing where the other side has heard of the request, or will.
    public mutating func withdraw(_ stream: StreamID) -> [Frame] {
        guard let line = lines[stream], line.sentBytes == 0, line.frames.first?.type == .request else { return [] }
        lines[stream] = nil
        turns.removeAll { $0 == stream }
        return line.frames.all
    }

    /// The next piece, of the stream whose turn it is; a short message is one.
    public mutating func next() -> Frame? {
        for (index, stream) in turns.enumerated() {
            guard let sentBytes = lines[stream]?.sentBytes, let frame = lines[stream]?.frames.first else { continue }
            let count = frame.payload.count
            if sentBytes == 0, count > Self.pieceBytes {
                // One that would be too many waits until others have ended; short ones go by.
                guard
                    unfinished == 0
                        || (unfinished < Self.mostUnfinished && unfinishedBytes + count <= Self.mostUnfinishedBytes)
                else { continue }
                unfinished += 1
                unfinishedBytes += count
            }
            let end = min(count, sentBytes + Self.pieceBytes)
            let piece = Frame(
                stream: stream, type: frame.type, flags: end < count ? frame.flags.union(.more) : frame.flags,
                payload: count <= Self.pieceBytes ? frame.payload : Array(frame.payload[sentBytes..<end]))
            turns.remove(at: index)
            if end < count {
                lines[stream]?.sentBytes = end
            } else {
                if count > Self.pieceBytes {
                    unfinished -= 1
                    unfinishedBytes -= count
                }
                lines[stream]?.sentBytes = 0
                _ = lines[stream]?.frames.removeFirst()
                if lines[stream]?.frames.isEmpty == true { lines[stream] = nil }
            }
            if lines[stream] != nil { turns.append(stream) }
            return piece
        }
        return nil
    }
}
