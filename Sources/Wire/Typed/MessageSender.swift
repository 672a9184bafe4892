/// Sends a call's messages to its other side.
public struct MessageSender<Message: WireMessage>: Sendable {
    private let messages: OutboundMessages
    private let write: @Sendable (Message) throws(RPCError) -> [UInt8]

    init(_ messages: OutboundMessages, _ write: @escaping @Sendable (Message) throws(RPCError) -> [UInt8]) {
        self.messages = messages
        self.write = write
    }

    /// Sends a message once the connection has room for it, and returns when the message has been written to it.
    ///
    /// - Throws: ``RPCError`` when the call is over, or for a message that cannot be written or is too long to be sent.
    public func send(_ message: Message) async throws {
        try await messages.send(try write(message))
    }

    /// Says that no more messages come. A server's messages end when its handler does, without this.
    public func finish() {
        messages.finish()
    }
}

/// A call with any number of requests and one response, as its client holds it.
public struct Upload<Request: WireMessage, Response: WireMessage>: Sendable {
    public let requests: MessageSender<Request>
    private let responses: MessageStream<Response>

    init(requests: MessageSender<Request>, responses: MessageStream<Response>) {
        self.requests = requests
        self.responses = responses
    }

    /// Says that no more requests come, and waits for the response.
    public func response() async throws -> Response {
        requests.finish()
        for try await response in responses { return response }
        throw RPCError(.internal, "the server answered with no \(Response.typeName)")
    }
}

/// A call with any number of requests and responses, as its client holds it.
public struct Exchange<Request: WireMessage, Response: WireMessage>: Sendable {
    public let requests: MessageSender<Request>
    /// Letting go of it ends the call for the client.
    public let responses: MessageStream<Response>

    init(requests: MessageSender<Request>, responses: MessageStream<Response>) {
        self.requests = requests
        self.responses = responses
    }
}
