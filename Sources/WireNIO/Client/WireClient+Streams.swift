import NIOCore
public import Wire

extension WireClient {
    /// Begins a stream over the connection, once there is one.
    ///
    /// A stream whose responses are let go before their end, or which ends at its deadline, is cancelled. A plain peer has no word for that: the
    /// stream goes on there until one of the server's limits or the end of the connection. After sixteen of them the client makes a new one.
    public func open(
        _ method: MethodDescriptor, _ kind: StreamKind, payload: [UInt8]?, options: CallOptions
    ) async throws -> StreamingCall {
        try configuration.check(payload ?? [])
        let begin = options.deadline ?? .after(configuration.defaultTimeout)
        while true {
            let link = try await connected(by: begin)
            guard begin.remaining > .zero else { throw Self.late(isRefused: true) }
            do {
                return try await open(method, kind, payload: payload, options: options, over: link)
            } catch is ClientHandler.Unseen {
                // Nobody has seen the request, and it may have time for another connection.
                abandon(link)
            }
        }
    }

    /// Begins a stream over one connection.
    ///
    /// - Parameter ended: told once how a stream that has begun ended; nil where it went well.
    /// - Throws: ``ClientHandler/Unseen`` where the connection takes no more calls: nobody has seen the request then.
    func open(
        _ method: MethodDescriptor, _ kind: StreamKind, payload: [UInt8]?, options: CallOptions, over link: Link,
        ended: @escaping @Sendable (RPCError?) -> Void = { _ in }
    ) async throws -> StreamingCall {
        let request = RequestEnvelope(
            method: method, payload: payload ?? [],
            timeoutNanoseconds: options.deadline.map { max(1, $0.remaining.clampedNanoseconds) } ?? 0,
            metadata: withToken(options.metadata))
        let call = nextCall()
        let eventLoop = link.channel.eventLoop
        let bound = link.handler
        let responses = MessageBuffer(
            limits: configuration.streamBuffer, taken: taken(of: call, over: link),
            roomMade: {
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.release(call, context)
                }
            },
            abandoned: {
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.giveUp(call, because: Self.cancelled(), context)
                }
            })
        // Let go of where the call cannot begin.
        let inbound = InboundMessages(responses)
        let opened = eventLoop.makePromise(of: Void.self)
        eventLoop.execute {
            let (handler, context) = bound.value
            let silence = options.silence.map { TimeAmount($0) }
            let stream = OpenStream(responses: responses, silence: silence, ended: ended)
            handler.open(request, as: call, kind, stream, deadline: options.deadline, opened: opened, context: context)
        }
        try await opened.futureResult.get()
        return StreamingCall(requests: outbound(of: call, kind, over: link), responses: inbound)
    }

    /// What is done with what a stream's caller has taken, or let go: the server has its credit back.
    private func taken(
        of call: ClientConnection.CallID, over link: Link
    ) -> @Sendable (_ bytes: Int, _ credit: Int) -> Void {
        let eventLoop = link.channel.eventLoop
        let bound = link.handler
        let own = CreditMeter(window: configuration.windows.stream)
        let all = link.credit
        return { _, credit in
            guard credit > 0 else { return }
            let (due, dueOfAll) = (own.take(credit), all.take(credit))
            guard due > 0 || dueOfAll > 0 else { return }
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.perform(handler.connection.give(due, on: call, connection: dueOfAll), context)
                handler.flush(context)
            }
        }
    }

    private func outbound(of call: ClientConnection.CallID, _ kind: StreamKind, over link: Link) -> OutboundMessages {
        guard kind.clientStreams else {
            let error = RPCError(.failedPrecondition, "the call has one request, which has been sent")
            return OutboundMessages(send: { _ in throw error }, finish: {})
        }
        let eventLoop = link.channel.eventLoop
        let bound = link.handler
        return OutboundMessages(
            send: { [self] payload in
                try configuration.check(payload)
                let written = eventLoop.makePromise(of: Void.self)
                try await withTaskCancellationHandler {
                    eventLoop.execute {
                        let (handler, context) = bound.value
                        handler.send(payload, on: call, written, context)
                    }
                    try await written.futureResult.get()
                } onCancel: {
                    // The message may still be written; nobody waits for it.
                    written.fail(Self.cancelled())
                }
            },
            finish: {
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.finishSending(on: call, context)
                }
            })
    }
}
