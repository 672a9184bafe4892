import Fuzzing
import Testing
import Wire
import WireNIO

@Suite("A server among hostile peers", .timeLimit(.minutes(2)))
struct HostileTests {
    private func isAnswered(_ address: BoundAddress) async throws -> Bool {
        try await withClient(address) { client in
            try await client.call(TestService.echo, payload: [1, 2], options: .timeout(.seconds(100))) == [1, 2]
        }
    }

    @Test("survives random bytes and still answers others", arguments: 0..<40)
    func garbage(seed: UInt64) async throws {
        try await withServer { address, _ in
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<5 {
                let raw = try await RawConnection.connect(to: address)
                // A connection that the server has closed can't be written to, which is as good an end as any.
                try? await raw.send(generator.bytes(Int.random(in: 1...5000, using: &generator)))
                await raw.close()
            }
            #expect(try await isAnswered(address))
        }
    }

    @Test("survives frames that are sound by themselves in any order, cut off anywhere", arguments: 0..<40)
    func randomFrames(seed: UInt64) async throws {
        var configuration = ServerConfiguration()
        configuration.maximumMessageBytes = 200
        configuration.connection.handlers = 4
        try await withServer(configuration: configuration) { address, _ in
            var generator = SeededGenerator(seed: seed)
            var bytes: [UInt8] = []
            for _ in 0..<100 {
                let methods = [TestService.echo, TestService.wait, TestService.method("None")]
                let request = RequestEnvelope(
                    method: methods[Int.random(in: 0..<3, using: &generator)],
                    payload: generator.bytes(Int.random(in: 0...250, using: &generator)),
                    timeoutNanoseconds: generator.oneIn(3) ? Int64.random(in: .min ... .max, using: &generator) : 1_000_000)
                let type = generator.oneIn(4) ? UInt8.random(in: 0...255, using: &generator) : 1
                bytes += Frame(
                    stream: StreamID(rawValue: UInt32.random(in: 0...50, using: &generator)), type: FrameType(rawValue: type),
                    flags: FrameFlags(rawValue: UInt8.random(in: 0...7, using: &generator)),
                    payload: generator.oneIn(5) ? generator.bytes(20) : request.encoded()
                ).encoded()
            }
            let raw = try await RawConnection.connect(to: address)
            try? await raw.send(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))))
            #expect(try await isAnswered(address))
            await raw.close()
        }
    }

    @Test("closes a connection at a length that no peer sends, without waiting for the bytes")
    func impossibleLength() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.send([0x47, 0x45, 0x54, 0x20, 0x2F, 0x20, 0x48, 0x54, 0x54, 0x50])
            await raw.closed()
            #expect(try await isAnswered(address))
        }
    }

    @Test("answers each of a flood of requests once, most with a refusal, and others as usual")
    func flood() async throws {
        var configuration = ServerConfiguration()
        configuration.connection.handlers = 8
        let gate = Gate()
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            let count = 5000
            let request = RequestEnvelope(method: TestService.wait, payload: []).encoded()
            let flood = (0..<count).flatMap { number in
                Frame(stream: StreamID(rawValue: UInt32(2 * number + 1)), type: .request, payload: request).encoded()
            }
            try await raw.send(flood)
            var refused: Set<UInt32> = []
            while refused.count < count - 8 {
                let answer = try #require(try await raw.nextAnswer())
                #expect(answer.code == .resourceExhausted && answer.isRefused)
                #expect(refused.insert(answer.stream).inserted)
            }
            #expect(try await isAnswered(address))
            #expect(gate.arrivalCount <= 8)
            gate.open()
            for _ in 0..<8 { #expect(try await raw.nextAnswer()?.code == .ok) }
        }
    }

    @Test("cancels what runs for peers that connect, ask and vanish")
    func vanishingPeers() async throws {
        let gate = Gate()
        try await withServer(TestService.standard(gate)) { address, _ in
            for count in 1...50 {
                let raw = try await RawConnection.connect(to: address)
                try await raw.request(1, TestService.wait)
                await gate.arrivals(count)
                await raw.close()
            }
            await gate.departures(50)
            #expect(try await isAnswered(address))
        }
    }
}
