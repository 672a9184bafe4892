import WireDump

/// Where packets come from, for a view to tell of them.
protocol PacketSource {
    /// The next packets, or nil at the end.
    ///
    /// - Throws: ``CaptureError`` where the source is no good, after the packets before that place.
    mutating func next() async throws -> PacketPiece?
}

/// Packets that came together.
struct PacketPiece {
    let packets: [CapturedPacket]
    /// Whether nothing more had come when it was read, nor did within a moment.
    let isAllForNow: Bool
}
