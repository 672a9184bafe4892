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
        var frames: [Frame]
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
        if lines[frame.stream] == nil {
            lines[frame.stream] = Line(frames: [frame])
            turns.append(frame.stream)
        } else {
            lines[frame.stream]?.frames.append(frame)
        }
        let pieces = max(1, (frame.payload.count + Self.pieceBytes - 1) / Self.pieceBytes)
        return frame.payload.count + pieces * FrameHeader.byteCount
    }

    /// The next piece, of the stream whose turn it is; a short message is one.
    public mutating func next() -> Frame? {
        for (index, stream) in turns.enumerated() {
            guard var line = lines[stream], let frame = line.frames.first else { continue }
            let count = frame.payload.count
            if line.sentBytes == 0, count > Self.pieceBytes {
                // One that would be too many waits until others have ended; short ones go by.
                guard
                    unfinished == 0
                        || (unfinished < Self.mostUnfinished && unfinishedBytes + count <= Self.mostUnfinishedBytes)
                else { continue }
                unfinished += 1
                unfinishedBytes += count
            }
            let end = min(count, line.sentBytes + Self.pieceBytes)
            let piece = Frame(
                stream: stream, type: frame.type, flags: end < count ? frame.flags.union(.more) : frame.flags,
                payload: count <= Self.pieceBytes ? frame.payload : Array(frame.payload[line.sentBytes..<end]))
            if end < count {
                line.sentBytes = end
            } else {
                if count > Self.pieceBytes {
                    unfinished -= 1
                    unfinishedBytes -= count
                }
                line.frames.removeFirst()
                line.sentBytes = 0
            }
            turns.remove(at: index)
            lines[stream] = line.frames.isEmpty ? nil : line
            if !line.frames.isEmpty { turns.append(stream) }
            return piece
        }
        return nil
    }
}
