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

    private struct End {
        let channel: EmbeddedChannel
        let handler: ClientHandler
        let context: ChannelHandlerContext
        let reluctance = Reluctance()
        let retired = Retired()

        final class Retired: Sendable {
            let count = Atomic(0)
        }

        /// One whose server has answered Hello.
        init(maximumFrameBytes: Int = 4 << 20) throws {
            let retired = retired
            handler = ClientHandler(ClientConfiguration()) { retired.count.add(1, ordering: .relaxed) }
            channel = try .connected([reluctance, handler])
            context = try channel.pipeline.syncOperations.context(handler: handler)
            handler.begin(context)
            let hello = ResponseEnvelope.success(Hello(features: .all, maximumFrameBytes: maximumFrameBytes).encoded())
            try receive(Frame(stream: StreamID(rawValue: 1), type: .response, payload: hello.encoded()))
        }

        func receive(_ frame: Frame) throws {
            try channel.writeInbound(ByteBuffer(bytes: frame.encoded()))
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
