import Testing

@testable import Wire

@Suite("What a peer says of itself")
struct HelloTests {
    private func read(_ bytes: [UInt8]) -> Result<Hello, DecodingError> {
        Result { () throws(DecodingError) in try Hello(decoding: bytes) }
    }

    @Test("reads as it was written", arguments: [Features.all, [], .ping])
    func roundTrip(features: Features) throws {
        for windows in [StreamWindows(), StreamWindows(stream: 16 << 10, connection: Int(Int32.max))] {
            let hello = Hello(features: features, maximumFrameBytes: 70_000, windows: windows, agent: "räv")
            #expect(try Hello(decoding: hello.encoded()) == hello)
        }
    }

    @Test("has the bytes that the contract gives it")
    func bytes() {
        let hello = Hello(features: .ping, maximumFrameBytes: 4 << 20, agent: "a")
        #expect(hello.encoded() == [8, 1, 18, 1, 1, 26, 5, 8, 0x80, 0x80, 0x80, 2, 34, 1, 97])
    }

    @Test("may say more than this version knows: features, fields, a higher version; and each feature in a field of its own")
    func later() throws {
        // Version 9; features 1, 31, 32 and 2^40, packed; 1 and 30, not packed; an unknown field.
        let bytes: [UInt8] = [8, 9, 18, 9, 1, 31, 32, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 16, 1, 16, 30, 80, 7]
        let hello = try Hello(decoding: bytes)
        #expect(hello.version == 9)
        #expect(hello.features == .ping)
        #expect(hello.maximumFrameBytes == 4 << 20)
        #expect(hello.agent.isEmpty)
    }

    @Test("may name a feature as often as its sender likes")
    func repeated() throws {
        // 2 and 200, which nobody knows, half a million times, and 1 at the very end.
        var numbers: [UInt8] = []
        for _ in 0..<500_000 { numbers += [2, 0xC8, 1] }
        numbers.append(1)
        var writer = EnvelopeWriter()
        writer.integer(1, 1)
        writer.bytes(2, numbers)
        #expect(try Hello(decoding: writer.bytes).features == [.ping, .goAway])
    }

    @Test("is refused without a version, and with a limit under which nothing can be said")
    func refused() {
        func code(_ bytes: [UInt8]) -> DecodingError? {
            if case .failure(let error) = read(bytes) { error } else { nil }
        }
        #expect(code([])?.path == "version")
        #expect(code([8, 0])?.path == "version")
        // 2^32, and -1.
        #expect(code([8, 0x80, 0x80, 0x80, 0x80, 0x10])?.path == "version")
        #expect(code([8] + [UInt8](repeating: 0xFF, count: 9) + [1])?.path == "version")
        // 16383 and 16384 bytes.
        #expect(code([8, 1, 26, 3, 8, 0xFF, 0x7F])?.path == "limits.maximum_frame_bytes")
        #expect(code([8, 1, 26, 4, 8, 0x80, 0x80, 1]) == nil)
        // Windows of 16383, 16384, 2^31 - 1 and 2^31 bytes, of a stream and of the connection.
        for field: UInt8 in [16, 24] {
            #expect(code([8, 1, 26, 3, field, 0xFF, 0x7F])?.path == "limits")
            #expect(code([8, 1, 26, 4, field, 0x80, 0x80, 1]) == nil)
            #expect(code([8, 1, 26, 6, field, 0xFF, 0xFF, 0xFF, 0xFF, 7]) == nil)
            #expect(code([8, 1, 26, 6, field, 0x80, 0x80, 0x80, 0x80, 8])?.path == "limits")
        }
        #expect(code([8, 1, 18, 1, 0x80])?.code == .truncated)
        #expect(code([8, 1, 34, 1, 0xFF])?.code == .invalidUTF8)
    }

    @Test("is never read from a part of it")
    func cut() {
        let bytes = Hello(features: .all, maximumFrameBytes: 1 << 20).encoded()
        for count in 1..<bytes.count {
            // What ends between two fields is whole, and says less.
            if case .success(let hello) = read(Array(bytes.prefix(count))) { #expect(hello.encoded() != bytes) }
        }
    }
}
