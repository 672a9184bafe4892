/// Writes what passes through a proxy as the packets that would have carried it.
package struct SegmentWriter: Sendable {
    /// Longest payload of one packet; with its headers it stays below what the length of a packet can say.
    static let longestPayload = 60_000
    /// Raw addresses, without anything of a network card before them.
    package static let link: UInt32 = 101

    private let client: Endpoint
    private let server: Endpoint
    private var clientSequence: UInt32 = 1
    private var serverSequence: UInt32 = 1

    /// - Precondition: both addresses are of the same kind.
    package init(client: Endpoint, server: Endpoint) {
        precondition(client.isIPv6 == server.isIPv6, "both ends speak the same protocol")
        self.client = client
        self.server = server
    }

    /// The packets with which a connection begins.
    package mutating func open(at time: UInt64) -> [CapturedPacket] {
        let packets = [
            packet(from: .client, 0, acknowledges: nil, .syn, [], time),
            packet(from: .server, 0, acknowledges: 1, [.syn, .ack], [], time),
        ]
        return packets
    }

    package mutating func send(_ bytes: [UInt8], from side: Side, at time: UInt64) -> [CapturedPacket] {
        stride(from: 0, to: bytes.count, by: Self.longestPayload).map { start in
            let piece = bytes[start..<min(start + Self.longestPayload, bytes.count)]
            return next(side, .ack, piece, time)
        }
    }

    /// The packets with which a connection ends.
    package mutating func close(at time: UInt64) -> [CapturedPacket] {
        Side.allCases.map { next($0, [.fin, .ack], [], time) }
    }

    private mutating func next(_ side: Side, _ flags: TCPSegment.Flags, _ payload: ArraySlice<UInt8>, _ time: UInt64)
        -> CapturedPacket
    {
        let (sequence, other) = side == .client ? (clientSequence, serverSequence) : (serverSequence, clientSequence)
        let after = sequence &+ UInt32(payload.count) &+ (flags.contains(.fin) ? 1 : 0)
        if side == .client { clientSequence = after } else { serverSequence = after }
        return packet(from: side, sequence, acknowledges: other, flags, payload, time)
    }

    private func packet(
        from side: Side, _ sequence: UInt32, acknowledges: UInt32?, _ flags: TCPSegment.Flags, _ payload: ArraySlice<UInt8>,
        _ time: UInt64
    ) -> CapturedPacket {
        let (source, destination) = side == .client ? (client, server) : (server, client)
        var tcp = BigEndianBytes()
        tcp.append(source.port)
        tcp.append(destination.port)
        tcp.append(sequence)
        tcp.append(acknowledges ?? 0)
        tcp.bytes += [5 << 4, flags.rawValue]
        // A window of 64 KiB, then the check sum that is put in last, and no urgent bytes.
        tcp.append(UInt16.max)
        tcp.append(UInt32(0))
        tcp.bytes += payload
        var pseudoHeader = BigEndianBytes(source.address + destination.address)
        pseudoHeader.append(UInt32(tcp.bytes.count))
        pseudoHeader.append(UInt32(6))
        tcp.put(Self.checkSum(pseudoHeader.bytes + tcp.bytes), at: 16)
        return CapturedPacket(
            nanoseconds: time, link: Self.link, bytes: Self.header(source, destination, length: tcp.bytes.count) + tcp.bytes)
    }

    private static func header(_ source: Endpoint, _ destination: Endpoint, length: Int) -> [UInt8] {
        var header = BigEndianBytes()
        if source.isIPv6 {
            header.append(UInt32(6 << 28))
            header.append(UInt16(length))
            header.bytes += [6, 64]
            header.bytes += source.address + destination.address
            return header.bytes
        }
        header.bytes += [0x45, 0]
        header.append(UInt16(20 + length))
        // No fragments of it may be made.
        header.append(UInt32(0x4000))
        header.bytes += [64, 6, 0, 0]
        header.bytes += source.address + destination.address
        header.put(checkSum(header.bytes), at: 10)
        return header.bytes
    }

    /// The check sum of RFC 1071.
    static func checkSum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
        }
        while sum > 0xFFFF { sum = sum >> 16 + sum & 0xFFFF }
        return ~UInt16(sum)
    }
}

/// Bytes in the making, of numbers whose highest byte comes first.
struct BigEndianBytes {
    var bytes: [UInt8]

    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    mutating func append(_ number: UInt16) { bytes += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] }
    mutating func append(_ number: UInt32) {
        append(UInt16(number >> 16))
        append(UInt16(truncatingIfNeeded: number))
    }

    mutating func put(_ number: UInt16, at index: Int) {
        bytes[index] = UInt8(number >> 8)
        bytes[index + 1] = UInt8(truncatingIfNeeded: number)
    }
}
