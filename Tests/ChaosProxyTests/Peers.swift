import ChaosProxy
import Glibc
import NIOCore
import NIOPosix
import Watching

/// One end of a connection, as a test sees it.
final class Peer: Sendable {
    private struct State {
        var received: [UInt8] = []
        var hasEnded = false
        var wasReset = false
    }

    let channel: any Channel
    private let state = Watched(State())
    /// Whether it sends back what it gets.
    private let echoes: Bool

    private init(_ channel: any Channel, echoes: Bool) {
        self.channel = channel
        self.echoes = echoes
    }

    /// Connects to a proxy.
    static func connect(to proxy: ChaosProxy) async throws -> Peer {
        let (made, continuation) = AsyncStream.makeStream(of: Peer.self)
        _ = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = Peer(channel, echoes: false)
                    try channel.pipeline.syncOperations.addHandler(Ear(peer))
                    continuation.yield(peer)
                }
            }
            .connect(host: proxy.host, port: proxy.port).get()
        for await peer in made { return peer }
        preconditionFailure("a channel that is connected has been initialised")
    }

    /// Serves on a port of its own; each connection is told as it is made.
    static func serve(echoes: Bool = true) async throws -> (listener: any Channel, port: Int, peers: AsyncStream<Peer>) {
        let (peers, continuation) = AsyncStream.makeStream(of: Peer.self)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = Peer(channel, echoes: echoes)
                    try channel.pipeline.syncOperations.addHandler(Ear(peer))
                    continuation.yield(peer)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return (listener, listener.localAddress?.port ?? 0, peers)
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).get()
    }

    var received: [UInt8] { state.withValue { $0.received } }
    var text: String { String(decoding: received, as: UTF8.self) }
    var isOpen: Bool { state.withValue { !$0.hasEnded } }
    var wasReset: Bool { state.withValue { $0.wasReset } }

    /// Waits until so many bytes have come, or the connection has ended.
    func receives(_ count: Int) async -> Bool {
        await state.wait { $0.received.count >= count || $0.hasEnded }
        return received.count >= count
    }

    /// Waits for the connection's end.
    func ends() async { await state.wait { $0.hasEnded } }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let peer: Peer

        init(_ peer: Peer) { self.peer = peer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(unwrapInboundIn(data).readableBytesView)
            peer.state.change { $0.received += bytes }
            if peer.echoes { context.writeAndFlush(data, promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) { peer.state.change { $0.hasEnded = true } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if (error as? IOError)?.errnoCode == ECONNRESET { peer.state.change { $0.wasReset = true } }
            context.close(promise: nil)
        }
    }
}
