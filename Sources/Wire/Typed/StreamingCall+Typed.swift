extension ClientTransport {
    /// Begins a call with one request and any number of responses.
    package func follow<Request: WireMessage, Response: WireMessage>(
        _ method: MethodDescriptor, _ request: Request, options: CallOptions
    ) async throws -> MessageStream<Response> {
        let payload = try UnaryCall.payload(request)
        return Self.responses(try await open(method, .serverStreaming, payload: payload, options: options), of: method)
    }

    /// Begins a call with any number of requests and one response.
    package func upload<Request: WireMessage, Response: WireMessage>(
        _ method: MethodDescriptor, options: CallOptions
    ) async throws -> Upload<Request, Response> {
        let call = try await open(method, .clientStreaming, payload: nil, options: options)
        return Upload(requests: MessageSender(call.requests, Self.write), responses: Self.responses(call, of: method))
    }

    /// Begins a call with any number of both.
    package func exchange<Request: WireMessage, Response: WireMessage>(
        _ method: MethodDescriptor, options: CallOptions
    ) async throws -> Exchange<Request, Response> {
        let call = try await open(method, .bidirectional, payload: nil, options: options)
        return Exchange(requests: MessageSender(call.requests, Self.write), responses: Self.responses(call, of: method))
    }

    private static func responses<Response: WireMessage>(
        _ call: StreamingCall, of method: MethodDescriptor
    ) -> MessageStream<Response> {
        MessageStream(call.responses) { (bytes) throws(RPCError) in try UnaryCall.response(bytes, of: method) }
    }

    private static func write<Request: WireMessage>(_ request: Request) throws(RPCError) -> [UInt8] {
        try UnaryCall.payload(request)
    }
}
