/// Writes packets as a pcapng file, with times in nanoseconds.
package enum PcapngWriter {
    /// What the file begins with.
    ///
    /// - Parameter link: the front of all packets, by its number in the list of link types of tcpdump.org.
    package static func header(link: UInt32) -> [UInt8] {
        // Byte order, version 1.0, and a section whose length is not known.
        let section = number(UInt32(0x1A2B_3C4D)) + [1, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)
        // Packets of any length, and as the one option a clock with nine decimal places.
        let interface = number(link) + number(UInt32(0)) + [9, 0, 1, 0, 9, 0, 0, 0] + [0, 0, 0, 0]
        return block(0x0A0D_0D0A, section) + block(1, interface)
    }

    package static func packet(_ packet: CapturedPacket) -> [UInt8] {
        let counts = number(UInt32(packet.bytes.count)) + number(UInt32(clamping: packet.sentBytes))
        let padding = [UInt8](repeating: 0, count: (4 - packet.bytes.count % 4) % 4)
        let time =
            number(UInt32(packet.nanoseconds >> 32)) + number(UInt32(truncatingIfNeeded: packet.nanoseconds))
        return block(6, number(UInt32(0)) + time + counts + packet.bytes + padding)
    }

    private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let length = number(UInt32(body.count + 12))
        return number(type) + length + body + length
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
}
