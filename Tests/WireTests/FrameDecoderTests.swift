import Fuzzing
import Testing

@testable import Wire

@Suite("Frames")
struct FrameDecoderTests {
    private let limit = 100

    private func frame(_ stream: UInt32, _ type: FrameType = .request, flags: FrameFlags = [], payload: [UInt8]) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: type, flags: flags, payload: payload)
    }

    /// Gives a decoder bytes in pieces and returns everything it finds.
    private func events(_ pieces: [ArraySlice<UInt8>]) throws -> [FrameDecoder.Event] {
        var decoder = FrameDecoder(maximumPayloadBytes: limit)
        var events: [FrameDecoder.Event] = []
        for piece in pieces {
            decoder.append(piece)
            while let event = try decoder.next() { events.append(event) }
        }
        #expect(decoder.completedFrameCount == events.count)
        #expect(!decoder.isInsideFrame && decoder.bufferedByteCount == 0)
        return events
    }

    @Test("have a header of ten bytes, big-endian")
    func header() {
        let bytes = frame(0x0102_0305, .data, flags: [.remoteClosed, .noData], payload: [0xAA, 0xBB]).encoded()
        #expect(bytes == [0, 0, 0, 2, 1, 2, 3, 5, 3, 5, 0xAA, 0xBB])
        #expect(FrameHeader(bytes[..<10]).length == 2)
    }

    @Test("come back as they were sent, unknown types and flags included")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        let frames = (0..<200).map { _ in
            Frame(
                stream: StreamID(rawValue: UInt32.random(in: 0 ... .max, using: &generator)),
                type: FrameType(rawValue: UInt8.random(in: 0...255, using: &generator)),
                flags: FrameFlags(rawValue: UInt8.random(in: 0...255, using: &generator)),
                payload: generator.bytes(Int.random(in: 0...limit, using: &generator)))
        }
        let bytes = frames.flatMap { $0.encoded() }
        #expect(try events([bytes[...]]) == frames.map(FrameDecoder.Event.frame))
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            pieces.append(rest.prefix(Int.random(in: 1...60, using: &generator)))
            rest = rest.dropFirst(pieces[pieces.count - 1].count)
        }
        #expect(try events(pieces) == frames.map(FrameDecoder.Event.frame))
    }

    @Test("are found wherever the stream is split")
    func splits() throws {
        let tooLong = frame(5, payload: [UInt8](repeating: 7, count: limit + 1))
        let sent = [
            frame(1, payload: [1, 2, 3]), frame(3, payload: []), tooLong, frame(7, .data, flags: [.noData], payload: []),
        ]
        let bytes = sent.flatMap { $0.encoded() }
        let expected: [FrameDecoder.Event] = [
            .frame(sent[0]), .frame(sent[1]),
            .oversized(FrameHeader(length: UInt32(limit + 1), stream: StreamID(rawValue: 5), type: .request)), .frame(sent[3]),
        ]
        for first in 0...bytes.count {
            #expect(try events([bytes[..<first], bytes[first...]]) == expected)
        }
        #expect(try events(bytes.indices.map { bytes[$0...$0] }) == expected)
    }

    @Test("that end too early are waited for, at every byte")
    func truncation() throws {
        let bytes = frame(1, payload: [1, 2, 3]).encoded()
        for count in 1..<bytes.count {
            var decoder = FrameDecoder(maximumPayloadBytes: limit)
            decoder.append(bytes[..<count])
            #expect(try decoder.next() == nil)
            #expect(decoder.isInsideFrame && decoder.completedFrameCount == 0)
        }
    }

    @Test("are taken up to the limit; one byte more is dropped without being kept")
    func limits() throws {
        let fits = frame(1, payload: [UInt8](repeating: 1, count: limit))
        let tooLong = frame(3, payload: [UInt8](repeating: 1, count: limit + 1)).encoded()
        #expect(try events([fits.encoded()[...]]) == [.frame(fits)])
        var decoder = FrameDecoder(maximumPayloadBytes: limit)
        for byte in tooLong.dropLast() {
            decoder.append([byte])
            while try decoder.next() != nil {}
            #expect(decoder.bufferedByteCount < FrameHeader.byteCount)
            #expect(decoder.isInsideFrame)
        }
        decoder.append(tooLong.suffix(1))
        #expect(try decoder.next() == nil)
        #expect(!decoder.isInsideFrame && decoder.completedFrameCount == 1)
    }

    @Test("whose length has a first byte other than zero end the connection")
    func impossibleLength() throws {
        var decoder = FrameDecoder(maximumPayloadBytes: limit)
        decoder.append([0x00, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 1, 0])
        #expect(
            try decoder.next() == .oversized(FrameHeader(length: 0xFF_FFFF, stream: StreamID(rawValue: 1), type: .request)))
        var other = FrameDecoder(maximumPayloadBytes: limit)
        other.append([0x01, 0, 0, 0, 0, 0, 0, 1, 1, 0])
        #expect(throws: FrameError.self) { try other.next() }
        #expect(throws: FrameError.self) { try other.next() }
    }

    @Test("that are long leave no more room behind than short ones need")
    func capacity() throws {
        let long = frame(1, payload: [UInt8](repeating: 1, count: 4 << 20)).encoded()
        for following in [0, 5, 60] {
            var decoder = FrameDecoder(maximumPayloadBytes: 4 << 20)
            for start in stride(from: 0, to: long.count, by: 32 << 10) {
                decoder.append(long[start..<min(start + 32 << 10, long.count)])
                if start + 32 << 10 < long.count { #expect(try decoder.next() == nil) }
            }
            decoder.append(long.prefix(following))
            #expect(decoder.capacity > 4 << 20)
            #expect(try decoder.next() != nil)
            #expect(decoder.bufferedByteCount == following)
            #expect(decoder.capacity <= 64 << 10)
        }
    }

    @Test("that are given up on the way leave nothing behind, and the next one is found")
    func dropped() throws {
        let first = frame(1, payload: [UInt8](repeating: 1, count: limit)).encoded()
        let second = frame(3, payload: [2])
        for arrived in 0..<first.count {
            var decoder = FrameDecoder(maximumPayloadBytes: limit)
            decoder.append(first.prefix(arrived))
            #expect(try decoder.next() == nil)
            let payload = max(0, arrived - FrameHeader.byteCount)
            #expect(decoder.partialPayloadByteCount == payload)
            let header = decoder.dropFrame()
            guard arrived >= FrameHeader.byteCount else {
                #expect(header == nil)
                continue
            }
            #expect(header?.stream.rawValue == 1)
            #expect(decoder.bufferedByteCount == 0 && decoder.isInsideFrame && decoder.dropFrame() == nil)
            decoder.append(first.dropFirst(arrived) + second.encoded())
            #expect(try decoder.next() == .frame(second))
            #expect(decoder.completedFrameCount == 2)
        }
    }

    @Test("leave no bytes behind, however many pass")
    func compaction() throws {
        var decoder = FrameDecoder(maximumPayloadBytes: limit)
        let bytes = frame(1, payload: [UInt8](repeating: 1, count: limit)).encoded()
        for count in 1...5000 {
            decoder.append(bytes)
            decoder.append(bytes.prefix(5))
            #expect(try decoder.next() != nil)
            decoder.append(bytes.dropFirst(5))
            #expect(try decoder.next() != nil)
            #expect(decoder.completedFrameCount == 2 * count && decoder.bufferedByteCount == 0)
        }
    }
}
