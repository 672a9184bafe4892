import Synchronization
import Testing
import Wire
import WireNIO

@Suite("Streams of requests over TCP", .timeLimit(.minutes(2)))
struct StreamOfRequestsTests {
    /// Answers with how many bytes it was sent.
    private static let summing = TestService.streaming(.clientStreaming) { requests, responses, _ in
        var bytes = 0
        for try await request in requests { bytes += request.count }
        try await responses.send(withUnsafeBytes(of: UInt32(bytes).bigEndian, Array.init))
    }

    private static func number(_ bytes: [UInt8]) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    @Test("have one answer, to as many messages as there are, none too")
    func oneAnswer() async throws {
        try await withServer(Self.summing) { address, _ in
            try await withClient(address) { client in
                for count in [0, 1, 3000] {
                    let call = try await client.open(TestService.stream, .clientStreaming, payload: nil, options: CallOptions())
                    for _ in 0..<count { try await call.requests.send([UInt8](repeating: 0, count: 1000)) }
                    call.requests.finish()
                    let (messages, error) = await collect(call.responses)
                    #expect(messages.map(Self.number) == [1000 * count] && error == nil)
                    await #expect(throws: RPCError.self) { try await call.requests.send([1]) }
                }
            }
        }
    }

    @Test("both ways go on side by side, and end when the handler does")
    func bothWays() async throws {
        let service = TestService.streaming(.bidirectional) { requests, responses, _ in
            for try await request in requests {
                guard request != [0] else { return }
                try await responses.send(request + request)
            }
            try await responses.send([9])
        }
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                let call = try await client.open(TestService.stream, .bidirectional, payload: nil, options: CallOptions())
                var iterator = call.responses.makeAsyncIterator()
                for number in 1...100 as ClosedRange<UInt8> {
                    try await call.requests.send([number])
                    #expect(try await iterator.next() == [number, number])
                }
                call.requests.finish()
                #expect(try await iterator.next() == [9])
                #expect(try await iterator.next() == nil)
                let ended = try await client.open(TestService.stream, .bidirectional, payload: nil, options: CallOptions())
                try await ended.requests.send([0])
                #expect(await collect(ended.responses).messages.isEmpty)
            }
        }
    }

    @Test("have a payload of the request as their first message, and the forms of an end that peers use")
    func forms() async throws {
        try await withServer(Self.summing) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            for (stream, last, flags, expected) in [
                (1, [], [.remoteClosed, .noData], 5), (3, [1, 2], .remoteClosed, 7), (5, [], .remoteClosed, 5),
            ] as [(UInt32, [UInt8], FrameFlags, Int)] {
                try await raw.request(stream, TestService.stream, payload: [1, 2], flags: .remoteOpen)
                try await raw.data(stream, [1, 2, 3])
                try await raw.data(stream, [])
                try await raw.data(stream, last, flags: flags)
                let frame = try #require(await raw.next())
                #expect(frame.stream.rawValue == stream)
                guard case .success(let payload) = try ResponseEnvelope(decoding: frame.payload) else {
                    return #expect(Bool(false), "an answer")
                }
                #expect(Self.number(payload) == expected)
                // Late, and dropped.
                try await raw.data(stream, [1])
            }
        }
    }

    @Test("that no handler takes hold the connection up for the server's patience, then end, and others go on")
    func stalled() async throws {
        let gate = Gate()
        var configuration = ServerConfiguration()
        configuration.streamPatience = .milliseconds(100)
        configuration.streamBuffer = .init(messages: 4, bytes: 1 << 20)
        let service = TestService.streaming(.clientStreaming) { _, _, _ in try await gate.pass() }
        try await withServer(service, configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, TestService.stream, flags: .remoteOpen)
            for _ in 0..<3 { try await raw.data(1, [1]) }
            try await raw.request(3, TestService.echo)
            #expect(try await raw.nextAnswer()?.stream == 3)
            for _ in 0..<10 { try await raw.data(1, [1]) }
            try await raw.request(5, TestService.echo)
            let first = try #require(try await raw.nextAnswer())
            #expect(first.stream == 1 && first.code == .resourceExhausted)
            #expect(try await raw.nextAnswer()?.stream == 5)
            await gate.departures(1)
        }
    }

    @Test("make their sender wait while the handler is slow, and lose nothing")
    func slowHandler() async throws {
        let service = TestService.streaming(.clientStreaming) { requests, responses, _ in
            var bytes = 0
            for try await request in requests {
                bytes += request.count
                // The handler is slow: that is what is tested.
                if bytes % 500_000 == 0 { try await Task.sleep(for: .milliseconds(1)) }
            }
            try await responses.send(withUnsafeBytes(of: UInt32(bytes).bigEndian, Array.init))
        }
        var configuration = ServerConfiguration()
        configuration.streamBuffer = .init(messages: 2, bytes: 1 << 20)
        configuration.streamPatience = .seconds(60)
        try await withServer(service, configuration: configuration) { address, _ in
            try await withClient(address) { client in
                let call = try await client.open(TestService.stream, .clientStreaming, payload: nil, options: CallOptions())
                for _ in 0..<2000 { try await call.requests.send([UInt8](repeating: 0, count: 10_000)) }
                call.requests.finish()
                #expect(await collect(call.responses).messages.map(Self.number) == [20_000_000])
            }
        }
    }
}
