import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import Wire

@testable import WireNIO

@Suite("A client's end of a connection")
struct ClientHandlerTests {
    /// Keeps a connection open whoever closes it, as TLS does until the peer has agreed.
    private final class Reluctance: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var closes = 0

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            closes += 1
        }
    }

    /// Lets nothing out until it is told.
    private final class Gatekeeper: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var isHolding = false
        private var writes: [(NIOAny, EventLoopPromise<Void>?)] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard isHolding else { return context.write(data, promise: promise) }
            writes.append((data, promise))
        }

        func letOut(_ context: ChannelHandlerContext) {
            isHolding = false
            for (data, promise) in writes { context.write(data, promise: promise) }
            writes = []
            context.flush()
        }
    }

    private struct End {
        let channel: EmbeddedChannel
        let handler: ClientHandler
        let context: ChannelHandlerContext
        let reluctance = Reluctance()
        let gatekeeper = Gatekeeper()
        let retired = Retired()

        final class Retired: Sendable {
            let count = Atomic(0)
        }

        /// One whose server has answered Hello.
        init(maximumFrameBytes: Int = 4 << 20) throws {
            let retired = retired
            handler = ClientHandler(ClientConfiguration()) { retired.count.add(1, ordering: .relaxed) }
            channel = try .connected([gatekeeper, reluctance, handler])
            context = try channel.pipeline.syncOperations.context(handler: handler)
            handler.begin(context)
            let hello = ResponseEnvelope.success(Hello(features: .all, maximumFrameBytes: maximumFrameBytes).encoded())
            try receive(Frame(stream: StreamID(rawValue: 1), type: .response, payload: hello.encoded()))
        }

        func receive(_ frame: Frame) throws {
            try channel.writeInbound(ByteBuffer(bytes: frame.encoded()))
        }

        /// The frames that have been sent since it was last asked.
        func sent() throws -> [Frame] {
            var decoder = FrameDecoder(maximumPayloadBytes: 4 << 20)
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { decoder.append(bytes.readableBytesView) }
            var frames: [Frame] = []
            while case .frame(let frame) = try decoder.next() { frames.append(frame) }
            return frames
        }
    }

    private static let request = RequestEnvelope(method: TestService.echo, payload: [1])

    @Test("takes no more calls once it has hung up, however long the connection stands after that")
    func hungUp() throws {
        let end = try End()
        #expect(end.handler.isUsable(end.context))
        try end.receive(Frame(stream: .control, type: .ping, payload: []))
        #expect(end.reluctance.closes > 0 && end.channel.isActive)
        try #require(!end.handler.isUsable(end.context))
        #expect(end.retired.count.load(ordering: .relaxed) > 0)
        let answer = end.channel.eventLoop.makePromise(of: [UInt8].self)
        end.handler.send(Self.request, as: 1, answer: answer, context: end.context)
        #expect(throws: ClientHandler.Unseen.self) { try answer.futureResult.wait() }
    }

    @Test(
        "a long request that waits for its turn when its caller goes is not sent, and one that has begun is cancelled",
        arguments: [true, false])
    func withdrawn(isStream: Bool) throws {
        let end = try End()
        _ = try end.sent()
        end.gatekeeper.isHolding = true
        let long = RequestEnvelope(method: TestService.echo, payload: [UInt8](repeating: 1, count: 1 << 20))
        let calls: [ClientConnection.CallID] = [1, 2]
        for call in calls {
            if isStream {
                let stream = OpenStream(responses: MessageBuffer(limits: MessageBuffer.Limits()), silence: nil) { _ in }
                let opened = end.channel.eventLoop.makePromise(of: Void.self)
                end.handler.open(
                    long, as: call, .serverStreaming, stream, deadline: nil, opened: opened, context: end.context)
            } else {
                let answer = end.channel.eventLoop.makePromise(of: [UInt8].self)
                end.handler.send(long, as: call, answer: answer, context: end.context)
            }
        }
        let gone = RPCError(.cancelled, "the caller gave up")
        for call in calls {
            if isStream {
                end.handler.giveUp(call, because: gone, end.context)
            } else {
                end.handler.abandon(call, because: gone, context: end.context)
            }
        }
        end.gatekeeper.letOut(try end.channel.pipeline.syncOperations.context(handler: end.gatekeeper))
        let frames = try end.sent()
        #expect(frames.allSatisfy { $0.stream.rawValue == 3 } && frames.count { $0.type == .cancel } == 1)
        #expect(frames.last?.type == .request && frames.last?.flags.contains(.more) == false)
        #expect(frames.count > 32 && end.handler.window.unwrittenBytes == 0)
    }

    @Test(
        "sets no clock for a stream that its request has ended, because it is too long for the server", arguments: [true, false])
    func tooLong(isTooLong: Bool) throws {
        let end = try End(maximumFrameBytes: 16_384)
        let ended = Mutex<RPCError?>(nil)
        let stream = OpenStream(responses: MessageBuffer(limits: MessageBuffer.Limits()), silence: .seconds(5)) { error in
            ended.withLock { $0 = error }
        }
        var request = Self.request
        if isTooLong { request.payload = [UInt8](repeating: 1, count: 16_384) }
        let opened = end.channel.eventLoop.makePromise(of: Void.self)
        end.handler.open(
            request, as: 1, .serverStreaming, stream, deadline: .after(.seconds(5)), opened: opened, context: end.context)
        try opened.futureResult.wait()
        #expect((ended.withLock { $0 }?.code == .resourceExhausted) == isTooLong)
        #expect((stream.deadline == nil) == isTooLong && (stream.silenceEnd == nil) == isTooLong)
        stream.stopClocks()
    }
}
