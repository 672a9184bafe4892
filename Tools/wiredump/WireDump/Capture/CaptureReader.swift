/// One packet of a capture.
public struct CapturedPacket: Sendable, Hashable {
    /// When it was captured, in nanoseconds since the beginning of 1970.
    public let nanoseconds: UInt64
    /// What stands at its front, by its number in the list of link types of tcpdump.org.
    public let link: UInt32
    public let bytes: [UInt8]
    /// Bytes that it had when it was sent, which are more than there are where it was cut short.
    public let sentBytes: Int

    /// - Parameter sentBytes: nil where all of it is there.
    public init(nanoseconds: UInt64, link: UInt32, bytes: [UInt8], sentBytes: Int? = nil) {
        self.nanoseconds = nanoseconds
        self.link = link
        self.bytes = bytes
        self.sentBytes = max(sentBytes ?? 0, bytes.count)
    }
}

/// Why bytes are no capture, or go on as none.
public struct CaptureError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Finds the packets of a pcap or pcapng file whose bytes arrive in pieces.
public struct CaptureReader: Sendable {
    private enum Format {
        case unknown
        case pcap(PcapFormat)
        case pcapng(PcapngFormat)
    }

    /// Longest packet or block that is taken; none of a sane capture comes near it.
    public static let maximumBlockBytes = 16 << 20

    private var format = Format.unknown
    private var buffer: [UInt8] = []
    private var consumed = 0

    public init() {}

    public mutating func append(_ bytes: some Collection<UInt8>) {
        if consumed > 0 {
            buffer.removeFirst(consumed)
            consumed = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next packet, or nil when more bytes are needed.
    ///
    /// - Throws: ``CaptureError`` for what no capture has; the reader is of no use after it.
    public mutating func next() throws(CaptureError) -> CapturedPacket? {
        while true {
            let rest = buffer[consumed...]
            switch format {
            case .unknown:
                guard rest.count >= 4 else { return nil }
                if PcapngFormat.begins(rest) {
                    format = .pcapng(PcapngFormat())
                } else {
                    guard rest.count >= PcapFormat.headerBytes else { return nil }
                    format = .pcap(try PcapFormat(header: rest.prefix(PcapFormat.headerBytes)))
                    consumed += PcapFormat.headerBytes
                }
            case .pcap(let pcap):
                guard let (length, packet) = try pcap.packet(in: rest) else { return nil }
                consumed += length
                return packet
            case .pcapng(var pcapng):
                guard let (length, packet) = try pcapng.block(in: rest) else { return nil }
                consumed += length
                format = .pcapng(pcapng)
                if let packet { return packet }
            }
        }
    }

    /// Says that no more bytes come.
    ///
    /// - Throws: ``CaptureError`` when they end inside a packet, or before anything of a capture was seen.
    public func finish() throws(CaptureError) {
        if case .unknown = format { throw CaptureError(description: "no capture: neither pcap nor pcapng begins like this") }
        guard consumed == buffer.count else { throw CaptureError(description: "the capture ends inside a packet") }
    }
}
