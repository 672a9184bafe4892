/// The classic capture file: a header of 24 bytes, then packets with 16 bytes before each.
struct PcapFormat: Sendable {
    static let headerBytes = 24
    private static let recordHeaderBytes = 16

    private let isLittleEndian: Bool
    private let nanosecondsPerTick: UInt64
    private let link: UInt32

    init(header: ArraySlice<UInt8>) throws(CaptureError) {
        switch Array(header.prefix(4)) {
        case [0xA1, 0xB2, 0xC3, 0xD4]: (isLittleEndian, nanosecondsPerTick) = (false, 1000)
        case [0xD4, 0xC3, 0xB2, 0xA1]: (isLittleEndian, nanosecondsPerTick) = (true, 1000)
        case [0xA1, 0xB2, 0x3C, 0x4D]: (isLittleEndian, nanosecondsPerTick) = (false, 1)
        case [0x4D, 0x3C, 0xB2, 0xA1]: (isLittleEndian, nanosecondsPerTick) = (true, 1)
        default: throw CaptureError(description: "no capture: neither pcap nor pcapng begins like this")
        }
        var reader = ByteReader(header.dropFirst(20), isLittleEndian: isLittleEndian)
        // The upper bits tell of check sums at the end of frames.
        link = (reader.uint32() ?? 0) & 0x0FFF_FFFF
    }

    /// The packet at the front and the bytes that it takes up; nil when more are needed.
    func packet(in bytes: ArraySlice<UInt8>) throws(CaptureError) -> (length: Int, CapturedPacket)? {
        var reader = ByteReader(bytes, isLittleEndian: isLittleEndian)
        guard let seconds = reader.uint32(), let ticks = reader.uint32(), let captured = reader.uint32(),
            let sent = reader.uint32()
        else { return nil }
        guard captured <= UInt32(CaptureReader.maximumBlockBytes) else {
            throw CaptureError(description: "a packet of \(captured) bytes; no capture has one")
        }
        guard let content = reader.bytes(Int(captured)) else { return nil }
        let time = UInt64(seconds) * 1_000_000_000 + UInt64(ticks) * nanosecondsPerTick
        return (
            Self.recordHeaderBytes + Int(captured),
            CapturedPacket(nanoseconds: time, link: link, bytes: Array(content), sentBytes: Int(sent))
        )
    }
}
