import Logging
import NIOCore
import Wire

/// Carries out on one connection what ``ServerConnection`` decides: reads frames, runs handlers, writes answers.
final class ServerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let router: Router
    let configuration: ServerConfiguration
    let load: ServerLoad
    let peer: String
    let isFromThisMachine: Bool
    /// Who the peer is and what it may call; nil where nobody is asked.
    var access: ConnectionAccess?
    let log: PacedLog
    private let logger: Logger

    private var decoder: FrameDecoder
    var connection: ServerConnection
    var calls: [StreamID: RunningCall] = [:]
    var deadlines = DeadlineClock()
    let readyAnswers = ReadyAnswers()
    /// Streams whose handlers take no messages while more of them come.
    var pause: ReadPause<StreamID>
    var pauseEnd: Scheduled<Void>?
    var window: SendWindow<StreamID, WaitingMessage<StreamID>>
    /// What handlers have taken of the messages of all streams.
    let credit: CreditMeter
    private var partialFrame: Scheduled<Void>?
    private var framesBeforePartial = 0
    private var partialMessage: Scheduled<Void>?
    /// Bytes of frames and messages for which the server has made room while the rest is on its way.
    private var heldBytes = 0
    private var writeStall: Scheduled<Void>?
    /// When bytes were last taken from those that wait to be written, or the first of them came.
    private var lastWriteProgress = NIODeadline.uptimeNanoseconds(0)
    /// Frames that have not been handed to the channel.
    private var outgoing = ByteBuffer()
    /// Long messages that take turns.
    private var fragments = FragmentQueue()
    /// Bytes that the channel has and has not got rid of.
    private var bytesAhead = 0
    private var farewell: Scheduled<Void>?
    private var needsFlush = false
    private var isReading = true
    private var isClosing = false
    /// Whether nothing more is said or heard: over TLS bytes may come until the peer has agreed to the end.
    private var isHungUp = false

    /// - Parameters:
    ///   - load: shared by all connections of a server.
    ///   - log: shared by them as well.
    init(
        router: Router, configuration: ServerConfiguration, access: ConnectionAccess? = nil, load: ServerLoad, peer: String,
        isFromThisMachine: Bool, logger: Logger, log: PacedLog
    ) {
        self.router = router
        self.configuration = configuration
        self.access = access
        self.load = load
        self.peer = peer
        self.isFromThisMachine = isFromThisMachine
        self.logger = logger
        self.log = log
        decoder = FrameDecoder(maximumPayloadBytes: configuration.maximumMessageBytes)
        connection = ServerConnection(
            limits: configuration.connection, maximumMessageBytes: configuration.maximumMessageBytes,
            features: configuration.features, windows: configuration.windows)
        credit = CreditMeter(window: configuration.windows.connection)
        pause = ReadPause(patience: configuration.streamPatience)
        window = SendWindow(limit: configuration.maximumUnwrittenStreamBytes)
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
                // A payload that is complete is its handler's from here on, unless it is a piece.
                releaseHeld(downTo: decoder.partialPayloadByteCount + connection.unfinishedByteCount)
                switch event {
                case .frame(let frame): perform(connection.received(frame), context)
                case .oversized(let header): perform(connection.receivedOversized(header), context)
                }
            }
        } catch {
            log.notice("connection closed: protocol error", ["peer": "\(peer)", "reason": "\(error.message)"])
            hangUp(context)
        }
        holdPartial(context)
        watchPartialFrame(context)
        watchPartialMessage(context)
    }

    /// Makes room for what has arrived of a frame, and of messages in pieces, or drops them where the server has none left.
    private func holdPartial(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let arrived = decoder.partialPayloadByteCount + connection.unfinishedByteCount
        releaseHeld(downTo: arrived)
        guard !load.hold(arrived - heldBytes, isFromUnknown: isFromUnknown) else { return heldBytes = arrived }
        releaseHeld(downTo: 0)
        if let header = decoder.dropFrame() { perform(connection.receivedUnheld(header), context) }
        perform(connection.dropUnfinished(), context)
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
        partialMessage?.cancel()
        writeStall?.cancel()
        deadlines.stop()
        farewell?.cancel()
        pauseEnd?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? ConnectionSecurityError {
            log.notice("connection closed: not secure", ["peer": "\(peer)", "reason": "\(error)"])
        } else {
            logger.debug("connection failed", metadata: ["peer": "\(peer)", "reason": "\(error)"])
        }
        hangUp(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ConnectionSecured { access?.proved(certificateNames: event.certificateNames) }
        guard event is BeginDraining else { return context.fireUserInboundEventTriggered(event) }
        perform(connection.beginDraining(grace: configuration.gracePeriod), context)
        for call in calls.values { call.streaming?.drain.begin() }
        flush(context)
    }

    /// Told to every connection when the server begins a graceful shutdown.
    struct BeginDraining: Sendable {}

    // MARK: - Actions

    func perform(_ actions: [ServerConnection.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .start(let stream, let request, let side): start(stream, request, side, context)
            case .deliver(let stream, let message, let credit): deliver(message, credit: credit, to: stream, context)
            case .resume: sendWaiting(context)
            case .endMessages(let stream): calls[stream]?.streaming?.requests.finish()
            case .write(let frame): write(frame, context)
            case .cancel(let stream): halt(stream, context)
            case .cancelAll: for stream in calls.keys { halt(stream, context) }
            case .gaveUp(let stream, let code):
                calls[stream]?.ending = code
                halt(stream, context)
            case .close: close(context)
            case .closeAfterClient:
                farewell = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.farewell)) {
                    [weak self] in self?.close(context)
                }
            case .breakOff(let error):
                log.notice("connection closed: protocol error", ["peer": "\(peer)", "reason": "\(error.message)"])
                close(context)
            case .met(let hello): met(hello, context)
            }
        }
    }

    /// The client has said Hello: from now on it may be asked whether it is there.
    private func met(_ client: Hello, _ context: ChannelHandlerContext) {
        logger.debug(
            "hello", metadata: ["peer": "\(peer)", "agent": "\(client.agent.echoed)", "version": "\(client.version)"])
        guard connection.features.contains(.ping) else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let watch = SilenceWatch(
            silence: configuration.silence, patience: configuration.silencePatience,
            isWaiting: { bound.value.0.isWaiting },
            ask: {
                let (handler, context) = bound.value
                let ping = handler.connection.ping()
                handler.perform(ping, context)
                handler.flush(context)
                return !ping.isEmpty
            },
            lost: {
                let handler = bound.value.0
                handler.log.notice("connection closed: the peer is silent", ["peer": "\(handler.peer)"])
            })
        do {
            try context.pipeline.syncOperations.addHandler(watch, position: .first)
        } catch {
            // The connection has gone meanwhile, and with it whom to watch.
            hangUp(context)
        }
    }

    /// Whether anything is done for the client that would be done for nobody were it gone. While something waits to be written it is the
    /// clock of writes that watches over it, and while nothing is read the silence is our own.
    private var isWaiting: Bool { !calls.isEmpty && window.unwrittenBytes == 0 && !pause.isActive }

    // MARK: - Writing

    /// Bytes of frames that go to the channel as one, but for a frame that is longer.
    private static let handedOverTogether = 16 << 10

    func write(_ frame: Frame, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        needsFlush = true
        if window.unwrittenBytes == 0 { lastWriteProgress = context.eventLoop.now }
        if connection.features.contains(.fragments), fragments.concerns(frame) {
            window.began(fragments.add(frame))
        } else {
            window.began(FrameHeader.byteCount + frame.payload.count)
            put(frame, context)
        }
    }

    private func put(_ frame: Frame, _ context: ChannelHandlerContext) {
        let count = FrameHeader.byteCount + frame.payload.count
        if outgoing.readableBytes + count > Self.handedOverTogether { handOver(context) }
        if outgoing.readableBytes == 0 { outgoing = context.channel.allocator.buffer(capacity: count) }
        outgoing.writeFrame(frame)
    }

    /// Puts the next pieces of long messages behind what the channel has, where that is little: what is short gets between them.
    private func putPieces(_ context: ChannelHandlerContext) {
        while bytesAhead + outgoing.readableBytes < FragmentQueue.mostBytesAhead, let piece = fragments.next() {
            put(piece, context)
        }
    }

    /// Gives the channel what has been written: short frames together, because each time costs as much as a frame.
    private func handOver(_ context: ChannelHandlerContext) {
        let count = outgoing.readableBytes
        guard count > 0 else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.write(wrapOutboundOut(outgoing)).whenComplete { _ in
            let (handler, context) = bound.value
            handler.wrote(count, context)
        }
        outgoing = ByteBuffer()
        bytesAhead += count
        watchWrites(context)
    }

    private func wrote(_ count: Int, _ context: ChannelHandlerContext) {
        window.ended(count)
        bytesAhead -= count
        lastWriteProgress = context.eventLoop.now
        guard context.channel.isActive else { return }
        if !fragments.isEmpty {
            needsFlush = true
            flush(context)
        }
        guard window.unwrittenBytes > 0 || !isClosing else { return hangUp(context) }
        if window.waitingCount > 0 { sendWaiting(context) }
        if window.unwrittenBytes <= configuration.maximumUnwrittenBytes {
            setReading(!pause.isActive, context)
        }
    }

    func flush(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        putPieces(context)
        handOver(context)
        context.flush()
        if window.unwrittenBytes > configuration.maximumUnwrittenBytes {
            setReading(false, context)
        }
    }

    /// Reads again, or not, by what waits to be written and by the streams that are full.
    func updateReading(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        setReading(!pause.isActive && window.unwrittenBytes <= configuration.maximumUnwrittenBytes, context)
    }

    private func setReading(_ isReading: Bool, _ context: ChannelHandlerContext) {
        guard isReading != self.isReading else { return }
        self.isReading = isReading
        let channel = context.channel
        channel.setOption(.autoRead, value: isReading).whenFailure { _ in channel.close(promise: nil) }
    }

    /// Closes once what was written has left; a peer that does not read it has the time of a write stall.
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        flush(context)
        if window.unwrittenBytes == 0 { hangUp(context) }
    }

    private func hangUp(_ context: ChannelHandlerContext) {
        isHungUp = true
        context.close(promise: nil)
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
            self.log.notice("connection closed: a frame took too long", ["peer": "\(self.peer)"])
            self.hangUp(context)
        }
    }

    /// Gives each message that comes in pieces its time.
    private func watchPartialMessage(_ context: ChannelHandlerContext) {
        guard partialMessage == nil, context.channel.isActive, let oldest = connection.oldestUnfinished else { return }
        let left = ContinuousClock.now.duration(to: oldest + configuration.partialMessageTimeout)
        partialMessage = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(max(.zero, left))) {
            self.partialMessage = nil
            guard let oldest = self.connection.oldestUnfinished,
                oldest + self.configuration.partialMessageTimeout <= .now
            else { return self.watchPartialMessage(context) }
            self.log.notice("connection closed: a message took too long", ["peer": "\(self.peer)"])
            self.hangUp(context)
        }
    }

    /// Looks once in a while whether the peer reads, not at each write: the clock goes on while bytes are taken.
    private func watchWrites(_ context: ChannelHandlerContext) {
        guard writeStall == nil else { return }
        let due = lastWriteProgress + TimeAmount(configuration.writeStallTimeout)
        writeStall = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.writeStall = nil
            guard self.window.unwrittenBytes > 0, context.channel.isActive else { return }
            guard self.lastWriteProgress + TimeAmount(self.configuration.writeStallTimeout) <= context.eventLoop.now else {
                return self.watchWrites(context)
            }
            self.log.notice("connection closed: the peer does not read", ["peer": "\(self.peer)"])
            self.hangUp(context)
        }
    }
}
