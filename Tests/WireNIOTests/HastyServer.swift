import NIOCore
import NIOPosix
import Wire

/// A server that answers the first request of a connection with nothing in it, and closes the connection at once.
struct HastyServer {
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    static func start() async throws -> HastyServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return HastyServer(channel: channel)
    }

    func stop() async throws {
        try await channel.close().get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var decoder = FrameDecoder(maximumPayloadBytes: 1 << 20)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data).readableBytesView)
            do {
                while case .frame(let frame) = try decoder.next() {
                    let answer = Frame(stream: frame.stream, type: .response, payload: ResponseEnvelope.success([]).encoded())
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer.encoded())), promise: nil)
                    context.close(promise: nil)
                }
            } catch {
                context.close(promise: nil)
            }
        }
    }
}
