/// The newer capture file: blocks with their length before and after them, among them interfaces and packets.
struct PcapngFormat: Sendable {
    private struct Interface {
        let link: UInt32
        let longestPacket: UInt32
        /// Ticks of its clock in a second.
        let ticksPerSecond: UInt64
    }

    private enum BlockType {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
    }

    /// Type, length, and the length again.
    private static let frameBytes = 12
    private static let clockOption: UInt16 = 9

    private var isLittleEndian = true
    private var interfaces: [Interface] = []

    static func begins(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.starts(with: [0x0A, 0x0D, 0x0D, 0x0A]) }

    /// The block at the front: the bytes that it takes up, and its packet if it has one; nil when more bytes are needed.
    mutating func block(in bytes: ArraySlice<UInt8>) throws(CaptureError) -> (length: Int, CapturedPacket?)? {
        guard bytes.count >= Self.frameBytes else { return nil }
        if Self.begins(bytes) {
            switch Array(bytes.dropFirst(8).prefix(4)) {
            case [0x4D, 0x3C, 0x2B, 0x1A]: isLittleEndian = true
            case [0x1A, 0x2B, 0x3C, 0x4D]: isLittleEndian = false
            default: throw CaptureError(description: "a section of a capture that does not say which byte comes first")
            }
            interfaces = []
        }
        var reader = ByteReader(bytes, isLittleEndian: isLittleEndian)
        guard let type = reader.uint32(), let length = reader.uint32().map(Int.init) else { return nil }
        guard length >= Self.frameBytes, length % 4 == 0, length <= CaptureReader.maximumBlockBytes else {
            throw CaptureError(description: "a block of \(length) bytes; no capture has one")
        }
        guard let body = reader.bytes(length - Self.frameBytes), let lengthAgain = reader.uint32() else { return nil }
        guard lengthAgain == UInt32(length) else {
            throw CaptureError(description: "a block of \(length) bytes says at its end that it has \(lengthAgain)")
        }
        return (length, try packet(type, ByteReader(body, isLittleEndian: isLittleEndian)))
    }

    private mutating func packet(_ type: UInt32, _ body: ByteReader) throws(CaptureError) -> CapturedPacket? {
        switch type {
        case BlockType.interface:
            interfaces.append(try interface(body))
            return nil
        case BlockType.enhancedPacket: return try enhancedPacket(body)
        case BlockType.simplePacket: return try simplePacket(body)
        default: return nil
        }
    }

    private func interface(_ body: ByteReader) throws(CaptureError) -> Interface {
        var body = body
        guard let link = body.uint16(), body.uint16() != nil, let longest = body.uint32() else { throw Self.cutShort }
        var ticks: UInt64 = 1_000_000
        while let code = body.uint16(), let length = body.uint16(), let value = body.bytes(Int(length)) {
            if code == Self.clockOption, let resolution = value.first { ticks = try Self.ticks(resolution) }
            _ = body.bytes((4 - Int(length) % 4) % 4)
        }
        return Interface(link: UInt32(link), longestPacket: longest, ticksPerSecond: ticks)
    }

    /// A power of ten, or with the highest bit set a power of two.
    private static func ticks(_ resolution: UInt8) throws(CaptureError) -> UInt64 {
        let exponent = resolution & 0x7F
        guard exponent <= (resolution < 0x80 ? 9 : 30) else {
            throw CaptureError(description: "a clock with ticks shorter than a nanosecond")
        }
        return resolution < 0x80 ? (0..<exponent).reduce(1) { ticks, _ in ticks * 10 } : 1 << UInt64(exponent)
    }

    private func enhancedPacket(_ body: ByteReader) throws(CaptureError) -> CapturedPacket {
        var body = body
        guard let number = body.uint32(), let high = body.uint32(), let low = body.uint32(), let captured = body.uint32(),
            let sent = body.uint32(), let content = body.bytes(Int(captured))
        else { throw Self.cutShort }
        let interface = try interface(number)
        let ticks = UInt64(high) << 32 | UInt64(low)
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: interface.ticksPerSecond)
        guard seconds < .max / 1_000_000_000 - 1 else {
            throw CaptureError(description: "a packet of a time that no clock shows")
        }
        return CapturedPacket(
            nanoseconds: seconds * 1_000_000_000 + rest * 1_000_000_000 / interface.ticksPerSecond, link: interface.link,
            bytes: Array(content), sentBytes: Int(sent))
    }

    /// A packet of the first interface that nobody timed.
    private func simplePacket(_ body: ByteReader) throws(CaptureError) -> CapturedPacket {
        var body = body
        let interface = try interface(0)
        guard let original = body.uint32() else { throw Self.cutShort }
        let captured = interface.longestPacket == 0 ? original : min(original, interface.longestPacket)
        guard let content = body.bytes(Int(captured)) else { throw Self.cutShort }
        return CapturedPacket(nanoseconds: 0, link: interface.link, bytes: Array(content), sentBytes: Int(original))
    }

    private func interface(_ number: UInt32) throws(CaptureError) -> Interface {
        guard number < UInt32(interfaces.count) else {
            throw CaptureError(description: "a packet of interface \(number), of which the capture has not told")
        }
        return interfaces[Int(number)]
    }

    private static let cutShort = CaptureError(description: "a block that ends before its content does")
}
