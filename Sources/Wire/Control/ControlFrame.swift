/// A frame in which two peers that have said Hello speak of their connection, or of a call, rather than in one.
///
/// Every plain peer ignores its type and, where it is of the connection, its stream. Numbers are big-endian; bytes behind those that are
/// known are stepped over.
public enum ControlFrame: Sendable, Hashable {
    /// Asks for a pong with the same eight bytes.
    case ping(UInt64)
    case pong(UInt64)
    case goAway(GoAway)
    /// So many bytes more may be sent of a stream or, on the connection's own, of all streams together. Never 0.
    case window(StreamID, UInt32)
    /// Nobody on the sender's side waits for a call any more, for which it has the code.
    case cancel(StreamID, StatusCode)

    /// Longest payload of any of these frames: that of the one with a reason.
    public static let maximumPayloadBytes = 12 + GoAway.maximumReasonBytes

    /// Reads a frame.
    ///
    /// - Returns: nil for a type of frame that this version does not know.
    /// - Throws: `truncated` where bytes are missing, `malformed` for a stream where such a frame has no place, for one that is longer than
    ///   ``maximumPayloadBytes``, and for a credit of nothing.
    public init?(_ frame: Frame) throws(DecodingError) {
        var reader = Reader(frame.payload)
        switch frame.type {
        case .ping: self = .ping(try reader.number())
        case .pong: self = .pong(try reader.number())
        case .goAway:
            let last = StreamID(rawValue: try reader.number())
            let code = Self.code(try reader.number())
            let grace: UInt32 = try reader.number()
            self = .goAway(
                GoAway(
                    lastAccepted: last, code: code, grace: .milliseconds(grace),
                    reason: String(decoding: reader.rest, as: UTF8.self)))
        case .window:
            let credit: UInt32 = try reader.number()
            guard credit > 0 else { throw DecodingError(.malformed, path: "", message: "a credit of nothing") }
            self = .window(frame.stream, credit)
        case .cancel: self = .cancel(frame.stream, Self.code(try reader.number()))
        default: return nil
        }
        guard frame.payload.count <= Self.maximumPayloadBytes else {
            throw DecodingError(
                .malformed, path: "",
                message: "\(frame.payload.count) bytes; such a frame has at most \(Self.maximumPayloadBytes)")
        }
        guard isOfConnection.map({ $0 == (frame.stream == .control) }) ?? true else {
            throw DecodingError(.malformed, path: "", message: "it has no place on stream \(frame.stream.rawValue)")
        }
    }

    /// Without which feature a type of frame means nothing; nil for one that this version does not know.
    static func feature(of type: FrameType) -> Features? {
        switch type {
        case .ping, .pong: .ping
        case .goAway: .goAway
        case .window: .window
        case .cancel: .cancel
        default: nil
        }
    }

    /// What is written.
    public var frame: Frame {
        switch self {
        case .ping(let token): Frame(stream: .control, type: .ping, payload: Self.bytes(of: token))
        case .pong(let token): Frame(stream: .control, type: .pong, payload: Self.bytes(of: token))
        case .goAway(let goAway): Frame(stream: .control, type: .goAway, payload: Self.bytes(of: goAway))
        case .window(let stream, let credit): Frame(stream: stream, type: .window, payload: Self.bytes(of: credit))
        case .cancel(let stream, let code):
            Frame(stream: stream, type: .cancel, payload: Self.bytes(of: UInt32(code.rawValue)))
        }
    }

    /// Whether it has its place on the connection's own stream, or on calls' ones; nil for one that has on both.
    private var isOfConnection: Bool? {
        switch self {
        case .ping, .pong, .goAway: true
        case .window: nil
        case .cancel: false
        }
    }

    /// A code that nobody defined, and OK, which ends no call in this way, are `UNKNOWN`.
    private static func code(_ number: UInt32) -> StatusCode {
        let code = Int32(exactly: number).flatMap(StatusCode.init(rawValue:)) ?? .unknown
        return code == .ok ? .unknown : code
    }

    private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func bytes(of goAway: GoAway) -> [UInt8] {
        let (seconds, attoseconds) = min(goAway.grace, .milliseconds(UInt32.max)).components
        let grace = UInt32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        return bytes(of: goAway.lastAccepted.rawValue) + bytes(of: UInt32(goAway.code.rawValue)) + bytes(of: grace)
            + Array(goAway.reason.utf8)
    }

    private struct Reader {
        private(set) var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) {
            rest = bytes[...]
        }

        mutating func number<Number: FixedWidthInteger>() throws(DecodingError) -> Number {
            let size = MemoryLayout<Number>.size
            guard rest.count >= size else {
                throw DecodingError(.truncated, path: "", message: "\(rest.count) bytes where \(size) were to be")
            }
            defer { rest = rest.dropFirst(size) }
            return rest.prefix(size).reduce(0) { $0 << 8 | Number($1) }
        }
    }
}
