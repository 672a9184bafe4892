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
    /// What program speaks, for a person to read.
    public var agent: String

    public init(features: Features, maximumFrameBytes: Int, agent: String = "huleedu") {
        version = Self.currentVersion
        self.features = features
        self.maximumFrameBytes = maximumFrameBytes
        self.agent = agent
    }

    public func encoded() -> [UInt8] {
        var writer = EnvelopeWriter()
        writer.integer(1, Int64(version))
        // One byte to a number, as long as none is above 127.
        writer.bytes(2, features.numbers)
        writer.message(3) { $0.integer(1, Int64(maximumFrameBytes)) }
        writer.string(4, agent)
        return writer.bytes
    }

    /// Reads what a peer says. Features that this version does not know are left out; a limit that is not said is that of plain ttrpc.
    ///
    /// - Throws: `malformed` also for version 0, and for a limit under which nothing can be said.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        let result: Result<Hello, DecodingError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(DecodingError) in try Hello(reading: bytes) }
        }
        self = try result.get()
    }

    private init(reading bytes: UnsafeRawBufferPointer) throws(DecodingError) {
        var version: Int64 = 0
        var features: Features = []
        var frameBytes: Int64 = 0
        var agent = ""
        var reader = EnvelopeReader(bytes)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: version = try value.number("version")
            case 2: try value.numbers("features") { features.insert(number: $0) }
            case 3: frameBytes = try Self.maximumFrameBytes(try value.content("limits"))
            case 4: agent = try value.text("agent")
            default: break
            }
        }
        guard let version = UInt32(exactly: version), version > 0 else {
            throw DecodingError(.malformed, path: "version", message: "versions count from 1")
        }
        guard frameBytes == 0 || frameBytes >= Self.leastFrameBytes else {
            throw DecodingError(
                .malformed, path: "limits.maximum_frame_bytes", message: "0, or at least \(Self.leastFrameBytes)")
        }
        self.version = version
        self.features = features
        maximumFrameBytes = frameBytes == 0 ? 4 << 20 : Int(frameBytes)
        self.agent = agent
    }

    private static func maximumFrameBytes(_ limits: UnsafeRawBufferPointer) throws(DecodingError) -> Int64 {
        var bytes: Int64 = 0
        var reader = EnvelopeReader(limits)
        while let (field, value) = try reader.next() {
            if field == 1 { bytes = try value.number("limits.maximum_frame_bytes") }
        }
        return bytes
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
