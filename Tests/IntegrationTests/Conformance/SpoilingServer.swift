import NIOCore
import NIOPosix
import Wire

/// A server that keeps all rules of the protocol but one: ours, and before it what changes, answers or drops some of the frames.
struct SpoilingServer: Sendable {
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }
    var address: String { "127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - port: of the server behind it, on this machine.
    ///   - own: its own port; zero for any.
    static func start(before port: Int, breaking rule: BrokenRule, on own: Int = 0) async throws -> SpoilingServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: port).flatMapThrowing { server in
                    let connection = SpoiltConnection(rule, client, server)
                    try client.pipeline.syncOperations.addHandler(
                        FrameReader(connection.ask, misread: connection.misread, end: connection.end, to: server))
                    try server.pipeline.syncOperations.addHandler(FrameReader(connection.answer, to: client))
                }
            }
            .bind(host: "127.0.0.1", port: own).get()
        return SpoilingServer(channel: channel)
    }

    func stop() async {
        // One that has died by its rule has stopped already.
        try? await channel.close().get()
    }
}

/// Both ends of a connection, and what has been said on it. It lives on their event loop.
private final class SpoiltConnection {
    private let rule: BrokenRule
    private let client: any Channel
    private let server: any Channel
    private var past = BrokenRule.Past()

    init(_ rule: BrokenRule, _ client: any Channel, _ server: any Channel) {
        self.rule = rule
        self.client = client
        self.server = server
    }

    func ask(_ frame: Frame) {
        switch rule.asked(frame, past) {
        case .passed(let frame): Self.write(frame, to: server)
        case .answered(let answer): Self.write(answer, to: client)
        case .dropped: break
        case .closed: client.close(promise: nil)
        }
        past.ask(frame)
    }

    func answer(_ frame: Frame) {
        past.answer(frame)
        for frame in rule.answered(frame, past) { Self.write(frame, to: client) }
    }

    /// What arrived is no frame.
    func misread() {
        if rule.closesAtImpossibleLength { client.close(promise: nil) }
    }

    /// The client says no more.
    func end(insideFrame: Bool) {
        guard insideFrame, !rule.survivesCutFrames, let listener = client.parent else { return client.close(promise: nil) }
        // Nobody who learns of the end of this connection is to find the server alive.
        listener.close().whenComplete { [client] _ in client.close(promise: nil) }
    }

    private static func write(_ frame: Frame, to channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(bytes: frame.encoded()), promise: nil)
    }
}

/// Cuts what one end says into frames, and closes the other when it ends.
private final class FrameReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder = FrameDecoder(maximumPayloadBytes: (16 << 20) - 1)
    private let receive: (Frame) -> Void
    private let misread: () -> Void
    private let end: (_ insideFrame: Bool) -> Void
    private let other: any Channel

    init(
        _ receive: @escaping (Frame) -> Void, misread: @escaping () -> Void = {}, end: @escaping (Bool) -> Void = { _ in },
        to other: any Channel
    ) {
        self.receive = receive
        self.misread = misread
        self.end = end
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data).readableBytesView)
        do {
            while case .frame(let frame) = try decoder.next() { receive(frame) }
        } catch {
            misread()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { end(decoder.isInsideFrame) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
