import Testing

@testable import WireDump

@Suite("Captures")
struct CaptureReaderTests {
    private static let contents: [[UInt8]] = [[1, 2, 3], [], [4], [UInt8](repeating: 9, count: 300)]

    @Test(
        "of the classic kind are read in both byte orders, with microseconds and nanoseconds, in pieces of any size",
        arguments: [true, false], [0xA1B2_C3D4, 0xA1B2_3C4D] as [UInt32])
    func classic(isLittleEndian: Bool, magic: UInt32) throws {
        let file = Packets.pcap(Self.contents, magic: magic, isLittleEndian: isLittleEndian, link: 113)
        for pieceBytes in [1, 7, file.count] {
            let packets = try Packets.read(file, pieceBytes: pieceBytes)
            #expect(packets.map(\.bytes) == Self.contents)
            #expect(packets.allSatisfy { $0.link == 113 })
            #expect(packets.allSatisfy { $0.nanoseconds == 1_000_000_000 + (magic == 0xA1B2_C3D4 ? 5000 : 5) })
        }
    }

    @Test(
        "of the newer kind are read in both byte orders, with the clock that they name, in pieces of any size",
        arguments: [true, false],
        [
            (nil, 3_000_005, 3_000_005_000), (6, 7, 7000), (9, 7, 7), (3, 7, 7_000_000), (0, 2, 2_000_000_000),
            (0x80 | 10, 512, 500_000_000),
        ]
            as [(UInt8?, UInt64, UInt64)])
    func blocks(isLittleEndian: Bool, clock: (resolution: UInt8?, ticks: UInt64, nanoseconds: UInt64)) throws {
        var file = Packets.section(isLittleEndian: isLittleEndian)
        file += Packets.interface(link: 101, resolution: clock.resolution, isLittleEndian: isLittleEndian)
        // A block of names, which says nothing here.
        file += Packets.block(4, [1, 2, 3, 4], isLittleEndian: isLittleEndian)
        for content in Self.contents { file += Packets.enhanced(content, ticks: clock.ticks, isLittleEndian: isLittleEndian) }
        for pieceBytes in [1, 7, file.count] {
            let packets = try Packets.read(file, pieceBytes: pieceBytes)
            #expect(packets.map(\.bytes) == Self.contents)
            #expect(packets.allSatisfy { $0.nanoseconds == clock.nanoseconds && $0.link == 101 })
        }
    }

    @Test("may have several sections, each with its byte order and interfaces of its own")
    func sections() throws {
        let file = [true, false].flatMap { order in
            Packets.section(isLittleEndian: order)
                + Packets.interface(link: order ? 1 : 113, resolution: nil, isLittleEndian: order)
                + Packets.enhanced([5], ticks: 1, isLittleEndian: order)
        }
        #expect(try Packets.read(file, pieceBytes: 5).map(\.link) == [1, 113])
    }

    @Test("hold what is written by a recording")
    func written() throws {
        let packets = Self.contents.enumerated().map { number, content in
            CapturedPacket(nanoseconds: 1_700_000_000_123_456_789 + UInt64(number), link: SegmentWriter.link, bytes: content)
        }
        let file = PcapngWriter.header(link: SegmentWriter.link) + packets.flatMap(PcapngWriter.packet)
        #expect(try Packets.read(file, pieceBytes: 11) == packets)
    }

    @Test("that end inside a packet say so at every byte, and give what came before", arguments: [true, false])
    func truncated(isBlocks: Bool) throws {
        let file =
            isBlocks
            ? PcapngWriter.header(link: 1) + PcapngWriter.packet(Packets.packet([1, 2, 3, 4, 5]))
            : Packets.pcap([[1, 2, 3, 4, 5]], isLittleEndian: true)
        let start = isBlocks ? PcapngWriter.header(link: 1).count : 24
        for end in 0..<file.count {
            var reader = CaptureReader()
            reader.append(file.prefix(end))
            #expect(try reader.next() == nil)
            let isWhole = end == start || isBlocks && end == 28
            #expect(isWhole == ((try? reader.finish()) != nil), "\(end) of \(file.count) bytes")
        }
    }

    @Test(
        "are refused when they are none",
        arguments: [
            Array("GET / HTTP/1.1\r\nHost: example.org\r\n".utf8), [UInt8](repeating: 0, count: 64),
            [0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0] + [UInt8](repeating: 0, count: 20),
        ] as [[UInt8]])
    func refused(file: [UInt8]) {
        #expect(throws: CaptureError.self) { try Packets.read(file, pieceBytes: file.count) }
    }

    @Test("may have packets of 16 MiB and none that are longer")
    func longest() throws {
        let limit = UInt32(CaptureReader.maximumBlockBytes)
        var accepted = CaptureReader()
        accepted.append(Packets.pcap([], isLittleEndian: true) + [1, 2, limit, limit].flatMap { Packets.number($0, true) })
        #expect(try accepted.next() == nil)
        accepted.append([UInt8](repeating: 0, count: Int(limit)))
        #expect(try accepted.next()?.bytes.count == Int(limit))
        var refused = CaptureReader()
        refused.append(Packets.pcap([], isLittleEndian: true) + [1, 2, limit + 1, limit].flatMap { Packets.number($0, true) })
        #expect(throws: CaptureError.self) { try refused.next() }
    }

    @Test("whose blocks contradict themselves are refused")
    func contradictions() {
        let start = Packets.section(isLittleEndian: true)
        let interface = Packets.interface(resolution: nil, isLittleEndian: true)
        var otherLength = Packets.enhanced([1], ticks: 1, isLittleEndian: true)
        otherLength[otherLength.count - 4] ^= 4
        let beyond = Packets.block(6, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 1], isLittleEndian: true)
        for file in [
            start + interface + otherLength, start + interface + beyond,
            start + Packets.enhanced([1], ticks: 1, isLittleEndian: true),
            start + interface + Packets.enhanced([1], ticks: 1, interface: 1, isLittleEndian: true),
            start + Packets.interface(resolution: 10, isLittleEndian: true),
            start + interface + [6, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0],
        ] {
            #expect(throws: CaptureError.self) { try Packets.read(file, pieceBytes: file.count) }
        }
    }
}
