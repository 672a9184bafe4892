/// What each side says of itself at the beginning of a connection: `huleedu.wire.v1.HelloRequest` and `HelloResponse`, which are alike.
public struct Hello: Sendable, Hashable {
    /// The version that this module speaks, and the only one so far.
    public static let currentVersion: UInt32 = 1
    /// What the first request of a connection calls.
    public static let method = MethodDescriptor(service: "huleedu.wire.v1.Control", method: "Hello")
    /// A side that takes frames with fewer bytes than this could hardly be told why a call failed.
    static let leastFrameBytes = 16 << 10

    /// From 1 on.
    public var version: UInt32
    public var features: Features
    /// Longest payload of a frame that the sender takes, in bytes, the envelope included.
    public var maximumFrameBytes: Int
    /// How much of the messages of streams the sender takes ahead; of no meaning where it has not that feature.
    public var windows: StreamWindows
    /// What program speaks, for a person to read.
    public var agent: String

    public init(
        features: Features, maximumFrameBytes: Int, windows: StreamWindows = StreamWindows(), agent: String = "huleedu"
    ) {
        version = Self.currentVersion
        self.features = features
        self.maximumFrameBytes = maximumFrameBytes
        self.windows = windows
        self.agent = agent
    }

    public func encoded() -> [UInt8] {
        var writer = EnvelopeWriter()
        writer.integer(1, Int64(version))
        // One byte to a number, as long as none is above 127.
        writer.bytes(2, features.numbers)
        writer.message(3) { writer in
            writer.integer(1, Int64(maximumFrameBytes))
            writer.integer(2, windows.said.stream)
            writer.integer(3, windows.said.connection)
        }
        writer.string(4, agent)
        return writer.bytes
    }

    /// Reads what a peer says. Features that this version does not know are left out; a limit that is not said is that of plain ttrpc.
    ///
    /// - Throws: `malformed` also for version 0, for a limit under which nothing can be said, and for a window out of its bounds.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        let result: Result<Hello, DecodingError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(DecodingError) in try Hello(reading: bytes) }
        }
        self = try result.get()
    }

    private init(reading bytes: UnsafeRawBufferPointer) throws(DecodingError) {
        var version: Int64 = 0
        var features: Features = []
        var limits = Limits()
        var agent = ""
        var reader = EnvelopeReader(bytes)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: version = try value.number("version")
            case 2: try value.numbers("features") { features.insert(number: $0) }
            case 3: limits = try Limits(try value.content("limits"))
            case 4: agent = try value.text("agent")
            default: break
            }
        }
        guard let version = UInt32(exactly: version), version > 0 else {
            throw DecodingError(.malformed, path: "version", message: "versions count from 1")
        }
        guard limits.frameBytes == 0 || limits.frameBytes >= Self.leastFrameBytes else {
            throw DecodingError(
                .malformed, path: "limits.maximum_frame_bytes", message: "0, or at least \(Self.leastFrameBytes)")
        }
        guard let windows = StreamWindows(said: limits.streamBytes, connection: limits.connectionBytes) else {
            throw DecodingError(
                .malformed, path: "limits", message: "a window is 0, or at least \(StreamWindows.bounds.lowerBound)")
        }
        self.version = version
        self.windows = windows
        self.features = features
        maximumFrameBytes = limits.frameBytes == 0 ? 4 << 20 : Int(limits.frameBytes)
        self.agent = agent
    }

    /// Each 0 where it is not said.
    private struct Limits {
        var frameBytes: Int64 = 0
        var streamBytes: Int64 = 0
        var connectionBytes: Int64 = 0

        init() {}

        init(_ limits: UnsafeRawBufferPointer) throws(DecodingError) {
            var reader = EnvelopeReader(limits)
            while let (field, value) = try reader.next() {
                switch field {
                case 1: frameBytes = try value.number("limits.maximum_frame_bytes")
                case 2: streamBytes = try value.number("limits.stream_window_bytes")
                case 3: connectionBytes = try value.number("limits.connection_window_bytes")
                default: break
                }
            }
        }
    }
}

extension EnvelopeReader.Value {
    /// Takes the numbers of a repeated field, packed or not, as they come: a peer may send millions.
    fileprivate func numbers(_ name: String, _ take: (UInt64) -> Void) throws(DecodingError) {
        guard case .bytes(let bytes) = self else { return take(UInt64(bitPattern: try number(name))) }
        var scanner = WireScanner(bytes)
        while !scanner.isAtEnd { take(try scanner.varint()) }
    }
}
