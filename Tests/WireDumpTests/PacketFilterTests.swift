private import CPacketSocket
import Foundation
import Fuzzing
import Testing

@testable import WireDump

@Suite("What the kernel passes on of what an interface carries")
struct PacketFilterTests {
    /// A pair of sockets, one of which has a filter: the kernel runs it for whoever may open a socket.
    private struct Filtered: ~Copyable {
        private var ends: [Int32] = [0, 0]

        init(_ filter: PacketFilter) throws {
            try #require(socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0)
            var instructions = filter.instructions.map {
                sock_filter(code: $0.code, jt: $0.jumpIfTrue, jf: $0.jumpIfFalse, k: $0.operand)
            }
            let receiver = ends[1]
            let result = instructions.withUnsafeMutableBufferPointer { buffer in
                var program = sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
                return setsockopt(receiver, SOL_SOCKET, SO_ATTACH_FILTER, &program, socklen_t(MemoryLayout<sock_fprog>.size))
            }
            try #require(result == 0, "the kernel does not take the filter: \(String(cString: strerror(errno)))")
        }

        deinit { for end in ends { close(end) } }

        /// What comes through of a packet; nil if nothing does.
        func pass(_ packet: [UInt8]) -> [UInt8]? {
            _ = send(ends[0], packet, packet.count, 0)
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(ends[1], &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : Array(bytes.prefix(count))
        }
    }

    private static let content = Packets.tcp([1, 2, 3, 4])
    private static let longAddress = [UInt8](repeating: 0, count: 15)
    private static let whole: UInt32 = 1 << 18

    private static func passes(_ packet: [UInt8], hosts: [[UInt8]] = [], ports: Set<UInt16> = []) throws -> Bool {
        try Filtered(PacketFilter(hosts: hosts, ports: ports, snapBytes: whole)).pass(packet) == packet
    }

    @Test("is TCP of one of the ports at either end, over IPv4 whatever its options, and over IPv6")
    func ports() throws {
        let options = [UInt8](repeating: 1, count: 8)
        let withOptions = [0x47] + Packets.ipv4(options + Self.content).dropFirst()
        for packet in [Packets.ipv4(Self.content), withOptions, Packets.ipv6(Self.content)] {
            #expect(try Self.passes(packet))
            #expect(try Self.passes(packet, ports: [7100]))
            #expect(try Self.passes(packet, ports: [1, 40_000]))
            #expect(try !Self.passes(packet, ports: [7101, 39_999, 0x0102]))
        }
        // Options come first in it; where its ports stand is not looked for.
        #expect(try Self.passes(Packets.ipv6([6, 0, 0, 0, 0, 0, 0, 0] + Self.content, next: 60), ports: [7101]))
    }

    @Test("is neither another protocol nor a fragment nor anything but IP")
    func others() throws {
        var datagram = Packets.ipv4(Self.content)
        datagram[9] = 17
        #expect(try !Self.passes(datagram))
        #expect(try !Self.passes(Packets.ipv6(Self.content, next: 17)))
        #expect(try !Self.passes(Packets.ipv6([58, 0, 5, 2, 0, 0, 1, 0] + Self.content, next: 0)))
        #expect(try !Self.passes(Packets.ipv4(Self.content, fragment: 0x2000)))
        #expect(try !Self.passes(Packets.ipv4(Self.content, fragment: 1)))
        #expect(try Self.passes(Packets.ipv4(Self.content, fragment: 0x4000)))
        for packet in [[0x15] + Self.content, [0x4F], [UInt8](repeating: 0xFF, count: 60)] { #expect(try !Self.passes(packet)) }
    }

    @Test("is of one of the hosts at either end")
    func hosts() throws {
        let ipv4 = Packets.ipv4(Self.content)
        for host in [[10, 0, 0, 1], [10, 0, 0, 2]] as [[UInt8]] { #expect(try Self.passes(ipv4, hosts: [[1, 1, 1, 1], host])) }
        #expect(try !Self.passes(ipv4, hosts: [[10, 0, 0, 3], Self.longAddress + [1]]))
        let ipv6 = Packets.ipv6(Self.content)
        for end: UInt8 in [1, 2] { #expect(try Self.passes(ipv6, hosts: [[10, 0, 0, 1], Self.longAddress + [end]])) }
        #expect(try !Self.passes(ipv6, hosts: [Self.longAddress + [3]]))
        #expect(try !Self.passes(ipv6, hosts: [[1] + [UInt8](repeating: 0, count: 14) + [1]]))
        // Host and port must both be there.
        #expect(try !Self.passes(ipv4, hosts: [[10, 0, 0, 1]], ports: [9]))
        #expect(try !Self.passes(ipv4, hosts: [[10, 0, 0, 3]], ports: [7100]))
        #expect(try Self.passes(ipv6, hosts: [Self.longAddress + [1]], ports: [7100]))
    }

    @Test("is cut to the length that was asked for, and not before", arguments: [-1, 0, 1])
    func snap(more: Int) throws {
        let packet = Packets.ipv4(Self.content)
        let filter = PacketFilter(hosts: [], ports: [7100], snapBytes: UInt32(packet.count + more))
        #expect(try Filtered(filter).pass(packet) == Array(packet.prefix(packet.count + more)))
    }

    @Test("is found among as many hosts and ports as are taken, the last of them too")
    func most() throws {
        let hosts = (0..<PacketFilter.mostHosts).reversed().map { [UInt8](repeating: 0, count: 14) + [UInt8($0), 2] }
        let ports = Set((0..<UInt16(PacketFilter.mostPorts)).map { 7100 - $0 })
        let filter = PacketFilter(hosts: hosts, ports: ports, snapBytes: Self.whole)
        #expect(filter.instructions.count <= 4096)
        let packet = Packets.ipv6(Self.content)
        #expect(try Filtered(filter).pass(packet) == packet)
        #expect(try !Self.passes(packet, hosts: Array(hosts.dropLast()), ports: ports))
    }

    @Test("is, of any bytes, everything that is read of them")
    func mutations() throws {
        let filter = PacketFilter(hosts: [], ports: [7100], snapBytes: Self.whole)
        let filtered = try Filtered(filter)
        let options: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 0]
        let seeds = [
            Packets.ipv4(Self.content), Packets.ipv6(Self.content), Packets.ipv6(options + Self.content, next: 0),
            Packets.ipv4(Packets.tcp([UInt8](repeating: 7, count: 40), options: 12)),
        ]
        var mutator = Mutator(seed: 1)
        var read = 0
        for packet in seeds + (0..<20_000).map({ _ in mutator.mutate(seeds) }) where !packet.isEmpty {
            let passed = filtered.pass(packet)
            guard let segment = TCPSegment(CapturedPacket(nanoseconds: 0, link: SegmentWriter.link, bytes: packet)),
                segment.source.port == 7100 || segment.destination.port == 7100
            else { continue }
            read += 1
            guard passed != packet else { continue }
            Issue.record("left out: \(packet)")
            return
        }
        #expect(read > 1000)
    }
}
