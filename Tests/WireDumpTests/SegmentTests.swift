import Testing

@testable import WireDump

@Suite("Packets")
struct SegmentTests {
    private static let payload: [UInt8] = [1, 2, 3]

    @Test("carry the same TCP segment whatever stands before it")
    func links() {
        let plain = Packets.ipv4(Packets.tcp(Self.payload, options: 12))
        let links: [(UInt32, [UInt8])] = [
            (1, Packets.ethernet(plain)), (1, Packets.ethernet([0, 5] + [0x08, 0x00] + plain, type: [0x81, 0x00])),
            (101, plain), (228, plain), (0, [2, 0, 0, 0] + plain), (113, [UInt8](repeating: 0, count: 16) + plain),
            (276, [UInt8](repeating: 0, count: 20) + plain),
        ]
        for (link, bytes) in links {
            let segment = TCPSegment(Packets.packet(bytes, link: link))
            #expect(segment?.source == Packets.client && segment?.destination == Packets.server)
            #expect(segment.map { Array($0.payload) } == Self.payload && segment?.sequence == 7 && segment?.uncapturedBytes == 0)
        }
    }

    @Test("of IPv6 are read, with the headers that may stand before TCP")
    func ipv6() throws {
        let tcp = Packets.tcp(Self.payload)
        for content in [
            Packets.ipv6(tcp), Packets.ipv6([6, 0, 0, 0, 0, 0, 0, 0] + tcp, next: 0),
            Packets.ipv6([60, 1] + [UInt8](repeating: 0, count: 14) + [6, 0, 0, 0, 0, 0, 0, 0] + tcp, next: 43),
        ] {
            let segment = try #require(TCPSegment(Packets.packet(Packets.ethernet(content, type: [0x86, 0xDD]))))
            #expect("\(segment.source)" == "[::1]:40000" && "\(segment.destination)" == "[::2]:7100")
            #expect(Array(segment.payload) == Self.payload)
        }
    }

    @Test("that are padded or cut are told from those that are whole")
    func lengths() {
        let whole = Packets.ipv4(Packets.tcp(Self.payload))
        let padded = TCPSegment(Packets.packet(whole + [0, 0, 0], link: 101))
        #expect(padded.map { Array($0.payload) } == Self.payload && padded?.uncapturedBytes == 0)
        let cut = TCPSegment(Packets.packet(whole.dropLast(2), link: 101))
        #expect(cut.map { Array($0.payload) } == [1] && cut?.uncapturedBytes == 2)
        let offloaded = TCPSegment(Packets.packet(Packets.ipv4(Packets.tcp(Self.payload), length: 0), link: 101))
        #expect(offloaded.map { Array($0.payload) } == Self.payload)
    }

    @Test("that carry something else, a fragment, or too little are stepped over at every length")
    func others() {
        let tcp = Packets.tcp(Self.payload)
        var udp = Packets.ipv4(tcp)
        udp[9] = 17
        for bytes in [udp, Packets.ipv4(tcp, fragment: 0x2000), Packets.ipv4(tcp, fragment: 5), Packets.ipv6(tcp, next: 44)] {
            #expect(TCPSegment(Packets.packet(bytes, link: 101)) == nil)
        }
        for whole in [Packets.ipv4(tcp), Packets.ipv6(tcp)] {
            let headers = whole.count - Self.payload.count
            for end in 0..<headers {
                let segment = TCPSegment(Packets.packet(Array(whole.prefix(end)), link: 101))
                #expect(segment?.payload.isEmpty ?? true)
            }
        }
        #expect(TCPSegment(Packets.packet(Packets.ethernet(Packets.ipv4(tcp), type: [0x08, 0x06]))) == nil)
        #expect(TCPSegment(Packets.packet(Packets.ipv4(tcp), link: 105)) == nil)
    }

    @Test("written for a proxy are read as what passed, with check sums that hold", arguments: [false, true])
    func written(isIPv6: Bool) throws {
        let address = isIPv6 ? [UInt8](repeating: 0, count: 15) + [1] : [127, 0, 0, 1]
        var writer = SegmentWriter(client: Endpoint(address: address, port: 1), server: Endpoint(address: address, port: 2))
        let bytes = (0..<2 * SegmentWriter.longestPayload + 1).map { UInt8(truncatingIfNeeded: $0) }
        let packets = writer.open(at: 5) + writer.send(bytes, from: .server, at: 6) + writer.close(at: 7)
        let segments = try packets.map { try #require(TCPSegment($0)) }
        #expect(segments.count == 7 && segments.flatMap(\.payload) == bytes)
        #expect(segments.map(\.sequence) == [0, 0, 1, 60_001, 120_001, 1, 120_002])
        #expect(segments.map(\.acknowledgement) == [nil, 1, 1, 1, 1, 120_002, 2])
        for packet in packets {
            let headerBytes = isIPv6 ? 40 : 20
            if !isIPv6 { #expect(SegmentWriter.checkSum(Array(packet.bytes.prefix(20))) == 0) }
            let tcp = packet.bytes.dropFirst(headerBytes)
            let length = Packets.number(UInt32(tcp.count), false)
            #expect(SegmentWriter.checkSum(address + address + length + [0, 0, 0, 6] + tcp) == 0)
        }
    }

    @Test("tell their ends as people write them")
    func endpoints() {
        func text(_ groups: [UInt16]) -> String {
            Endpoint(address: groups.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }, port: 80).description
        }
        #expect(Packets.client.description == "10.0.0.1:40000" && Packets.client.address == [10, 0, 0, 1])
        #expect(text([0, 0, 0, 0, 0, 0, 0, 0]) == "[::]:80")
        #expect(text([0x2001, 0xDB8, 0, 1, 0, 0, 0, 1]) == "[2001:db8:0:1::1]:80")
        #expect(text([0x2001, 0xDB8, 0, 1, 1, 1, 1, 1]) == "[2001:db8:0:1:1:1:1:1]:80")
        #expect(text([0xFE80, 0, 0, 0, 0, 0, 0, 0]) == "[fe80::]:80")
    }
}
