/// Stands between callers and what carries their calls, of all methods and of every kind.
///
/// Interceptors come one after the other: the first sees a call first. A call is what its caller makes: where several attempts are made at it,
/// they see one.
public protocol ClientInterceptor: Sendable {
    /// Has a call go on, or does not.
    ///
    /// - Parameters:
    ///   - call: which may be handed on with another deadline, with other metadata, or with an observer of its messages.
    ///   - next: the interceptors that follow, and then the call itself. A unary call is over when it returns; a stream has only begun, and
    ///     ``ClientCall/onEnd(_:)`` tells of its end. It is called once at most.
    /// - Returns: what `next` did.
    /// - Throws: what `next` threw, or an ``RPCError`` of its own; refused where `next` was not called.
    func intercept<Answer: Sendable>(
        _ call: ClientCall, next: (ClientCall) async throws -> Answer
    ) async throws -> Answer
}

/// A call on its way to a server.
public struct ClientCall: Sendable {
    public let method: MethodDescriptor
    /// Which side of it streams; nil for a unary call.
    public let kind: StreamKind?
    /// A unary call always has a deadline.
    public var options: CallOptions
    private(set) var observers: [MessageObserver] = []
    private let ending: CallEnding

    init(_ method: MethodDescriptor, _ kind: StreamKind?, _ options: CallOptions, _ ending: CallEnding) {
        self.method = method
        self.kind = kind
        self.options = options
        self.ending = ending
    }

    /// Has each message of the call told as it is handed over, a unary call's two as well.
    public mutating func observe(_ observer: @escaping MessageObserver) {
        observers.append(observer)
    }

    /// Runs something once, when the call is over for its caller; at once where it is.
    ///
    /// - Parameter body: gets why it failed, nil where it went well. A stream that was let go before its end is `CANCELLED`.
    public func onEnd(_ body: @escaping @Sendable (RPCError?) -> Void) {
        ending.onEnd(body)
    }
}

extension [any ClientInterceptor] {
    /// Has a call pass all of them, in order.
    func pass<Answer: Sendable>(
        _ call: ClientCall, from first: Int = 0, to transport: (ClientCall) async throws -> Answer
    ) async throws -> Answer {
        guard first < count else { return try await transport(call) }
        return try await self[first].intercept(call) { call in
            try await pass(call, from: first + 1, to: transport)
        }
    }
}
