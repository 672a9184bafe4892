import Logging
import NIOCore
import Wire

/// Carries out on one connection what ``ServerConnection`` decides: reads frames, runs handlers, writes answers.
final class ServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let router: Router
    private let configuration: ServerConfiguration
    private let load: ServerLoad
    private let logger: Logger
    private let peer: String

    private var decoder: FrameDecoder
    private var connection: ServerConnection
    private var handlers: [StreamID: Task<Void, Never>] = [:]
    private var deadlines: [StreamID: Scheduled<Void>] = [:]
    private var partialFrame: Scheduled<Void>?
    private var framesBeforePartial = 0
    /// Bytes of a request's payload for which the server has made room while the rest is on its way.
    private var heldBytes = 0
    private var writeStall: Scheduled<Void>?
    private var unwrittenBytes = 0
    private var needsFlush = false
    private var isClosing = false

    /// - Parameter load: shared by all connections of a server.
    init(router: Router, configuration: ServerConfiguration, load: ServerLoad, peer: String, logger: Logger) {
        self.router = router
        self.configuration = configuration
        self.load = load
        self.peer = peer
        self.logger = logger
        decoder = FrameDecoder(maximumPayloadBytes: configuration.maximumMessageBytes)
        connection = ServerConnection(
            limits: configuration.connection, maximumMessageBytes: configuration.maximumMessageBytes)
    }

    // MARK: - The channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data).readableBytesView)
        do throws(FrameError) {
            while let event = try decoder.next() {
                // A payload that is complete is its handler's from here on.
                releaseHeld(downTo: decoder.partialPayloadByteCount)
                switch event {
                case .frame(let frame): perform(connection.received(frame), context)
                case .oversized(let header): perform(connection.receivedOversized(header), context)
                }
            }
        } catch {
            logger.notice("connection closed: protocol error", metadata: ["peer": "\(peer)", "reason": "\(error.message)"])
            context.close(promise: nil)
        }
        holdPartialFrame(context)
        watchPartialFrame(context)
    }

    /// Makes room for what has arrived of a frame, or drops the frame where the server has none left.
    private func holdPartialFrame(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let arrived = decoder.partialPayloadByteCount
        if arrived <= heldBytes || load.hold(arrived - heldBytes) {
            heldBytes = max(heldBytes, arrived)
        } else if let header = decoder.dropFrame() {
            releaseHeld(downTo: 0)
            perform(connection.receivedUnheld(header), context)
        }
    }

    private func releaseHeld(downTo count: Int) {
        guard heldBytes > count else { return }
        load.release(heldBytes - count)
        heldBytes = count
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(connection.closed(), context)
        releaseHeld(downTo: 0)
        partialFrame?.cancel()
        writeStall?.cancel()
        for deadline in deadlines.values { deadline.cancel() }
        deadlines = [:]
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["peer": "\(peer)", "reason": "\(error)"])
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is BeginDraining else { return context.fireUserInboundEventTriggered(event) }
        perform(connection.beginDraining(), context)
        flush(context)
    }

    /// Told to every connection when the server begins a graceful shutdown.
    struct BeginDraining: Sendable {}

    // MARK: - Actions

    private func perform(_ actions: [ServerConnection.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .start(let stream, let request): start(stream, request, context)
            case .write(let frame): write(frame, context)
            case .cancelAll: handlers.values.forEach { $0.cancel() }
            case .close: close(context)
            }
        }
    }

    private func start(_ stream: StreamID, _ request: RequestEnvelope, _ context: ChannelHandlerContext) {
        let timeout = timeout(of: request)
        guard timeout > .zero else {
            return perform(
                connection.handlerEnded(stream, with: .failure(RPCError(.deadlineExceeded, "the caller's time was over"))),
                context)
        }
        let bytes = request.payload.count + request.metadata.byteCount
        guard load.beginHandler(bytes) else {
            return perform(connection.handlerEnded(stream, with: .failure(Self.overloaded)), context)
        }
        let call = ServerContext(method: request.method, metadata: request.metadata, deadline: .after(timeout), peer: peer)
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        let (router, load) = (router, load)
        // The bridge from the event loop to structured code: one task for one call, ended by its deadline or with its connection.
        handlers[stream] = Task {
            let answer = await router.answer(request.payload, context: call)
            load.handlerEnded(bytes)
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.ended(stream, with: answer, context)
            }
        }
        deadlines[stream] = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { [weak self] in
            self?.expire(stream, context)
        }
    }

    private static let overloaded = RPCError(.resourceExhausted, ServerConnection.overloadReason, isRefused: true)

    private func timeout(of request: RequestEnvelope) -> Duration {
        guard request.timeoutNanoseconds != 0 else { return configuration.defaultTimeout }
        return min(.nanoseconds(request.timeoutNanoseconds), configuration.maximumTimeout)
    }

    private func ended(_ stream: StreamID, with answer: ResponseEnvelope, _ context: ChannelHandlerContext) {
        handlers[stream] = nil
        let isExpired =
            deadlines.removeValue(forKey: stream).map { deadline in
                deadline.cancel()
                return false
            } ?? true
        perform(connection.handlerEnded(stream, with: isExpired ? nil : answer), context)
        flush(context)
    }

    /// The caller's time is over: it is told so now, and the handler is told to stop. The handler counts until it has.
    private func expire(_ stream: StreamID, _ context: ChannelHandlerContext) {
        guard deadlines.removeValue(forKey: stream) != nil else { return }
        let error = RPCError(.deadlineExceeded, "the call took longer than its caller waits")
        write(Frame(stream: stream, type: .response, payload: ResponseEnvelope.failure(error).encoded()), context)
        flush(context)
        handlers[stream]?.cancel()
    }

    // MARK: - Writing

    private func write(_ frame: Frame, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var buffer = context.channel.allocator.buffer(capacity: FrameHeader.byteCount + frame.payload.count)
        buffer.writeFrame(frame)
        let count = buffer.readableBytes
        unwrittenBytes += count
        needsFlush = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.write(wrapOutboundOut(buffer)).whenComplete { _ in
            let (handler, context) = bound.value
            handler.wrote(count, context)
        }
        watchWrites(context)
    }

    private func wrote(_ count: Int, _ context: ChannelHandlerContext) {
        unwrittenBytes -= count
        writeStall?.cancel()
        writeStall = nil
        guard context.channel.isActive else { return }
        guard unwrittenBytes > 0 || !isClosing else { return context.close(promise: nil) }
        if unwrittenBytes > 0 { watchWrites(context) }
        if unwrittenBytes <= configuration.maximumUnwrittenBytes {
            setReading(true, context)
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
        if unwrittenBytes > configuration.maximumUnwrittenBytes {
            setReading(false, context)
        }
    }

    private func setReading(_ isReading: Bool, _ context: ChannelHandlerContext) {
        let channel = context.channel
        channel.setOption(.autoRead, value: isReading).whenFailure { _ in channel.close(promise: nil) }
    }

    /// Closes once what was written has left; a peer that does not read it has the time of a write stall.
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        flush(context)
        if unwrittenBytes == 0 { context.close(promise: nil) }
    }

    // MARK: - Patience

    /// Gives each frame its time: one that ends stops the clock, and the next one starts it anew.
    private func watchPartialFrame(_ context: ChannelHandlerContext) {
        if !decoder.isInsideFrame || decoder.completedFrameCount != framesBeforePartial {
            partialFrame?.cancel()
            partialFrame = nil
        }
        guard decoder.isInsideFrame, partialFrame == nil, context.channel.isActive else { return }
        framesBeforePartial = decoder.completedFrameCount
        partialFrame = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.partialFrameTimeout)) {
            self.logger.notice("connection closed: a frame took too long", metadata: ["peer": "\(self.peer)"])
            context.close(promise: nil)
        }
    }

    private func watchWrites(_ context: ChannelHandlerContext) {
        guard writeStall == nil else { return }
        writeStall = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.writeStallTimeout)) {
            self.logger.notice("connection closed: the peer does not read", metadata: ["peer": "\(self.peer)"])
            context.close(promise: nil)
        }
    }
}
