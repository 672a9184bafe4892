/// What every generated server does between the bytes and the values of a stream.
package enum StreamingMethod {
    /// Serves a call with one request and any number of responses.
    package static func follow<Request: WireMessage, Response: WireMessage>(
        _ requests: InboundMessages, _ responses: OutboundMessages,
        _ body: (Request, MessageSender<Response>) async throws -> Void
    ) async throws {
        var iterator = requests.makeAsyncIterator()
        guard let payload = try await iterator.next() else {
            throw RPCError(.invalidArgument, "\(Request.typeName): the request is missing")
        }
        try await body(try UnaryCall.request(payload), sender(responses))
    }

    /// Serves a call with any number of requests and one response.
    package static func upload<Request: WireMessage, Response: WireMessage>(
        _ requests: InboundMessages, _ responses: OutboundMessages, _ body: (MessageStream<Request>) async throws -> Response
    ) async throws {
        try await responses.send(try UnaryCall.answer(try await body(stream(requests))))
    }

    /// Serves a call with any number of both.
    package static func exchange<Request: WireMessage, Response: WireMessage>(
        _ requests: InboundMessages, _ responses: OutboundMessages,
        _ body: (MessageStream<Request>, MessageSender<Response>) async throws -> Void
    ) async throws {
        try await body(stream(requests), sender(responses))
    }

    private static func stream<Request: WireMessage>(_ requests: InboundMessages) -> MessageStream<Request> {
        MessageStream(requests) { (bytes) throws(RPCError) in try UnaryCall.request(bytes) }
    }

    private static func sender<Response: WireMessage>(_ responses: OutboundMessages) -> MessageSender<Response> {
        MessageSender(responses) { (response) throws(RPCError) in try UnaryCall.answer(response) }
    }
}
