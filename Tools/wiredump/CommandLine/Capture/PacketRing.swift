private import CPacketSocket
import Foundation
import WireDump

/// The blocks that the kernel fills with what an interface carries.
///
/// What comes while none of them is free is dropped by the kernel, and counted.
struct PacketRing: ~Copyable {
    /// Bytes of a packet that can be had at most, which is less than a block holds.
    static let mostSnapBytes = 256 << 10
    /// After which a block is passed on that is not full.
    static let blockMilliseconds: Int32 = 25
    static let blocks = 64
    private static let blockBytes = 512 << 10

    let socket: PacketSocket
    private let memory: MappedMemory
    private var block = 0

    /// Begins to capture.
    ///
    /// - Throws: ``CaptureError`` where the right to it is missing, or the kernel refuses it.
    init(_ interface: NetworkInterface, _ filter: PacketFilter) throws(CaptureError) {
        let socket = try PacketSocket()
        // In this order, so that nothing comes that the filter would not pass on.
        try socket.attach(filter)
        let memory = try socket.ring(blocks: Self.blocks, blockBytes: Self.blockBytes, milliseconds: Self.blockMilliseconds)
        try socket.bind(to: interface)
        self.socket = socket
        self.memory = memory
    }

    /// Whether there is a block to be read.
    var isReady: Bool { packet_block_status(header) & UInt32(TP_STATUS_USER) != 0 }

    /// The packets of the next block, or nil when the kernel has not passed it on.
    mutating func next() -> [CapturedPacket]? {
        guard isReady else { return nil }
        let header = header
        let contents = header.pointee.hdr.bh1
        var packets: [CapturedPacket] = []
        packets.reserveCapacity(Int(contents.num_pkts))
        var place = UnsafeRawPointer(header) + Int(contents.offset_to_first_pkt)
        for _ in 0..<contents.num_pkts {
            let packet = place.load(as: tpacket3_hdr.self)
            let bytes = UnsafeRawBufferPointer(start: place + Int(packet.tp_mac), count: Int(packet.tp_snaplen))
            packets.append(
                CapturedPacket(
                    nanoseconds: UInt64(packet.tp_sec) * 1_000_000_000 + UInt64(packet.tp_nsec), link: SegmentWriter.link,
                    bytes: Array(bytes), sentBytes: Int(packet.tp_len)))
            place += Int(packet.tp_next_offset)
        }
        packet_block_release(header)
        block = (block + 1) % Self.blocks
        return packets
    }

    private var header: UnsafeMutablePointer<tpacket_block_desc> {
        (memory.start + block * Self.blockBytes).assumingMemoryBound(to: tpacket_block_desc.self)
    }
}
