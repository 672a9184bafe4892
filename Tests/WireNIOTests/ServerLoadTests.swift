import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import Wire

@testable import WireNIO

@Suite("What a server does for all its connections together", .timeLimit(.minutes(2)))
struct ServerLoadTests {
    @Test("is as many handlers as it may; one more is refused, and what runs goes on")
    func handlers() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumHandlers = 2
        let gate = Gate()
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            let one = try await RawConnection.connect(to: address)
            let other = try await RawConnection.connect(to: address)
            let third = try await RawConnection.connect(to: address)
            try await one.request(1, TestService.wait)
            try await other.request(1, TestService.wait)
            await gate.arrivals(2)
            try await third.request(1, TestService.echo)
            let refused = try #require(try await third.nextAnswer())
            #expect(refused == (1, .resourceExhausted, true))
            gate.open()
            for raw in [one, other] {
                let answer = try #require(try await raw.nextAnswer())
                #expect(answer == (1, .ok, false))
            }
            try await third.request(3, TestService.echo)
            let answer = try #require(try await third.nextAnswer())
            #expect(answer == (3, .ok, false))
        }
    }

    @Test("holds as many bytes of requests that run as it may; a request with one more is refused")
    func runningBytes() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumRequestBytes = 1000
        let gate = Gate()
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            let one = try await RawConnection.connect(to: address)
            let other = try await RawConnection.connect(to: address)
            try await one.request(1, TestService.wait, payload: [UInt8](repeating: 1, count: 600))
            await gate.arrivals(1)
            for (stream, count, code) in [(UInt32(1), 401, StatusCode.resourceExhausted), (3, 400, .ok)] {
                try await other.request(stream, TestService.echo, payload: [UInt8](repeating: 1, count: count))
                let answer = try #require(try await other.nextAnswer())
                #expect(answer == (stream, code, code != .ok))
            }
            gate.open()
            let first = try #require(try await one.nextAnswer())
            #expect(first == (1, .ok, false))
            for (stream, count, code) in [(UInt32(5), 1000, StatusCode.ok), (7, 1001, .resourceExhausted)] {
                try await other.request(stream, TestService.echo, payload: [UInt8](repeating: 1, count: count))
                let answer = try #require(try await other.nextAnswer())
                #expect(answer == (stream, code, code != .ok))
            }
        }
    }

    @Test(
        "has no room for a stream whose first message would not fit beside its request: no handler begins",
        arguments: StreamKind.allCases)
    func firstMessage(kind: StreamKind) async throws {
        var configuration = ServerConfiguration()
        configuration.maximumRequestBytes = 150
        let load = ServerLoad(configuration)
        let seen = Atomic(0)
        let service = TestService.streaming(kind) { requests, responses, _ in
            seen.add(1, ordering: .relaxed)
            for try await message in requests { try await responses.send([UInt8(message.count)]) }
        }
        try await withServer(service, configuration: configuration, load: load) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            let flags: FrameFlags = kind.clientStreams ? .remoteOpen : .remoteClosed
            for (stream, count) in [(UInt32(1), 76), (3, 100), (5, 150), (7, 151)] {
                try await raw.request(stream, TestService.stream, payload: [UInt8](repeating: 1, count: count), flags: flags)
                let refused = try #require(try await raw.nextAnswer())
                #expect(refused == (stream, .resourceExhausted, true))
            }
            #expect(seen.load(ordering: .relaxed) == 0)
            #expect(load.handlerCount == 0 && load.byteCount == 0)
            #expect(load.statistics.methods[TestService.stream] == nil)
            try await raw.request(9, TestService.stream, payload: [UInt8](repeating: 1, count: 75), flags: flags)
            if kind.clientStreams { try await raw.data(9, flags: [.remoteClosed, .noData]) }
            let answer = await raw.next()
            #expect(answer?.stream.rawValue == 9 && answer?.type == (kind.serverStreams ? .data : .response))
            #expect(seen.load(ordering: .relaxed) == 1)
            await raw.close()
        }
    }

    /// A connection without a socket beside others of the same server.
    private func channel(_ load: ServerLoad, _ configuration: ServerConfiguration) throws -> EmbeddedChannel {
        let handler = ServerHandler(
            router: Router([]) { _, _ in }, configuration: configuration, load: load, peer: "test", isFromThisMachine: true,
            logger: silent,
            log: PacedLog(silent))
        return try .connected([handler])
    }

    private func answer(_ channel: EmbeddedChannel) throws -> (stream: UInt32, code: StatusCode, isRefused: Bool)? {
        guard let buffer = try channel.readOutbound(as: ByteBuffer.self) else { return nil }
        var decoder = FrameDecoder(maximumPayloadBytes: 1000)
        decoder.append(buffer.readableBytesView)
        guard case .frame(let frame) = try decoder.next(),
            case .failure(let error) = try ResponseEnvelope(decoding: frame.payload)
        else { return nil }
        return (frame.stream.rawValue, error.code, error.isRefused)
    }

    @Test("holds as many bytes of requests on their way as it may; the frame that brings one more is dropped")
    func arrivingBytes() throws {
        var configuration = ServerConfiguration()
        configuration.maximumRequestBytes = 100
        let load = ServerLoad(configuration)
        let one = try channel(load, configuration)
        let other = try channel(load, configuration)
        func frame(_ stream: UInt32) -> [UInt8] {
            Frame(stream: StreamID(rawValue: stream), type: .request, payload: [UInt8](repeating: 0, count: 90)).encoded()
        }
        // A header by itself holds nothing, whatever it announces.
        try one.writeInbound(ByteBuffer(bytes: frame(1).prefix(FrameHeader.byteCount)))
        #expect(load.byteCount == 0)
        try one.writeInbound(ByteBuffer(bytes: frame(1).dropFirst(FrameHeader.byteCount).prefix(60)))
        #expect(load.byteCount == 60)
        try other.writeInbound(ByteBuffer(bytes: frame(1).prefix(FrameHeader.byteCount + 40)))
        #expect(load.byteCount == 100)
        #expect(try answer(other) == nil)
        try other.writeInbound(ByteBuffer(bytes: frame(1).dropFirst(FrameHeader.byteCount + 40).prefix(1)))
        #expect(load.byteCount == 60)
        let refused = try #require(try answer(other))
        #expect(refused == (1, .resourceExhausted, true))
        // What follows the dropped frame is found where it begins; an even stream is answered without a handler.
        try other.writeInbound(ByteBuffer(bytes: frame(1).dropFirst(FrameHeader.byteCount + 41) + frame(2)))
        let next = try #require(try answer(other))
        #expect(next == (2, .invalidArgument, false))
        #expect(load.byteCount == 60)
        // The request that was held is complete, and cannot be read.
        try one.writeInbound(ByteBuffer(bytes: frame(1).dropFirst(FrameHeader.byteCount + 60)))
        let complete = try #require(try answer(one))
        #expect(complete == (1, .invalidArgument, false))
        #expect(load.byteCount == 0 && load.handlerCount == 0)
        _ = try (one.finish(), other.finish())
    }

    @Test("is given back when a connection goes")
    func goneConnections() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumRequestBytes = 100
        let load = ServerLoad(configuration)
        let gone = try channel(load, configuration)
        let request = Frame(stream: StreamID(rawValue: 1), type: .request, payload: [UInt8](repeating: 0, count: 90)).encoded()
        try gone.writeInbound(ByteBuffer(bytes: request.prefix(70)))
        #expect(load.byteCount == 60)
        _ = try gone.finish()
        #expect(load.byteCount == 0)

        configuration.maximumHandlers = 1
        let gate = Gate()
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            let vanishing = try await RawConnection.connect(to: address)
            try await vanishing.request(1, TestService.wait)
            await gate.arrivals(1)
            await vanishing.close()
            await gate.departures(1)
            let other = try await RawConnection.connect(to: address)
            var stream: UInt32 = 1
            repeat {
                // The handler has left the gate and is about to end.
                try await other.request(stream, TestService.echo)
                stream += 2
            } while try await other.nextAnswer()?.code == .resourceExhausted
        }
    }
}
