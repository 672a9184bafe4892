import Testing

@testable import WireDump

@Suite("Segments put in order")
struct StreamAssemblerTests {
    /// Bytes that are their own offset.
    private static func bytes(_ range: Range<Int>) -> [UInt8] { range.map { UInt8(truncatingIfNeeded: $0) } }

    private static func piece(_ range: Range<Int>, first: UInt32 = 1000, flags: TCPSegment.Flags = .ack) -> TCPSegment {
        Packets.segment(bytes(range), first &+ UInt32(range.lowerBound), flags: flags)
    }

    private static func joined(_ events: [StreamAssembler.Event]) -> [UInt8] {
        events.flatMap { if case .bytes(let bytes) = $0 { bytes } else { [UInt8]() } }
    }

    @Test(
        "are the stream's bytes, whether they come in order, out of order, twice or overlapping, also where numbers begin anew",
        arguments: [
            [0..<10, 10..<20, 20..<30], [20..<30, 10..<20, 0..<10], [0..<10, 0..<10, 10..<20, 5..<15, 20..<30],
            [0..<15, 10..<30], [10..<12, 8..<20, 0..<9, 15..<30], [0..<30, 0..<10], [25..<30, 0..<27],
        ] as [[Range<Int>]], [1000, UInt32.max - 5])
    func orders(pieces: [Range<Int>], first: UInt32) {
        var assembler = StreamAssembler()
        var events = assembler.receive(Packets.segment([], first &- 1, flags: .syn))
        for piece in pieces { events += assembler.receive(Self.piece(piece, first: first)) }
        events += assembler.receive(Self.piece(30..<30, first: first, flags: [.fin, .ack]))
        #expect(Self.joined(events) == Self.bytes(0..<30))
        #expect(events.last == .end && !events.contains { if case .gap = $0 { true } else { false } })
        #expect(assembler.isFromTheStart)
    }

    @Test("begin where the capture does when it joined late")
    func joinedLate() {
        var assembler = StreamAssembler()
        #expect(assembler.receive(Self.piece(50..<60)) == [.bytes(Self.bytes(50..<60))])
        #expect(assembler.receive(Self.piece(40..<55)) == [])
        #expect(assembler.receive(Self.piece(55..<65)) == [.bytes(Self.bytes(60..<65))])
        #expect(!assembler.isFromTheStart)
    }

    @Test("have a gap once the other end has acknowledged what is missing, and not before")
    func acknowledged() {
        var assembler = StreamAssembler()
        _ = assembler.receive(Self.piece(0..<10))
        #expect(assembler.receive(Self.piece(20..<30)) == [])
        #expect(assembler.acknowledge(1019) == [])
        #expect(assembler.acknowledge(1020) == [.gap(10), .bytes(Self.bytes(20..<30))])
        #expect(assembler.receive(Self.piece(10..<20)) == [])
        #expect(assembler.acknowledge(1100) == [])
    }

    @Test("have a gap once 1 MiB waits, or 512 segments, and not before")
    func limits() {
        var large = StreamAssembler()
        _ = large.receive(Self.piece(0..<1))
        let half = StreamAssembler.keptBytes / 2
        #expect(large.receive(Self.piece(2..<half + 2)) == [])
        #expect(large.receive(Self.piece(half + 2..<2 * half + 2)) == [] && large.waitingBytes == StreamAssembler.keptBytes)
        #expect(large.receive(Self.piece(2 * half + 2..<2 * half + 3)).first == .gap(1) && large.waitingBytes == 0)
        var many = StreamAssembler()
        _ = many.receive(Self.piece(0..<1))
        for number in 1...StreamAssembler.keptPackets { #expect(many.receive(Self.piece(2 * number..<2 * number + 1)) == []) }
        #expect(many.receive(Self.piece(2000..<2001)).first == .gap(1))
    }

    @Test("have a gap where a packet was captured in part")
    func uncaptured() {
        var assembler = StreamAssembler()
        let cut = TCPSegment(
            source: Packets.client, destination: Packets.server, sequence: 1000, flags: .ack, payload: [0, 1], uncapturedBytes: 8)
        #expect(assembler.receive(cut) == [.bytes([0, 1]), .gap(8)])
        #expect(assembler.receive(Self.piece(10..<12)) == [.bytes([10, 11])])
    }

    @Test("end by an end, a reset or the capture's end, once, with what waits before it")
    func ends() {
        var closed = StreamAssembler()
        _ = closed.receive(Self.piece(0..<1))
        #expect(closed.receive(Self.piece(5..<5, flags: [.fin, .ack])) == [])
        #expect(closed.receive(Self.piece(1..<5)) == [.bytes(Self.bytes(1..<5)), .end])
        #expect(closed.receive(Self.piece(5..<9)) == [] && closed.finish() == [])
        var reset = StreamAssembler()
        _ = reset.receive(Self.piece(0..<1))
        _ = reset.receive(Self.piece(3..<4))
        #expect(reset.receive(Self.piece(4..<4, flags: .rst)) == [.gap(2), .bytes([3]), .end])
        var cut = StreamAssembler()
        _ = cut.receive(Self.piece(0..<1))
        _ = cut.receive(Self.piece(3..<4))
        #expect(cut.finish() == [.gap(2), .bytes([3]), .end])
    }

    @Test("do not begin anew when the segment that opened the connection comes again")
    func openedTwice() {
        var assembler = StreamAssembler()
        _ = assembler.receive(Packets.segment([], 999, flags: .syn))
        _ = assembler.receive(Self.piece(0..<10))
        #expect(assembler.receive(Packets.segment([], 999, flags: .syn)) == [])
        #expect(assembler.receive(Self.piece(10..<12)) == [.bytes([10, 11])])
    }
}
