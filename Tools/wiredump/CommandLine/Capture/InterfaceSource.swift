import WireDump

/// What an interface carries, until it is time to stop or enough has come.
final class InterfaceSource: PacketSource {
    /// How much is captured.
    struct Limits {
        var packets = Int.max
        /// Bytes of packets, as they are captured; the packet that reaches it is the last.
        var bytes = Int.max
    }

    private let limits: Limits
    private let reader: RingReader
    private(set) var packets = 0
    private(set) var bytes = 0

    /// Begins to capture.
    ///
    /// - Throws: ``CaptureError`` where the right to it is missing, or the kernel refuses it.
    init(_ interface: NetworkInterface, _ filter: PacketFilter, limits: Limits, until signal: StopSignal) throws(CaptureError) {
        self.limits = limits
        reader = try RingReader(interface, filter, until: signal)
    }

    /// Has what comes taken out of the kernel's ring. Asked once, before the first packet is; ``end()`` follows.
    func begin() { reader.start() }

    /// - Throws: ``CaptureError`` when the interface goes down, after the packets before that.
    func next() async throws -> PacketPiece? {
        guard packets < limits.packets, bytes < limits.bytes else { return nil }
        let came = await reader.next()
        guard came.isEmpty else { return PacketPiece(packets: take(came), isAllForNow: reader.isEmpty) }
        if let fault = await reader.end().fault { throw fault }
        return nil
    }

    /// Captures nothing any more.
    ///
    /// - Returns: packets that came and had no room.
    func end() async -> Int { await reader.end().droppedPackets }

    private func take(_ packets: [CapturedPacket]) -> [CapturedPacket] {
        var count = 0
        for packet in packets where self.packets < limits.packets && bytes < limits.bytes {
            count += 1
            self.packets += 1
            bytes += packet.bytes.count
        }
        return Array(packets.prefix(count))
    }
}
