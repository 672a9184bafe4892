import NIOCore
import Wire

/// Carries out on one connection what ``ClientConnection`` decides, and hands answers to those who wait for them.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var decoder: FrameDecoder
    private var connection = ClientConnection()
    private var waiting: [ClientConnection.CallID: EventLoopPromise<[UInt8]>] = [:]
    private let retire: @Sendable () -> Void
    private var isRetired = false

    /// - Parameter retire: called when no more calls should be made on this connection.
    init(maximumMessageBytes: Int, retire: @escaping @Sendable () -> Void) {
        decoder = FrameDecoder(maximumPayloadBytes: maximumMessageBytes)
        self.retire = retire
    }

    // MARK: - Calls

    /// Whether anybody waits for an answer.
    var isWaiting: Bool { !waiting.isEmpty }

    /// The connection had gone, or takes no more calls, before a request was written to it.
    struct NotWritten: Error {}

    /// Writes a request; the promise gets the answer, or ``NotWritten``.
    func send(
        _ request: RequestEnvelope, as call: ClientConnection.CallID, answer: EventLoopPromise<[UInt8]>,
        context: ChannelHandlerContext
    ) {
        guard context.channel.isActive, !connection.isExhausted else {
            return answer.fail(NotWritten())
        }
        waiting[call] = answer
        perform(connection.send(request, as: call), context)
        context.flush()
    }

    /// Nobody waits for a call any more.
    func abandon(_ call: ClientConnection.CallID, because error: RPCError, context: ChannelHandlerContext) {
        connection.abandon(call)
        waiting.removeValue(forKey: call)?.fail(error)
        closeIfUseless(context)
    }

    // MARK: - The channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data).readableBytesView)
        do throws(FrameError) {
            while let event = try decoder.next() {
                switch event {
                case .frame(let frame): perform(connection.received(frame), context)
                case .oversized(let header): perform(connection.receivedOversized(header), context)
                }
            }
        } catch {
            perform(connection.closed(because: "the server does not speak ttrpc: \(error.message)"), context)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(connection.closed(because: "the connection was lost before the answer came"), context)
        retire()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func perform(_ actions: [ClientConnection.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .write(let frame):
                var buffer = context.channel.allocator.buffer(capacity: FrameHeader.byteCount + frame.payload.count)
                buffer.writeFrame(frame)
                context.write(wrapOutboundOut(buffer), promise: nil)
            case .finish(let call, .success(let payload)): waiting.removeValue(forKey: call)?.succeed(payload)
            case .finish(let call, .failure(let error)): waiting.removeValue(forKey: call)?.fail(error)
            case .retire:
                isRetired = true
                retire()
            }
        }
        closeIfUseless(context)
    }

    /// A connection that takes no more calls goes with the last one on it.
    private func closeIfUseless(_ context: ChannelHandlerContext) {
        if isRetired, waiting.isEmpty { context.close(promise: nil) }
    }
}
