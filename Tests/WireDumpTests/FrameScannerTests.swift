import Testing
import Wire

@testable import WireDump

@Suite("Frames that are looked for")
struct FrameScannerTests {
    private static func frame(_ stream: UInt32, _ length: Int, type: FrameType = .data) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: type, flags: [], payload: [UInt8](repeating: 0xAB, count: length))
    }

    private static let frames = [frame(1, 3, type: .request), frame(1, 0), frame(3, 40), frame(5, 1), frame(7, 12)]

    private static func scan(_ bytes: [UInt8], isFromTheStart: Bool, pieceBytes: Int) -> (frames: [Frame], skipped: Int) {
        var scanner = FrameScanner(isFromTheStart: isFromTheStart)
        var events: [FrameScanner.Event] = []
        for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
            events += scanner.append(Array(bytes[start..<min(start + pieceBytes, bytes.count)]))
        }
        events += scanner.finish()
        var found: (frames: [Frame], skipped: Int) = ([], 0)
        for event in events {
            switch event {
            case .frame(let frame): found.frames.append(frame)
            case .skipped(let count): found.skipped += count
            case .impossible: break
            }
        }
        return found
    }

    @Test("are all found from the start, in pieces of any size", arguments: [1, 7, 1000])
    func start(pieceBytes: Int) {
        let found = Self.scan(Self.frames.flatMap(\.bytes), isFromTheStart: true, pieceBytes: pieceBytes)
        #expect(found.frames == Self.frames && found.skipped == 0)
    }

    @Test("are found from the first that is whole, wherever one joins", arguments: [1, 7, 1000])
    func middle(pieceBytes: Int) {
        let bytes = Self.frames.flatMap(\.bytes)
        var start = 0
        for (number, frame) in Self.frames.dropLast(2).enumerated() {
            for inside in 1...frame.bytes.count {
                let found = Self.scan(Array(bytes[(start + inside)...]), isFromTheStart: false, pieceBytes: pieceBytes)
                #expect(found.frames == Array(Self.frames[(number + 1)...]), "\(inside) bytes into frame \(number)")
                #expect(found.skipped == frame.bytes.count - inside)
            }
            start += frame.bytes.count
        }
    }

    @Test("are found again behind a gap, and what stands around it is told as skipped")
    func gap() {
        var scanner = FrameScanner(isFromTheStart: true)
        let bytes = Self.frames.flatMap(\.bytes)
        #expect(scanner.append(Array(bytes[..<18])) == [.frame(Self.frames[0])])
        #expect(scanner.gap(10) == [])
        let events = scanner.append(Array(bytes[28...])) + scanner.finish()
        #expect(events == [.skipped(5 + 10 + 45)] + Self.frames[3...].map { .frame($0) })
    }

    @Test("need three headers in a row, or two and the end, where nothing else tells them")
    func chain() {
        let (one, two) = (Self.frame(1, 4), Self.frame(3, 4))
        var scanner = FrameScanner(isFromTheStart: false)
        #expect(scanner.append([9, 9] + one.bytes.dropLast()) == [])
        #expect(scanner.append(one.bytes.suffix(1) + two.bytes.dropLast()) == [])
        #expect(scanner.append(two.bytes.suffix(1)) == [])
        var ended = scanner
        #expect(ended.finish() == [.skipped(2), .frame(one), .frame(two)])
        var followed = scanner
        #expect(followed.append(Self.frame(5, 100).bytes.dropLast()) == [.skipped(2), .frame(one), .frame(two)])
        #expect(scanner.append([9]) == [] && scanner.finish() == [.skipped(31)])
    }

    @Test("need no more than to end with the piece that they begin in")
    func pieces() {
        var scanner = FrameScanner(isFromTheStart: false)
        #expect(scanner.append([9, 9] + Self.frame(1, 4).bytes) == [.skipped(2), .frame(Self.frame(1, 4))])
    }

    @Test("need no more than an envelope that can be read", arguments: [true, false])
    func envelopes(isRequest: Bool) {
        let method = MethodDescriptor(service: "a.Service", method: "Do")
        let payload =
            isRequest
            ? RequestEnvelope(method: method, payload: [1]).encoded()
            : ResponseEnvelope.success([UInt8](repeating: 1, count: 14)).encoded()
        let frame = Frame(stream: StreamID(rawValue: 1), type: isRequest ? .request : .response, flags: [], payload: payload)
        var scanner = FrameScanner(isFromTheStart: false)
        #expect(scanner.append([9, 9] + frame.bytes.dropLast()) == [])
        #expect(scanner.append(frame.bytes.suffix(1) + [0, 0]) == [.skipped(2), .frame(frame)])
        // Fifteen bytes of a response, and a request that names nothing, are too little.
        let little = Frame(
            stream: StreamID(rawValue: 1), type: frame.type, flags: [],
            payload: isRequest ? [0x1A, 1, 1] : Array(payload.prefix(1)) + [13] + payload.prefix(13))
        var other = FrameScanner(isFromTheStart: false)
        #expect(other.append([9, 9] + little.bytes.dropLast()) == [])
        #expect(other.append(little.bytes.suffix(1) + [0, 0]) == [])
    }

    @Test(
        "are at most 4 MiB where they are looked for, or 1036 bytes about the connection, on odd streams, of known kinds and flags"
    )
    func plausible() {
        let limit = UInt32(FrameScanner.longestPlausibleFrame)
        let good = FrameHeader(length: limit, stream: StreamID(rawValue: 1), type: .data)
        for (change, isFound) in [
            ({ _ in }, true), ({ $0.length += 1 }, false), ({ $0.stream = StreamID(rawValue: 2) }, false),
            ({ $0.type = FrameType(rawValue: 4) }, false), ({ $0.flags = FrameFlags(rawValue: 16) }, false),
            ({ $0.flags = FrameFlags(rawValue: 15) }, true),
            ({ ($0.type, $0.length) = (.goAway, 1036) }, true), ({ ($0.type, $0.length) = (.goAway, 1037) }, false),
        ] as [((inout FrameHeader) -> Void, Bool)] {
            var header = good
            change(&header)
            var bytes: [UInt8] = []
            header.encode(into: &bytes)
            bytes += [UInt8](repeating: 0xAB, count: Int(header.length)) + Self.frames[3].bytes + Self.frames[4].bytes
            let found = Self.scan(bytes, isFromTheStart: false, pieceBytes: 1 << 20)
            #expect(found.frames.count == (isFound ? 3 : 2))
        }
    }

    @Test("are none in another protocol, of which nothing is kept")
    func foreign() {
        // What a PostgreSQL client begins with reads like the header of a short frame on an even stream.
        let startup: [UInt8] = [0, 0, 0, 41, 0, 3, 0, 0] + Array("user\0essays\0database\0essays\0\0".utf8)
        for bytes in [startup, Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](repeating: 0, count: 100_000)] {
            var scanner = FrameScanner(isFromTheStart: true)
            #expect(scanner.append(bytes) == [])
            #expect(scanner.keptBytes < FrameHeader.byteCount)
            #expect(scanner.finish() == [.skipped(bytes.count)])
        }
    }

    @Test("say where a header stands that no frame has, unless something was missed or another protocol is spoken")
    func impossible() {
        let header = FrameHeader(length: 1 << 24, stream: StreamID(rawValue: 1), type: .data)
        var bytes: [UInt8] = []
        header.encode(into: &bytes)
        for (isFromTheStart, isKnown, before, isTold) in [
            (true, false, Self.frames, true), (true, true, [], true), (true, false, [], false), (false, true, Self.frames, false),
        ] {
            var scanner = FrameScanner(isFromTheStart: isFromTheStart, isKnown: isKnown)
            let events = scanner.append(before.flatMap(\.bytes) + bytes)
            #expect(events.contains(.impossible(header)) == isTold)
            #expect(!scanner.isWhole)
        }
        var scanner = FrameScanner(isFromTheStart: true)
        #expect(scanner.append(Self.frames[0].bytes).count == 1 && scanner.isWhole)
        _ = scanner.gap(1)
        #expect(!scanner.isWhole)
    }

    @Test("take no more memory than a chain of three, whatever comes")
    func memory() {
        // Every eleven bytes a header that promises as much as is believed.
        let longest = 64 << 10
        let trap = FrameHeader(length: UInt32(longest), stream: StreamID(rawValue: 1), type: .data)
        var bytes: [UInt8] = []
        for _ in 0..<100 {
            trap.encode(into: &bytes)
            bytes.append(1)
        }
        var scanner = FrameScanner(isFromTheStart: false, longestPlausibleFrame: longest)
        var most = 0
        for _ in 0..<600 {
            _ = scanner.append(bytes)
            most = max(most, scanner.keptBytes)
        }
        #expect(most > longest && most <= 3 * (longest + FrameHeader.byteCount) + bytes.count)
    }
}
