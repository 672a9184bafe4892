import NIOCore
import NIOPosix
import Synchronization
import Wire
import WireNIO

/// A server that answers Hello, and every other request by a script that knows the number of its connection.
final class ScriptedServer: Sendable {
    /// What is written for a request, and whether the connection is closed after that.
    struct Reply {
        var frames: [Frame]
        var closes = false

        /// An answer with nothing in it.
        static func answer(_ stream: StreamID) -> Reply {
            Reply(frames: [Frame(stream: stream, type: .response, payload: ResponseEnvelope.success([]).encoded())])
        }
    }

    typealias Script = @Sendable (_ connection: Int, _ stream: StreamID, _ request: RequestEnvelope) -> Reply

    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }
    var name: ServerName { ServerName(host: "127.0.0.1", port: port) }

    private init(_ channel: any Channel) {
        self.channel = channel
    }

    static func start(features: Features = .all, _ script: @escaping Script) async throws -> ScriptedServer {
        let number = Atomic(0)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = number.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
                    try channel.pipeline.syncOperations.addHandler(Handler(connection, features, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(channel)
    }

    func stop() async throws {
        try await channel.close().get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let connection: Int
        private let features: Features
        private let script: Script
        private var decoder = FrameDecoder(maximumPayloadBytes: 1 << 20)

        init(_ connection: Int, _ features: Features, _ script: @escaping Script) {
            (self.connection, self.features, self.script) = (connection, features, script)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data).readableBytesView)
            do {
                while case .frame(let frame) = try decoder.next() {
                    guard frame.type == .request else { continue }
                    let reply = try reply(to: frame)
                    for frame in reply.frames { context.write(wrapOutboundOut(ByteBuffer(bytes: frame.encoded())), promise: nil) }
                    context.flush()
                    if reply.closes { context.close(promise: nil) }
                }
            } catch {
                context.close(promise: nil)
            }
        }

        private func reply(to frame: Frame) throws -> Reply {
            let request = try RequestEnvelope(decoding: frame.payload)
            guard request.method == Hello.method else { return script(connection, frame.stream, request) }
            let answer = ResponseEnvelope.success(Hello(features: features, maximumFrameBytes: 1 << 20).encoded())
            return Reply(frames: [Frame(stream: frame.stream, type: .response, payload: answer.encoded())])
        }
    }
}
