/// What one packet carries of a TCP connection.
public struct TCPSegment: Sendable, Hashable {
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        public static let fin = Flags(rawValue: 1)
        public static let syn = Flags(rawValue: 2)
        public static let rst = Flags(rawValue: 4)
        public static let ack = Flags(rawValue: 16)
    }

    public let source: Endpoint
    public let destination: Endpoint
    public let sequence: UInt32
    /// The next byte that the sender expects of the other end; nil where it does not say.
    public let acknowledgement: UInt32?
    public let flags: Flags
    public let payload: ArraySlice<UInt8>
    /// Bytes of the payload that were sent and not captured, at its end.
    public let uncapturedBytes: Int

    public init(
        source: Endpoint, destination: Endpoint, sequence: UInt32, acknowledgement: UInt32? = nil, flags: Flags,
        payload: ArraySlice<UInt8>, uncapturedBytes: Int = 0
    ) {
        self.source = source
        self.destination = destination
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.payload = payload
        self.uncapturedBytes = uncapturedBytes
    }

    /// Reads a packet; nil where it carries no TCP, or a fragment of it.
    public init?(_ packet: CapturedPacket) {
        guard let (version, bytes) = Self.network(packet) else { return nil }
        switch version {
        case 4: self.init(ipv4: bytes)
        case 6: self.init(ipv6: bytes)
        default: return nil
        }
    }

    // MARK: - Links

    private static func network(_ packet: CapturedPacket) -> (version: UInt8, ArraySlice<UInt8>)? {
        let bytes = packet.bytes[...]
        let content: ArraySlice<UInt8>
        switch packet.link {
        // BSD loopback: four bytes of the address family.
        case 0, 108: content = bytes.dropFirst(4)
        case 1:
            var reader = ByteReader(bytes.dropFirst(12))
            var type = reader.uint16()
            // Tags of virtual networks stand before the type.
            while type == 0x8100 || type == 0x88A8 {
                guard reader.uint16() != nil else { return nil }
                type = reader.uint16()
            }
            guard type == 0x0800 || type == 0x86DD else { return nil }
            content = reader.remainder()
        // Raw addresses, and the two of Linux that stand for all interfaces.
        case 12, 14, 101, 228, 229: content = bytes
        case 113: content = bytes.dropFirst(16)
        case 276: content = bytes.dropFirst(20)
        default: return nil
        }
        return content.first.map { ($0 >> 4, content) }
    }

    // MARK: - Addresses

    private static let tcp: UInt8 = 6

    private init?(ipv4 bytes: ArraySlice<UInt8>) {
        let start = bytes.startIndex
        guard bytes.count >= 20, bytes[start + 9] == Self.tcp else { return nil }
        let headerBytes = Int(bytes[start] & 0x0F) * 4
        let total = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
        // The first of several fragments carries the flag of more, the others an offset.
        let fragment = (UInt16(bytes[start + 6]) << 8 | UInt16(bytes[start + 7])) & 0x3FFF
        // A length of zero is what a network card that cuts packets by itself leaves.
        let length = total == 0 ? bytes.count : total
        guard fragment == 0, headerBytes >= 20, length >= headerBytes else { return nil }
        self.init(
            tcp: bytes.dropFirst(headerBytes), length: length - headerBytes,
            from: bytes[start + 12..<start + 16], to: bytes[start + 16..<start + 20])
    }

    private init?(ipv6 bytes: ArraySlice<UInt8>) {
        let start = bytes.startIndex
        guard bytes.count >= 40 else { return nil }
        var next = bytes[start + 6]
        var content = bytes.dropFirst(40)
        let given = Int(bytes[start + 4]) << 8 | Int(bytes[start + 5])
        var length = given == 0 ? content.count : given
        // Options for hops, routes and destinations may stand before TCP.
        while [0, 43, 60].contains(next) {
            guard content.count >= 8 else { return nil }
            let size = (Int(content[content.startIndex + 1]) + 1) * 8
            next = content[content.startIndex]
            content = content.dropFirst(size)
            length -= size
        }
        guard next == Self.tcp else { return nil }
        self.init(
            tcp: content, length: length, from: bytes[start + 8..<start + 24], to: bytes[start + 24..<start + 40])
    }

    // MARK: - TCP

    /// - Parameter length: bytes of header and payload as they were sent.
    private init?(tcp bytes: ArraySlice<UInt8>, length: Int, from: ArraySlice<UInt8>, to: ArraySlice<UInt8>) {
        var reader = ByteReader(bytes)
        guard let source = reader.uint16(), let destination = reader.uint16(), let sequence = reader.uint32(),
            let acknowledgement = reader.uint32(), let offset = reader.uint8(), let flags = reader.uint8().map(Flags.init)
        else { return nil }
        let headerBytes = Int(offset >> 4) * 4
        guard headerBytes >= 20, length >= headerBytes else { return nil }
        let payloadBytes = length - headerBytes
        let payload = bytes.dropFirst(headerBytes).prefix(payloadBytes)
        self.init(
            source: Endpoint(address: from, port: source), destination: Endpoint(address: to, port: destination),
            sequence: sequence, acknowledgement: flags.contains(.ack) ? acknowledgement : nil, flags: flags, payload: payload,
            uncapturedBytes: payloadBytes - payload.count)
    }
}
