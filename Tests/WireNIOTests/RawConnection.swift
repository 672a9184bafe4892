import NIOCore
import NIOPosix
import Wire
import WireNIO

/// A TCP connection on which a test says what it likes.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let frames: AsyncStream<Frame>

    private init(_ channel: any Channel, _ frames: AsyncStream<Frame>) {
        self.channel = channel
        self.frames = frames
    }

    deinit { channel.close(promise: nil) }

    /// - Parameters:
    ///   - reads: whether what the server sends is taken off the socket.
    ///   - local: the address to connect from.
    static func connect(to address: BoundAddress, reads: Bool = true, from local: String? = nil) async throws -> RawConnection {
        let (frames, continuation) = AsyncStream.makeStream(of: Frame.self)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reader(continuation))
                }
            }
        if let local { bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: local, port: 0)) }
        return RawConnection(try await bootstrap.connect(host: address.host, port: address.port).get(), frames)
    }

    /// From now on takes off the socket what the server sends.
    func read() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ frame: Frame) async throws {
        try await send(frame.encoded())
    }

    func request(
        _ stream: UInt32, _ method: MethodDescriptor, payload: [UInt8] = [], timeout: Int64 = 0, flags: FrameFlags = []
    ) async throws {
        let request = RequestEnvelope(method: method, payload: payload, timeoutNanoseconds: timeout)
        try await send(Frame(stream: StreamID(rawValue: stream), type: .request, flags: flags, payload: request.encoded()))
    }

    /// Says Hello on stream 1.
    ///
    /// - Returns: what the server agrees to.
    func hello(_ features: Features = .all) async throws -> Features {
        try await request(1, Hello.method, payload: Hello(features: features, maximumFrameBytes: 4 << 20).encoded())
        guard let frame = await next(), case .success(let payload) = try ResponseEnvelope(decoding: frame.payload) else {
            return []
        }
        return try Hello(decoding: payload).features
    }

    func data(_ stream: UInt32, _ payload: [UInt8] = [], flags: FrameFlags = []) async throws {
        try await send(Frame(stream: StreamID(rawValue: stream), type: .data, flags: flags, payload: payload))
    }

    /// The next frame from the server; nil once it has closed the connection.
    func next() async -> Frame? {
        var iterator = frames.makeAsyncIterator()
        return await iterator.next()
    }

    /// The next answer: its stream, and its code, which is OK for a payload.
    func nextAnswer() async throws -> (stream: UInt32, code: StatusCode, isRefused: Bool)? {
        guard let frame = await next() else { return nil }
        switch try ResponseEnvelope(decoding: frame.payload) {
        case .success: return (frame.stream.rawValue, .ok, false)
        case .failure(let error): return (frame.stream.rawValue, error.code, error.isRefused)
        }
    }

    /// Returns once the server has closed the connection.
    func closed() async {
        // A connection that ends with an error has ended.
        try? await channel.closeFuture.get()
    }

    func close() async {
        // A connection that is closed already says so with an error.
        try? await channel.close().get()
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var decoder = FrameDecoder(maximumPayloadBytes: (16 << 20) - 1)
        private let frames: AsyncStream<Frame>.Continuation

        init(_ frames: AsyncStream<Frame>.Continuation) {
            self.frames = frames
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            decoder.append(unwrapInboundIn(data).readableBytesView)
            // Nil and an error are the same here: no frame.
            while case .frame(let frame) = try? decoder.next() { frames.yield(frame) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            frames.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
