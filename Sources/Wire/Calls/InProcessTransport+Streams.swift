extension InProcessTransport {
    /// Begins a stream whose messages pass two bounded buffers. Its handler ends with the deadline, or when the responses are let go.
    public func open(
        _ method: MethodDescriptor, _ kind: StreamKind, payload: [UInt8]?, options: CallOptions
    ) async throws -> StreamingCall {
        let deadline = options.deadline ?? .after(defaultStreamTimeout)
        guard !Task.isCancelled else { throw RPCError(.cancelled, "the caller gave up") }
        guard !deadline.hasPassed else { throw RPCError(.deadlineExceeded, "no answer came in time") }
        guard let route = router.route(of: method), route.kind != nil else {
            return Self.over(RPCError(.unimplemented, "no streaming method \(method.method.echoed) here", isRefused: true))
        }
        let context = ServerContext(
            method: method, metadata: options.metadata, deadline: deadline, peer: "in process", isFromThisMachine: true)
        let requests = MessageBuffer(limits: .init())
        if let payload { requests.append(payload) }
        if !kind.clientStreams { requests.finish() }
        let handler = TaskHold()
        let responses = MessageBuffer(limits: .init(), abandoned: { handler.cancel() })
        let outbound = OutboundMessages(send: { try await responses.send($0) }, finish: {})
        let router = router
        // The bridge from a call that returns at once to a handler that goes on: it ends by the deadline, or with its caller.
        handler.hold(
            Task {
                let failure = await withTaskGroup(of: RPCError?.self) { group in
                    group.addTask {
                        await router.serve(
                            requests: InboundMessages(requests), responses: outbound, by: route, context: context)
                    }
                    group.addTask {
                        do {
                            try await Task.sleep(until: deadline.instant, clock: .continuous)
                            return RPCError(.deadlineExceeded, "the stream has lasted as long as it may")
                        } catch {
                            return RPCError(.cancelled, "the caller gave up")
                        }
                    }
                    defer { group.cancelAll() }
                    return await group.next() ?? nil
                }
                requests.abandon()
                responses.finish(failure.map(\.asTravelled))
            })

        return StreamingCall(
            requests: OutboundMessages(send: { try await requests.send($0) }, finish: { requests.finish() }),
            responses: InboundMessages(responses))
    }

    /// A call that has failed before it began.
    private static func over(_ error: RPCError) -> StreamingCall {
        let responses = MessageBuffer(limits: .init())
        responses.finish(error)
        return StreamingCall(
            requests: OutboundMessages(send: { _ in throw error }, finish: {}), responses: InboundMessages(responses))
    }
}
