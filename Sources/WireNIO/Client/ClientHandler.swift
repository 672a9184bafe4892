import NIOCore
import Wire

/// Carries out on one connection what ``ClientConnection`` decides, and hands what comes back to those who wait for it.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias CallID = ClientConnection.CallID

    let configuration: ClientConfiguration
    private var decoder: FrameDecoder
    var connection: ClientConnection
    private var waiting: [CallID: EventLoopPromise<[UInt8]>] = [:]
    var streams: [CallID: OpenStream] = [:]
    /// Streams whose callers take no messages while more of them come.
    var pause: ReadPause<CallID>
    var pauseEnd: Scheduled<Void>?
    var window: SendWindow<CallID, WaitingMessage<CallID>>
    /// What callers have taken of the messages of all streams.
    let credit: CreditMeter
    private let retire: @Sendable () -> Void
    private var isRetired = false
    private var needsFlush = false
    /// Long messages that take turns.
    private var fragments = FragmentQueue()
    /// Bytes that the channel has and has not got rid of.
    private var bytesAhead = 0
    /// Whether nothing more is said or heard: over TLS bytes may come until the peer has agreed to the end.
    private var isHungUp = false

    /// - Parameter retire: called when no more calls should be made on this connection.
    init(_ configuration: ClientConfiguration, retire: @escaping @Sendable () -> Void) {
        self.configuration = configuration
        decoder = FrameDecoder(maximumPayloadBytes: configuration.maximumMessageBytes)
        connection = ClientConnection(
            maximumMessageBytes: configuration.maximumMessageBytes, features: configuration.features,
            windows: configuration.windows)
        credit = CreditMeter(window: configuration.windows.connection)
        pause = ReadPause(patience: configuration.streamPatience)
        window = SendWindow(limit: configuration.maximumUnwrittenStreamBytes)
        self.retire = retire
    }

    // MARK: - The connection

    /// Says Hello, where that is wanted, before any call.
    func begin(_ context: ChannelHandlerContext) {
        perform(connection.hello(), context)
        flush(context)
    }

    /// Whether the server owes a sign of life: for unary calls any server does, and one that can be asked without a call for streams too.
    /// While nothing is read the silence is our own.
    var isWaiting: Bool {
        !pause.isActive && (!waiting.isEmpty || (connection.features.contains(.ping) && !streams.isEmpty))
    }

    /// Asks the server for a sign of life.
    ///
    /// - Returns: whether it could be asked.
    func ping(_ context: ChannelHandlerContext) -> Bool {
        guard let ping = connection.ping() else { return false }
        perform([ping], context)
        flush(context)
        return true
    }

    // MARK: - Calls

    /// No handler sees the request: the connection had gone, or took no more calls, before it was written, or the server has said that it
    /// takes it no more.
    struct Unseen: Error {}

    /// Whether a request would be written.
    func isUsable(_ context: ChannelHandlerContext) -> Bool {
        context.channel.isActive && !isHungUp && !connection.isExhausted
    }

    /// Writes a request; the promise gets the answer, or ``Unseen``.
    func send(
        _ request: RequestEnvelope, as call: CallID, answer: EventLoopPromise<[UInt8]>, context: ChannelHandlerContext
    ) {
        guard isUsable(context) else { return answer.fail(Unseen()) }
        waiting[call] = answer
        perform(connection.send(request, as: call), context)
        flush(context)
    }

    /// Nobody waits for a call any more.
    func abandon(_ call: CallID, because error: RPCError, context: ChannelHandlerContext) {
        let actions = letGo(call, because: error.code)
        waiting.removeValue(forKey: call)?.fail(error)
        perform(actions, context)
        flush(context)
    }

    /// Tells the server, where it has heard of the call.
    func letGo(_ call: CallID, because code: StatusCode) -> [ClientConnection.Action] {
        guard let stream = connection.stream(of: call) else { return [] }
        // A cancel would overtake a request that waits for its turn, which would then run for nobody.
        let unsent = fragments.withdraw(stream)
        guard !unsent.isEmpty else { return connection.abandon(call, because: code) }
        for frame in unsent { window.ended(FragmentQueue.byteCount(of: frame)) }
        return connection.withdraw(call, unsent)
    }

    // MARK: - The channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isHungUp else { return }
        let bytes = unwrapInboundIn(data)
        decoder.append(bytes.readableBytesSpan)
        readFrames(context)
    }

    /// Takes the frames that have arrived, until a stream is full: what comes after that waits, too, so that nothing overtakes.
    func readFrames(_ context: ChannelHandlerContext) {
        do throws(FrameError) {
            while !pause.isActive, let event = try decoder.next() {
                switch event {
                case .frame(let frame): perform(connection.received(frame), context)
                case .oversized(let header): perform(connection.receivedOversized(header), context)
                }
            }
        } catch {
            perform(connection.closed(because: "the server does not speak ttrpc: \(error.message)"), context)
            hangUp(context)
        }
        // Some frames are answered at once.
        flush(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(connection.closed(because: "the connection was lost before the answer came"), context)
        pauseEnd?.cancel()
        retire()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A server may learn only from the first bytes that it does not trust its client.
        if let error = error as? ConnectionSecurityError { perform(connection.closed(because: error.reason), context) }
        hangUp(context)
    }

    // MARK: - Actions

    func perform(_ actions: [ClientConnection.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .write(let frame): write(frame, context)
            case .finish(let call, .success(let payload)): waiting.removeValue(forKey: call)?.succeed(payload)
            case .finish(let call, .failure(let error)): waiting.removeValue(forKey: call)?.fail(error)
            case .deliver(let call, let message, let credit): deliver(message, credit: credit, to: call, context)
            case .resume: sendWaiting(context)
            case .end(let call, let error): end(call, with: error, context)
            case .unseen(let call):
                waiting.removeValue(forKey: call)?.fail(Unseen())
                end(call, with: Self.unseen, context)
            case .retire:
                isRetired = true
                retire()
            case .close: hangUp(context)
            }
        }
        closeIfUseless(context)
    }

    private static let unseen = RPCError(.unavailable, "the server went before it saw the call", isRefused: true)

    private func write(_ frame: Frame, _ context: ChannelHandlerContext) {
        needsFlush = true
        if connection.features.contains(.fragments), fragments.concerns(frame) {
            window.began(fragments.add(frame))
        } else {
            window.began(FrameHeader.byteCount + frame.payload.count)
            put(frame, context)
        }
    }

    private func put(_ frame: Frame, _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: FrameHeader.byteCount + frame.payload.count)
        buffer.writeFrame(frame)
        let count = buffer.readableBytes
        bytesAhead += count
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.write(wrapOutboundOut(buffer)).whenComplete { _ in
            let (handler, context) = bound.value
            handler.window.ended(count)
            handler.bytesAhead -= count
            if !handler.fragments.isEmpty, context.channel.isActive {
                handler.needsFlush = true
                handler.flush(context)
            }
            if handler.window.waitingCount > 0 { handler.sendWaiting(context) }
        }
    }

    /// Sends what has been written.
    func flush(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        // Behind what the channel has, where that is little: what is short gets between the pieces of long messages.
        while bytesAhead < FragmentQueue.mostBytesAhead, let piece = fragments.next() { put(piece, context) }
        context.flush()
    }

    private func hangUp(_ context: ChannelHandlerContext) {
        isHungUp = true
        retire()
        context.close(promise: nil)
    }

    /// A connection that takes no more calls goes with the last one on it.
    private func closeIfUseless(_ context: ChannelHandlerContext) {
        if isRetired, waiting.isEmpty, streams.isEmpty { hangUp(context) }
    }
}
