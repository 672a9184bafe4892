import NIOCore
import NIOPosix
import Testing
import Watching
import Wire

@testable import WireNIO

@Suite("Long messages beside short ones", .timeLimit(.minutes(2)))
struct FragmentFlowTests {
    /// More than the kernel keeps for both ends of a connection.
    private static let longBytes = 12 << 20
    private static let limit = 15 << 20

    /// A server that answers Hello, and reads nothing more from the first piece of a message on until it is told.
    private final class HaltingServer: Sendable {
        private let channel: any Channel
        private let connection: Watched<(any Channel)?>
        private let seen: Watched<[FrameHeader]>

        var port: Int { channel.localAddress?.port ?? 0 }

        init() async throws {
            let (connection, seen) = (Watched<(any Channel)?>(nil), Watched<[FrameHeader]>([]))
            (self.connection, self.seen) = (connection, seen)
            channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    connection.change { $0 = channel }
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Reader(seen))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
        }

        func stop() async throws {
            try await channel.close().get()
        }

        func piece() async {
            await seen.wait { $0.contains { $0.flags.contains(.more) } }
        }

        /// Reads on.
        ///
        /// - Returns: the headers of what has come until the message in pieces has.
        func rest() async throws -> [FrameHeader] {
            try await connection.withValue { $0 }?.setOption(.autoRead, value: true).get()
            await seen.wait { Self.isWhole($0) }
            return seen.withValue { $0 }
        }

        private static func isWhole(_ headers: [FrameHeader]) -> Bool {
            guard let stream = headers.first(where: { $0.flags.contains(.more) })?.stream else { return false }
            return headers.contains { $0.stream == stream && !$0.flags.contains(.more) }
        }

        private final class Reader: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias OutboundOut = ByteBuffer

            private var decoder = FrameDecoder(maximumPayloadBytes: limit)
            private let seen: Watched<[FrameHeader]>
            private var hasHalted = false

            init(_ seen: Watched<[FrameHeader]>) {
                self.seen = seen
            }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                decoder.append(unwrapInboundIn(data).readableBytesView)
                // A client that sends no frames is none of ours.
                while case .frame(let frame) = try? decoder.next() {
                    if frame.flags.contains(.more), !hasHalted {
                        hasHalted = true
                        context.channel.setOption(.autoRead, value: false).whenFailure { _ in preconditionFailure("no channel") }
                    }
                    seen.change {
                        $0.append(
                            FrameHeader(
                                length: UInt32(frame.payload.count), stream: frame.stream, type: frame.type, flags: frame.flags))
                    }
                    guard frame.stream.rawValue == 1 else { continue }
                    let hello = Hello(features: .all, maximumFrameBytes: limit).encoded()
                    let answer = Frame(stream: frame.stream, type: .response, payload: ResponseEnvelope.success(hello).encoded())
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.encoded())), promise: nil)
                }
            }
        }
    }

    @Test("a long request goes in pieces, and a hundred short ones that come later get between them")
    func requests() async throws {
        let server = try await HaltingServer()
        var configuration = ClientConfiguration()
        configuration.maximumMessageBytes = Self.limit
        let client = WireClient(host: "127.0.0.1", port: server.port, configuration: configuration, logger: silent)
        let link = try await client.connected(by: .after(.seconds(100)))
        let bound = link.handler
        await link.channel.eventLoop.reaches { bound.value.0.connection.features == .all }
        let upload = Task {
            try await client.call(
                TestService.echo, payload: [UInt8](repeating: 1, count: Self.longBytes), options: .timeout(.seconds(100)))
        }
        await server.piece()
        try await link.channel.eventLoop.submit {
            let (handler, context) = bound.value
            for number in 0..<100 as Range<UInt64> {
                let request = RequestEnvelope(method: TestService.echo, payload: [UInt8](repeating: 2, count: 64))
                handler.send(request, as: 1_000_000 + number, answer: context.eventLoop.makePromise(), context: context)
            }
        }.get()
        let headers = try await server.rest()
        try Self.expectBetween(headers, count: 100)
        await client.close()
        await #expect(throws: RPCError.self) { try await upload.value }
        try await server.stop()
    }

    /// Expects that so many short frames are between the first and the last piece of the long one.
    private static func expectBetween(_ headers: [FrameHeader], count: Int) throws {
        let first = try #require(headers.firstIndex { $0.flags.contains(.more) })
        let last = try #require(headers.lastIndex { $0.stream == headers[first].stream })
        let between = headers[first..<last].count { $0.stream != headers[first].stream && !$0.type.isControl }
        #expect(between == count)
        #expect(headers.allSatisfy { $0.length <= FragmentQueue.pieceBytes })
        let bytes = headers.filter { $0.stream == headers[first].stream }.reduce(0) { $0 + Int($1.length) }
        #expect(bytes > longBytes && bytes < longBytes + 1000)
    }

    @Test("a long answer goes in pieces, and a hundred short ones that come later get between them")
    func answers() async throws {
        let answered = Counter()
        let service = TestService(handlers: [
            "Long": { _, _ in [UInt8](repeating: 7, count: Self.longBytes) },
            "Echo": { payload, _ in
                answered.add()
                return payload
            },
        ])
        var configuration = ServerConfiguration()
        configuration.maximumMessageBytes = Self.limit
        // Otherwise nothing would be read while so much waits to be sent.
        configuration.maximumUnwrittenBytes = 2 * Self.limit
        try await withServer(service, configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address, reads: false)
            let hello = Hello(features: .all, maximumFrameBytes: Self.limit).encoded()
            try await raw.request(1, Hello.method, payload: hello)
            try await raw.request(3, TestService.method("Long"))
            // Its answer comes after the long one, of which the first pieces have gone then.
            try await raw.request(5, TestService.echo)
            await answered.reaches(1)
            for number in 0..<100 as Range<UInt32> { try await raw.request(2 * number + 7, TestService.echo) }
            await answered.reaches(101)
            try await raw.read()
            var headers: [FrameHeader] = []
            while let frame = await raw.next() {
                headers.append(
                    FrameHeader(length: UInt32(frame.payload.count), stream: frame.stream, type: frame.type, flags: frame.flags))
                if frame.stream.rawValue == 3, !frame.flags.contains(.more) { break }
            }
            try Self.expectBetween(headers.filter { $0.stream.rawValue != 1 && $0.stream.rawValue != 5 }, count: 100)
        }
    }

    @Test("messages of every length come through whole, many at once, in calls and in streams", arguments: [true, false])
    func wholeness(inPieces: Bool) async throws {
        let service = TestService.streaming(.bidirectional) { requests, responses, _ in
            for try await message in requests { try await responses.send(message) }
        }
        var configuration = ClientConfiguration()
        if !inPieces { configuration.features.remove(.fragments) }
        let lengths = [0, 64, 32_767, 32_768, 32_769, 100_000, 1 << 20, 3 << 20]
        func payload(_ length: Int) -> [UInt8] { (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) } }
        try await withServer(service) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for length in lengths + lengths {
                        group.addTask { try await expectEcho(of: payload(length), by: client) }
                    }
                    group.addTask {
                        let call = try await client.open(TestService.stream, .bidirectional, payload: nil, options: CallOptions())
                        async let sending: Void = {
                            for length in lengths { try await call.requests.send(payload(length)) }
                            call.requests.finish()
                        }()
                        let (answers, error) = await collect(call.responses)
                        try await sending
                        #expect(answers == lengths.map(payload) && error == nil)
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("a message that never ends loses its client the connection, and what was kept of it is let go")
    func neverEnding() async throws {
        var configuration = ServerConfiguration()
        configuration.partialMessageTimeout = .milliseconds(200)
        let load = ServerLoad(configuration)
        try await withServer(configuration: configuration, load: load) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            _ = try await raw.hello()
            try await raw.send(
                Frame(stream: StreamID(rawValue: 3), type: .request, flags: .more, payload: [UInt8](repeating: 1, count: 1000)))
            await raw.closed()
            try await withClient(address) { try await expectEcho(of: [1], by: $0) }
            #expect(load.byteCount == 0)
        }
    }

    @Test(
        "messages that have come in part count among the bytes of all requests, and are refused where there is no room for them")
    func room() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumRequestBytes = 50_000
        let load = ServerLoad(configuration)
        try await withServer(configuration: configuration, load: load) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            _ = try await raw.hello()
            let request = RequestEnvelope(method: TestService.echo, payload: [UInt8](repeating: 1, count: 29_000)).encoded()
            for stream: UInt32 in [3, 5] {
                try await raw.send(Frame(stream: StreamID(rawValue: stream), type: .request, flags: .more, payload: request))
            }
            var refused: Set<UInt32> = []
            while refused.count < 2, let answer = try await raw.nextAnswer() {
                #expect(answer.code == .resourceExhausted && answer.isRefused)
                refused.insert(answer.stream)
            }
            #expect(refused == [3, 5])
            for stream: UInt32 in [3, 5] {
                try await raw.send(Frame(stream: StreamID(rawValue: stream), type: .request, payload: []))
            }
            try await raw.request(7, TestService.echo)
            let last = try await raw.nextAnswer()
            #expect(last?.stream == 7 && last?.code == .ok && load.byteCount == 0)
        }
    }
}

extension EventLoop {
    /// Returns once something holds that is looked at on the loop.
    fileprivate func reaches(_ condition: @escaping @Sendable () -> Bool) async {
        while (try? await submit(condition).get()) != true { await Task.yield() }
    }
}
