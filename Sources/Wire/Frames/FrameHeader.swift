/// The ten bytes before every frame: length u32, stream u32, type u8, flags u8, big-endian.
public struct FrameHeader: Sendable, Hashable {
    public static let byteCount = 10

    /// Bytes of the payload that follows.
    public var length: UInt32
    public var stream: StreamID
    public var type: FrameType
    public var flags: FrameFlags

    public init(length: UInt32, stream: StreamID, type: FrameType, flags: FrameFlags = []) {
        self.length = length
        self.stream = stream
        self.type = type
        self.flags = flags
    }

    /// Reads a header from exactly ten bytes.
    package init(_ bytes: ArraySlice<UInt8>) {
        precondition(bytes.count == Self.byteCount, "a header has ten bytes")
        let start = bytes.startIndex
        length = Self.number(bytes, at: start)
        stream = StreamID(rawValue: Self.number(bytes, at: start + 4))
        type = FrameType(rawValue: bytes[start + 8])
        flags = FrameFlags(rawValue: bytes[start + 9])
    }

    /// Appends the header's bytes.
    public func encode(into buffer: inout [UInt8]) {
        Self.append(length, to: &buffer)
        Self.append(stream.rawValue, to: &buffer)
        buffer.append(type.rawValue)
        buffer.append(flags.rawValue)
    }

    private static func number(_ bytes: ArraySlice<UInt8>, at start: Int) -> UInt32 {
        UInt32(bytes[start]) << 24 | UInt32(bytes[start + 1]) << 16 | UInt32(bytes[start + 2]) << 8 | UInt32(bytes[start + 3])
    }

    private static func append(_ number: UInt32, to buffer: inout [UInt8]) {
        for shift in [24, 16, 8, 0] { buffer.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
    }
}

/// Which call of a connection a frame belongs to. Clients choose odd numbers that rise.
public struct StreamID: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No call's: that of frames which are about their connection. Every plain peer ignores what comes there.
    public static let control = StreamID(rawValue: .max)

    /// Whether a client may have chosen it.
    public var isClientInitiated: Bool { rawValue % 2 == 1 }

    public static func < (left: StreamID, right: StreamID) -> Bool { left.rawValue < right.rawValue }
}

/// What a frame carries. Types that this version does not know are kept, because they are to be ignored.
public struct FrameType: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let request = FrameType(rawValue: 1)
    public static let response = FrameType(rawValue: 2)
    public static let data = FrameType(rawValue: 3)
    public static let ping = FrameType(rawValue: 0x81)
    public static let pong = FrameType(rawValue: 0x82)
    public static let goAway = FrameType(rawValue: 0x83)
    public static let window = FrameType(rawValue: 0x84)
    public static let cancel = FrameType(rawValue: 0x85)

    /// Whether peers use it only once they have said Hello; see ``ControlFrame``.
    public var isControl: Bool { rawValue >= 0x80 }
}

/// What a frame says about its stream beside its payload.
public struct FrameFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The sender will send no more on this stream.
    public static let remoteClosed = FrameFlags(rawValue: 1)
    /// The sender will send data frames on this stream.
    public static let remoteOpen = FrameFlags(rawValue: 2)
    /// The frame carries no message, not even an empty one.
    public static let noData = FrameFlags(rawValue: 4)
    /// The message goes on in the next frame of its stream, between peers that have agreed on that.
    public static let more = FrameFlags(rawValue: 8)
}

/// A header and its payload.
public struct Frame: Sendable, Hashable {
    public let stream: StreamID
    public let type: FrameType
    public let flags: FrameFlags
    public let payload: [UInt8]

    public init(stream: StreamID, type: FrameType, flags: FrameFlags = [], payload: [UInt8]) {
        self.stream = stream
        self.type = type
        self.flags = flags
        self.payload = payload
    }

    /// The frame's bytes, header and payload.
    public func encoded() -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(FrameHeader.byteCount + payload.count)
        FrameHeader(length: UInt32(payload.count), stream: stream, type: type, flags: flags).encode(into: &buffer)
        buffer += payload
        return buffer
    }
}
