import Logging
import NIOCore
import Wire

extension ServerHandler {
    func start(
        _ stream: StreamID, _ request: RequestEnvelope, _ side: ServerConnection.ClientSide, _ context: ChannelHandlerContext
    ) {
        if let refusal = access?.refusal(of: request) {
            tellRefusal(refusal, of: request.method)
            return refuse(stream, refusal, context)
        }
        let route = router.route(of: request.method)
        let kind = route?.kind
        guard kind == nil || side != .unary else { return refuse(stream, Self.streaming, context) }
        let timeout = timeout(of: request, kind)
        guard timeout > .zero else {
            return refuse(stream, RPCError(.deadlineExceeded, "the caller's time was over"), context)
        }
        let bytes = request.payload.count + request.metadata.byteCount
        let messageBytes = kind == nil ? 0 : request.payload.count
        guard load.beginHandler(bytes, messageBytes: messageBytes, isFromUnknown: isFromUnknown) else {
            return refuse(stream, Self.overloaded, context)
        }
        let call = RunningCall(countedIn: route == nil ? nil : load.counts(of: request.method))
        calls[stream] = call
        // The time counts from the request's arrival: what the handler does at once is within it.
        let deadline = context.eventLoop.now + TimeAmount(timeout)
        call.deadline = deadline
        watchDeadlines(from: deadline, context)
        if let route, let kind {
            serve(call, kind, by: route, on: stream, request, timeout: timeout, bytes: bytes, context)
        } else {
            answer(call, by: route, on: stream, request, timeout: timeout, bytes: bytes, context)
        }
    }

    private func watchDeadlines(from deadline: NIODeadline, _ context: ChannelHandlerContext) {
        deadlines.set(to: deadline, on: context.eventLoop.assumeIsolated()) { [weak self] in
            guard let self else { return }
            deadlines.stop()
            let now = context.eventLoop.now
            let overdue = calls.filter { $0.value.deadline.map { $0 <= now } ?? false }.keys
            for stream in overdue {
                // It is due once, whatever becomes of it.
                calls[stream]?.deadline = nil
                end(stream, with: RPCError(.deadlineExceeded, "the call took longer than its caller waits"), context)
            }
            guard let next = calls.values.compactMap(\.deadline).min() else { return }
            watchDeadlines(from: next, context)
        }
    }

    /// Who the peer has proved to be.
    var identity: PeerIdentity { access?.peer ?? .unknown }
    /// Whether it has been asked, and has not told.
    var isFromUnknown: Bool { access?.peer.isUnknown == true }

    private func tellRefusal(_ refusal: RPCError, of method: MethodDescriptor) {
        // Asking for a method that is not there is how clients find out whether the server is.
        guard router.route(of: method) != nil else { return }
        log.notice(
            "call refused: by who calls",
            ["peer": "\(peer)", "identity": "\(identity)", "method": "\(method)", "code": "\(refusal.code.name)"])
    }

    private func refuse(_ stream: StreamID, _ error: RPCError, _ context: ChannelHandlerContext) {
        perform(connection.handlerEnded(stream, with: .failure(error)), context)
    }

    /// Bytes of a request whose handler begins on its connection's thread.
    private static let shortRequest = 16 << 10

    static let overloaded = RPCError(.resourceExhausted, ServerConnection.overloadReason, isRefused: true)
    private static let streaming = RPCError(
        .invalidArgument, "the method streams; its request has flag 1 or 2", isRefused: true)

    private func timeout(of request: RequestEnvelope, _ kind: StreamKind?) -> Duration {
        let (byDefault, atMost) =
            kind == nil
            ? (configuration.defaultTimeout, configuration.maximumTimeout)
            : (configuration.defaultStreamTimeout, configuration.maximumStreamTimeout)
        guard request.timeoutNanoseconds != 0 else { return byDefault }
        return min(.nanoseconds(request.timeoutNanoseconds), atMost)
    }

    private func answer(
        _ call: RunningCall, by route: Router.Route?, on stream: StreamID, _ request: RequestEnvelope, timeout: Duration,
        bytes: Int, _ context: ChannelHandlerContext
    ) {
        let server = ServerContext(
            method: request.method, metadata: request.metadata.withoutToken, deadline: .after(timeout), peer: peer,
            isFromThisMachine: isFromThisMachine, identity: identity)
        call.receivedBytes = request.payload.count
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        let (router, load, readyAnswers) = (router, load, readyAnswers)
        // The bridge from the event loop to structured code: one task for one call, ended by its deadline or with its connection.
        let answering: @concurrent @Sendable () async -> Void = {
            let answer = await router.answer(request.payload, by: route, context: server)
            load.handlerEnded(bytes)
            guard readyAnswers.add(stream, answer) else { return }
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.concludeReady(context)
            }
        }
        // What handlers do before they first wait takes less time than to wake another thread for it.
        call.handler = bytes <= Self.shortRequest ? Task.immediate(operation: answering) : Task(operation: answering)
    }

    /// Writes the answers of all handlers that have ended meanwhile, and sends them off together.
    private func concludeReady(_ context: ChannelHandlerContext) {
        for (stream, answer) in readyAnswers.take() { conclude(stream, with: answer, context) }
        flush(context)
    }

    /// A handler has ended with an answer.
    func conclude(_ stream: StreamID, with answer: ResponseEnvelope, _ context: ChannelHandlerContext) {
        let actions = connection.handlerEnded(stream, with: answer)
        let written = actions.lazy.compactMap { if case .write(let frame) = $0 { frame.payload.count } else { nil } }.first
        // Nothing is written to a caller who has had an answer, and of an answer that is too long only that it is.
        let isWhole = written.map { $0 >= answer.payloadByteCount }
        if isWhole == true { calls[stream]?.sentBytes += answer.payloadByteCount }
        forget(stream, as: isWhole == false ? .resourceExhausted : answer.code)
        perform(actions, context)
    }

    /// A handler has ended.
    func forget(_ stream: StreamID, as code: StatusCode) {
        calls.removeValue(forKey: stream)?.end(as: code)
    }

    /// Answers a caller who has had no answer, and whose handler has not ended. The handler is told to stop, and counts until it has.
    func end(_ stream: StreamID, with error: RPCError, _ context: ChannelHandlerContext) {
        guard connection.isAwaited(stream) else { return }
        calls[stream]?.ending = error.code
        perform(connection.end(stream, with: error), context)
        flush(context)
    }

    /// Tells a handler to stop whose caller has had its answer, or has gone.
    func halt(_ stream: StreamID, _ context: ChannelHandlerContext) {
        guard let call = calls[stream] else { return }
        call.ending = call.ending ?? .cancelled
        call.stopClocks()
        call.handler?.cancel()
        if let requests = call.streaming?.requests {
            requests.finish(RPCError(.cancelled, "the call was cancelled"), isOver: true)
            failWaiting(on: stream)
            release(stream, context)
        }
    }
}
