import Foundation
import NIOCore
import NIOPosix
import Wire
import WireDump
import WireNIO

/// A connection on which a check says what it likes.
final class RawConnection: Sendable {
    /// Frames that may wait for a check to look at them.
    fileprivate static let mostWaiting = 1024
    private static let connectTimeout = TimeAmount.seconds(5)

    private let channel: any Channel
    private let frames: AsyncThrowingStream<Frame, any Error>

    private init(_ channel: any Channel, _ frames: AsyncThrowingStream<Frame, any Error>) {
        self.channel = channel
        self.frames = frames
    }

    /// - Throws: ``ConformanceFault`` where there is nobody to connect to, or nobody to trust.
    static func connect(to address: Address, _ security: (any ConnectionSecurity)?) async throws -> RawConnection {
        let (frames, continuation) = AsyncThrowingStream.makeStream(
            of: Frame.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(mostWaiting))
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let secured = loop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    do {
                        try security?.secure(channel, server: address.host)
                    } catch {
                        secured.fail(ConnectionSecurityError("TLS cannot be set up for the server's name", cause: error))
                        throw error
                    }
                    try channel.pipeline.syncOperations.addHandler(FrameReader(continuation, secured))
                }
            }
        let expected = "a connection to \(address.host):\(address.port)\(security == nil ? "" : " over TLS")"
        do {
            let channel = try await bootstrap.connect(host: address.host, port: address.port).get()
            if security == nil { secured.succeed() }
            // A handshake has a limit of its own.
            try await secured.futureResult.get()
            return RawConnection(channel, frames)
        } catch {
            // What failed first stays: it says more than that there is no connection therefore.
            secured.fail(error)
            let cause = await Self.failure(of: secured.futureResult)
            throw ConformanceFault(expected: expected, got: Self.told(cause ?? error))
        }
    }

    private static func failure(of future: EventLoopFuture<Void>) async -> (any Error)? {
        do {
            try await future.get()
            return nil
        } catch {
            return error
        }
    }

    /// Why there is no connection.
    private static func told(_ error: any Error) -> String {
        switch error {
        case let error as ConnectionSecurityError: "none: \(error.reason)"
        case ChannelError.eof: "one that was closed before it was secure"
        case ChannelError.connectTimeout: "none within \(connectTimeout.nanoseconds / 1_000_000_000) s"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { told($0.error) } ?? "none, as the name is not known"
        case let error as IOError: "none: \(String(cString: strerror(error.errnoCode)))"
        default: "none"
        }
    }

    func close() async {
        // A connection that is closed already says so with an error.
        try? await channel.close().get()
    }

    /// Closes it without waiting, so that whoever sends or hears on it waits no longer.
    func abandon() {
        channel.close(promise: nil)
    }

    // MARK: - Saying

    func send(_ bytes: [UInt8]) async throws {
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        } catch {
            let got = Task.isCancelled ? "one from which nothing is taken" : "one that is closed"
            throw ConformanceFault(expected: "a connection that can be written to", got: got)
        }
    }

    /// Ends this direction of the connection, and goes on hearing what comes in the other.
    func finish() async throws {
        do {
            try await channel.close(mode: .output).get()
        } catch {
            throw ConformanceFault(expected: "a connection of which one direction can be ended", got: "one that is closed")
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
    /// - Throws: ``ConformanceFault`` where none comes before the check's time is over, or the connection is closed.
    func next(_ expected: String) async throws -> Frame {
        var iterator = frames.makeAsyncIterator()
        do {
            if let frame = try await iterator.next() { return frame }
        } catch let error as FrameError {
            throw ConformanceFault(expected: expected, got: "bytes that are no frame: \(error.message)")
        }
        throw ConformanceFault(expected: expected, got: Task.isCancelled ? "nothing" : "the end of the connection")
    }

    /// Expects that the next frame ends a call.
    ///
    /// - Parameter isRefused: whether the server has to say that no handler has seen the request; nil where it may.
    /// - Returns: the answer; none of a call that is expected to fail.
    @discardableResult
    func expect(_ code: StatusCode, on stream: UInt32, isRefused: Bool? = nil) async throws -> [UInt8] {
        let expected = "\(code.name)\(isRefused == true ? ", refused," : "") on stream \(stream)"
        let frame = try await next(expected)
        guard frame.type == .response, frame.stream.rawValue == stream, frame.flags.isEmpty,
            // An envelope that cannot be read is no answer.
            let answer = try? ResponseEnvelope(decoding: frame.payload)
        else { throw ConformanceFault(expected: expected, got: frame.told) }
        switch answer {
        case .success(let payload) where code == .ok: return payload
        case .failure(let error) where error.code == code && (isRefused == nil || isRefused == error.isRefused): return []
        default: throw ConformanceFault(expected: expected, got: frame.told)
        }
    }

    /// Expects a message of a stream.
    func expectMessage(on stream: UInt32) async throws {
        let expected = "a message on stream \(stream)"
        let frame = try await next(expected)
        guard frame.type == .data, frame.stream.rawValue == stream, frame.flags.isEmpty else {
            throw ConformanceFault(expected: expected, got: frame.told)
        }
    }

    /// Expects that a stream ends well, in the form that every client takes.
    func expectEnd(on stream: UInt32) async throws {
        let expected = "the end of stream \(stream), as data with flags 5 and no payload"
        let frame = try await next(expected)
        guard frame.type == .data, frame.stream.rawValue == stream, frame.flags.rawValue == 5, frame.payload.isEmpty else {
            throw ConformanceFault(expected: expected, got: frame.told)
        }
    }

    /// Expects that the server closes the connection, whatever it says before.
    func expectClose() async throws {
        var iterator = frames.makeAsyncIterator()
        // An end is an end, be it a reset.
        while (try? await iterator.next()) != nil {}
        if Task.isCancelled { throw ConformanceFault(expected: "the end of the connection", got: "nothing") }
    }
}

/// Cuts what a server sends into frames.
private final class FrameReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder = FrameDecoder(maximumPayloadBytes: (16 << 20) - 1)
    private let frames: AsyncThrowingStream<Frame, any Error>.Continuation
    /// Is kept once the connection is as secure as it is to be.
    private let secured: EventLoopPromise<Void>

    init(_ frames: AsyncThrowingStream<Frame, any Error>.Continuation, _ secured: EventLoopPromise<Void>) {
        self.frames = frames
        self.secured = secured
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data).readableBytesView)
        do {
            while case .frame(let frame) = try decoder.next() {
                guard case .dropped = frames.yield(frame) else { continue }
                throw ConformanceFault(expected: "answers to what was asked", got: "\(RawConnection.mostWaiting) other frames")
            }
        } catch {
            frames.finish(throwing: error)
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ConnectionSecured { secured.succeed() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        secured.fail(ChannelError.eof)
        frames.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        secured.fail(error)
        context.close(promise: nil)
    }
}

extension RPCError {
    /// What a report says of it.
    var told: String { "\(code.name) \(JSONText.quoted(message))" }
}

extension Frame {
    /// What a report says of it.
    var told: String {
        let place = "on stream \(stream.rawValue)"
        // What cannot be read is told by its header.
        guard type == .response, let answer = try? ResponseEnvelope(decoding: payload) else {
            return "a frame of type \(type.rawValue) \(place) with flags \(flags.rawValue) and \(payload.count) bytes"
        }
        guard case .failure(let error) = answer else { return "OK \(place) with flags \(flags.rawValue)" }
        return "\(error.told)\(error.isRefused ? ", refused," : "") \(place)"
    }
}
