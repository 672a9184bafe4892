import NIOCore
import Synchronization
import Wire

extension ServerHandler {
    /// Runs the handler of a stream.
    func serve(
        _ call: RunningCall, _ kind: StreamKind, by route: Router.Route, on stream: StreamID, _ request: RequestEnvelope,
        timeout: Duration, bytes: Int, _ context: ChannelHandlerContext
    ) {
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        let (router, load) = (router, load)
        let drain = DrainSignal()
        let requests = MessageBuffer(
            limits: configuration.streamBuffer, taken: taken(of: stream, context),
            roomMade: {
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.release(stream, context)
                }
            })
        call.streaming = RunningCall.Streaming(kind: kind, requests: requests, drain: drain, lastMessage: .now())
        // Where the client streams, a payload in the request is its first message, and none is none.
        if !kind.clientStreams || !request.payload.isEmpty { take(request.payload, on: stream, context) }
        if !kind.clientStreams || !connection.isOpen(stream) { requests.finish() }
        watchIdleness(of: stream, call, context)
        let server = ServerContext(
            method: request.method, metadata: request.metadata.withoutToken, deadline: .after(timeout), peer: peer,
            isFromThisMachine: isFromThisMachine, identity: identity, drain: drain)
        let answer = Answer()
        let responses = kind.serverStreams ? outbound(on: stream, context) : OutboundMessages(send: answer.set, finish: {})
        // The bridge from the event loop to structured code: one task for one call, ended by its deadline or with its connection.
        call.handler = Task {
            let failure = await router.serve(
                requests: InboundMessages(requests), responses: responses, by: route, context: server)
            requests.abandon()
            load.handlerEnded(bytes)
            eventLoop.execute {
                let (handler, context) = bound.value
                let ending = failure.map(ResponseEnvelope.failure) ?? (kind.serverStreams ? nil : answer.envelope)
                handler.ended(stream, with: ending, context)
            }
        }
    }

    /// What is done with what a stream's handler has taken, or let go: the server has room for it again, and the client its credit.
    private func taken(of stream: StreamID, _ context: ChannelHandlerContext) -> @Sendable (_ bytes: Int, _ credit: Int) -> Void {
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        let (load, all) = (load, credit)
        let own = CreditMeter(window: configuration.windows.stream)
        return { bytes, credit in
            load.release(bytes)
            guard credit > 0 else { return }
            let (due, dueOfAll) = (own.take(credit), all.take(credit))
            guard due > 0 || dueOfAll > 0 else { return }
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.perform(handler.connection.give(due, on: stream, connection: dueOfAll), context)
                handler.flush(context)
            }
        }
    }

    /// The one answer of a stream of requests.
    private final class Answer: Sendable {
        private let message = Mutex<[UInt8]?>(nil)

        @Sendable func set(_ message: [UInt8]) {
            self.message.withLock { $0 = message }
        }

        var envelope: ResponseEnvelope {
            message.withLock { $0 }.map(ResponseEnvelope.success)
                ?? .failure(RPCError(.internal, "the server failed; its log says why"))
        }
    }

    /// - Parameter ending: nil for a stream of answers that went well.
    private func ended(_ stream: StreamID, with ending: ResponseEnvelope?, _ context: ChannelHandlerContext) {
        release(stream, context)
        failWaiting(on: stream)
        if let ending {
            conclude(stream, with: ending, context)
        } else {
            forget(stream, as: .ok)
            perform(connection.streamEnded(stream), context)
        }
        flush(context)
    }

    // MARK: - From the client

    func deliver(_ message: [UInt8], credit: Int, to stream: StreamID, _ context: ChannelHandlerContext) {
        guard calls[stream]?.streaming != nil else { return drop(credit, context) }
        guard load.hold(message.count, isFromUnknown: isFromUnknown) else {
            drop(credit, context)
            return end(stream, with: RPCError(.resourceExhausted, ServerConnection.overloadReason), context)
        }
        take(message, credit: credit, on: stream, context)
    }

    /// Nobody takes a message; its stream has no use of the credit, but others have.
    private func drop(_ credit: Int, _ context: ChannelHandlerContext) {
        perform(connection.give(0, on: .control, connection: self.credit.take(credit)), context)
    }

    /// Has a message wait for the handler of its stream; the server has made room for it.
    private func take(_ message: [UInt8], credit: Int = 0, on stream: StreamID, _ context: ChannelHandlerContext) {
        guard let streaming = calls[stream]?.streaming else { return }
        calls[stream]?.streaming?.lastMessage = .now()
        calls[stream]?.receivedBytes += message.count
        guard streaming.requests.append(message, credit: credit), streaming.kind.clientStreams,
            !connection.features.contains(.window)
        else { return }
        pause.filled(stream, at: .now)
        updateReading(context)
        watchPause(context)
    }

    /// A stream has room again, or is over.
    func release(_ stream: StreamID, _ context: ChannelHandlerContext) {
        guard pause.isActive else { return }
        pause.released(stream)
        guard !pause.isActive, context.channel.isActive else { return }
        updateReading(context)
        readFrames(context)
        flush(context)
    }

    /// Ends the streams that have held up their connection for too long.
    private func watchPause(_ context: ChannelHandlerContext) {
        guard pauseEnd == nil, let overdue = pause.nextOverdue else { return }
        let wait = max(.zero, ContinuousClock.now.duration(to: overdue))
        pauseEnd = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in
            guard let self else { return }
            pauseEnd = nil
            for stream in pause.overdue(at: .now) {
                end(stream, with: RPCError(.resourceExhausted, "the messages come faster than they are taken"), context)
            }
            watchPause(context)
        }
    }

    private func watchIdleness(of stream: StreamID, _ call: RunningCall, _ context: ChannelHandlerContext) {
        guard let streaming = call.streaming else { return }
        let due = streaming.lastMessage + TimeAmount(configuration.streamIdleTimeout)
        call.streaming?.idle = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self, weak call] in
            guard let self, let call, let last = call.streaming?.lastMessage else { return }
            guard last + TimeAmount(configuration.streamIdleTimeout) <= .now() else {
                return watchIdleness(of: stream, call, context)
            }
            end(stream, with: RPCError(.deadlineExceeded, "no message came or went for too long"), context)
        }
    }

    // MARK: - To the client

    private func outbound(on stream: StreamID, _ context: ChannelHandlerContext) -> OutboundMessages {
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        return OutboundMessages(
            send: { payload in
                let written = eventLoop.makePromise(of: Void.self)
                try await withTaskCancellationHandler {
                    eventLoop.execute {
                        let (handler, context) = bound.value
                        handler.send(payload, on: stream, written, context)
                    }
                    try await written.futureResult.get()
                } onCancel: {
                    // The message may still be written; nobody waits for it.
                    written.fail(Self.cancelled)
                }
            }, finish: {})
    }

    private static let cancelled = RPCError(.cancelled, "the call is over")

    private func tooLong(_ payload: [UInt8]) -> RPCError {
        RPCError(
            .resourceExhausted, "the message is \(payload.count) bytes; at most \(connection.maximumMessageBytes) are sent")
    }

    func send(
        _ payload: [UInt8], on stream: StreamID, _ written: EventLoopPromise<Void>, _ context: ChannelHandlerContext
    ) {
        guard connection.isAwaited(stream) else { return written.fail(Self.cancelled) }
        guard payload.count <= connection.maximumMessageBytes else { return written.fail(tooLong(payload)) }
        window.wait(
            WaitingMessage(stream: stream, payload: payload, written: written), of: stream,
            bytes: FrameHeader.byteCount + payload.count)
        sendWaiting(context)
    }

    /// Writes the messages for which there is room.
    func sendWaiting(_ context: ChannelHandlerContext) {
        while let message = window.next({ connection.leave(toSend: $1, on: $0) }) {
            calls[message.stream]?.streaming?.lastMessage = .now()
            calls[message.stream]?.sentBytes += message.payload.count
            perform(connection.send(message.payload, on: message.stream), context)
            message.written.succeed()
        }
        flush(context)
    }

    func failWaiting(on stream: StreamID) {
        for message in window.remove(where: { $0.stream == stream }) { message.written.fail(Self.cancelled) }
    }
}
