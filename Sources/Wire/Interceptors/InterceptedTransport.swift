extension ClientTransport {
    /// The same, with interceptors before it; itself where there are none.
    public func intercepted(by interceptors: [any ClientInterceptor]) -> any ClientTransport {
        interceptors.isEmpty ? self : InterceptedTransport(transport: self, interceptors: interceptors)
    }
}

/// Has calls pass interceptors on their way to what carries them.
struct InterceptedTransport: ClientTransport {
    let transport: any ClientTransport
    let interceptors: [any ClientInterceptor]

    var defaultTimeout: Duration { transport.defaultTimeout }

    func call(_ method: MethodDescriptor, payload: [UInt8], options: CallOptions) async throws -> [UInt8] {
        var options = options
        options.deadline = options.deadline ?? .after(defaultTimeout)
        return try await ending { ending in
            let answer = try await interceptors.pass(ClientCall(method, nil, options, ending)) { call in
                call.observers.tell(.request, payload)
                let answer = try await transport.call(method, payload: payload, options: call.options)
                call.observers.tell(.response, answer)
                return answer
            }
            ending.end(nil)
            return answer
        }
    }

    func open(
        _ method: MethodDescriptor, _ kind: StreamKind, payload: [UInt8]?, options: CallOptions
    ) async throws -> StreamingCall {
        try await ending { ending in
            try await interceptors.pass(ClientCall(method, kind, options, ending)) { call in
                if let payload { call.observers.tell(.request, payload) }
                let stream = try await transport.open(method, kind, payload: payload, options: call.options)
                return observed(stream, kind, by: call.observers, ending)
            }
        }
    }

    /// Has a call that does not come to its end by itself end with what is thrown.
    private func ending<Answer>(_ body: (CallEnding) async throws -> Answer) async throws -> Answer {
        let ending = CallEnding()
        do {
            return try await body(ending)
        } catch {
            ending.end(error as? RPCError ?? RPCError(.unknown, "an interceptor failed", cause: error))
            throw error
        }
    }

    private func observed(
        _ stream: StreamingCall, _ kind: StreamKind, by observers: [MessageObserver], _ ending: CallEnding
    ) -> StreamingCall {
        StreamingCall(
            requests: observers.isEmpty ? stream.requests : stream.requests.observed { observers.tell(.request, $0) },
            responses: stream.responses.observed(
                message: { message in
                    observers.tell(.response, message)
                    // A call with one response is over with it; nobody waits for more.
                    if !kind.serverStreams { ending.end(nil) }
                }, ended: { ending.end($0) }))
    }
}
