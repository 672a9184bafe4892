/// Sends a call's messages to its other side.
public struct OutboundMessages: Sendable {
    private let sending: @Sendable ([UInt8]) async throws -> Void
    private let finishing: @Sendable () -> Void

    /// - Parameters:
    ///   - send: sends one message, and returns when there is room for the next.
    ///   - finish: says that nothing more comes.
    public init(send: @escaping @Sendable ([UInt8]) async throws -> Void, finish: @escaping @Sendable () -> Void) {
        sending = send
        finishing = finish
    }

    /// Sends a message once the connection has room for it, and returns when the message has been written to it.
    ///
    /// - Throws: ``RPCError`` when the call is over, and `RESOURCE_EXHAUSTED` for a message that is too long to be sent.
    public func send(_ message: [UInt8]) async throws {
        try await sending(message)
    }

    /// The same, with somebody told of each message that has been sent.
    func observed(_ observer: @escaping @Sendable ([UInt8]) -> Void) -> OutboundMessages {
        OutboundMessages(
            send: { [sending] message in
                try await sending(message)
                observer(message)
            }, finish: finishing)
    }

    /// Says that no more messages come. A server's messages end when its handler does, without this.
    public func finish() {
        finishing()
    }
}

/// A streaming call as its client holds it.
public struct StreamingCall: Sendable {
    /// To the server; of no use in a call with one request, which has been sent.
    public let requests: OutboundMessages
    /// From the server. Letting go of it ends the call for the client.
    public let responses: InboundMessages

    public init(requests: OutboundMessages, responses: InboundMessages) {
        self.requests = requests
        self.responses = responses
    }
}
