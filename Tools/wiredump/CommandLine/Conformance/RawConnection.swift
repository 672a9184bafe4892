import NIOCore
import NIOPosix
import Wire
import WireDump

/// A TCP connection on which a check says what it likes.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let frames: AsyncThrowingStream<Frame, any Error>

    private init(_ channel: any Channel, _ frames: AsyncThrowingStream<Frame, any Error>) {
        self.channel = channel
        self.frames = frames
    }

    /// - Throws: ``CheckFault`` where there is nobody to connect to.
    static func connect(to address: Address) async throws -> RawConnection {
        let (frames, continuation) = AsyncThrowingStream.makeStream(of: Frame.self, throwing: (any Error).self)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FrameReader(continuation))
                }
            }
        do {
            return RawConnection(try await bootstrap.connect(host: address.host, port: address.port).get(), frames)
        } catch {
            throw CheckFault(expected: "a connection to \(address.host):\(address.port)", got: "none")
        }
    }

    func close() async {
        // A connection that is closed already says so with an error.
        try? await channel.close().get()
    }

    // MARK: - Saying

    func send(_ bytes: [UInt8]) async throws {
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        } catch {
            throw CheckFault(expected: "a connection that can be written to", got: "one that is closed")
        }
    }

    func send(_ stream: UInt32, _ type: FrameType, _ flags: FrameFlags = [], _ payload: [UInt8] = []) async throws {
        try await send(Frame(stream: StreamID(rawValue: stream), type: type, flags: flags, payload: payload).encoded())
    }

    func request(
        _ stream: UInt32, _ method: MethodDescriptor, _ payload: [UInt8] = [], flags: FrameFlags = [], timeout: Int64 = 0,
        metadata: Metadata = Metadata()
    ) async throws {
        let envelope = RequestEnvelope(method: method, payload: payload, timeoutNanoseconds: timeout, metadata: metadata)
        try await send(stream, .request, flags, envelope.encoded())
    }

    // MARK: - Hearing

    /// The next frame.
    ///
    /// - Throws: ``CheckFault`` where none comes before the check's time is over, or the connection is closed.
    func next(_ expected: String) async throws -> Frame {
        var iterator = frames.makeAsyncIterator()
        do {
            if let frame = try await iterator.next() { return frame }
        } catch let error as FrameError {
            throw CheckFault(expected: expected, got: "bytes that are no frame: \(error.message)")
        }
        throw CheckFault(expected: expected, got: Task.isCancelled ? "nothing" : "the end of the connection")
    }

    /// Expects that the next frame ends a call.
    ///
    /// - Parameter isRefused: whether the server has to say that no handler has seen the request; nil where it may.
    func expect(_ code: StatusCode, on stream: UInt32, isRefused: Bool? = nil) async throws {
        let expected = "\(code.name)\(isRefused == true ? ", refused," : "") on stream \(stream)"
        let frame = try await next(expected)
        guard frame.type == .response, frame.stream.rawValue == stream, frame.flags.isEmpty,
            let answer = try? ResponseEnvelope(decoding: frame.payload)
        else { throw CheckFault(expected: expected, got: frame.told) }
        let told: Bool? = if case .failure(let error) = answer { error.isRefused } else { nil }
        guard answer.code == code, isRefused == nil || isRefused == told else {
            throw CheckFault(expected: expected, got: frame.told)
        }
    }

    /// Expects a message of a stream.
    func expectMessage(on stream: UInt32) async throws {
        let expected = "a message on stream \(stream)"
        let frame = try await next(expected)
        guard frame.type == .data, frame.stream.rawValue == stream, frame.flags.isEmpty else {
            throw CheckFault(expected: expected, got: frame.told)
        }
    }

    /// Expects that the server closes the connection, whatever it says before.
    func expectClose() async throws {
        var iterator = frames.makeAsyncIterator()
        // An end is an end, be it a reset.
        while let frame = try? await iterator.next() { _ = frame }
        if Task.isCancelled { throw CheckFault(expected: "the end of the connection", got: "nothing") }
    }
}

/// Cuts what a server sends into frames.
private final class FrameReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder = FrameDecoder(maximumPayloadBytes: (16 << 20) - 1)
    private let frames: AsyncThrowingStream<Frame, any Error>.Continuation

    init(_ frames: AsyncThrowingStream<Frame, any Error>.Continuation) {
        self.frames = frames
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data).readableBytesView)
        do {
            while case .frame(let frame) = try decoder.next() { frames.yield(frame) }
        } catch {
            frames.finish(throwing: error)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        frames.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension Frame {
    /// What a report says of it.
    var told: String {
        let place = "on stream \(stream.rawValue)"
        guard type == .response, let answer = try? ResponseEnvelope(decoding: payload) else {
            return "a frame of type \(type.rawValue) \(place) with flags \(flags.rawValue) and \(payload.count) bytes"
        }
        guard case .failure(let error) = answer else { return "OK \(place) with flags \(flags.rawValue)" }
        return "\(error.code.name) \(JSONText.quoted(error.message))\(error.isRefused ? ", refused," : "") \(place)"
    }
}
