/// Stands between a server and the handlers of its methods, of all of them and of every kind.
///
/// A server's interceptors come one after the other: the first sees a call first, and its end last. They see calls of methods that are there,
/// and that were let in; what a connection turns away by itself, no interceptor sees.
public protocol ServerInterceptor: Sendable {
    /// Has a call go on, or does not.
    ///
    /// - Parameters:
    ///   - call: which may be handed on with other metadata, or with an observer of its messages.
    ///   - next: the interceptors that follow, and then the handler; it is over when the handler is. It is called once at most.
    /// - Returns: what `next` did.
    /// - Throws: what `next` threw, or an ``RPCError`` to choose what the caller sees; refused where `next` was not called.
    func intercept<Answer: Sendable>(
        _ call: ServerCall, next: (ServerCall) async throws -> Answer
    ) async throws -> Answer
}

/// A call on its way to its handler.
public struct ServerCall: Sendable {
    /// What the handler will know of it.
    public var context: ServerContext
    /// Which side of it streams; nil for a unary call.
    public let kind: StreamKind?
    private(set) var observers: [MessageObserver] = []

    init(_ context: ServerContext, _ kind: StreamKind?) {
        self.context = context
        self.kind = kind
    }

    public var method: MethodDescriptor { context.method }

    /// Has each message of the call told as it is handed over, a unary call's two as well.
    public mutating func observe(_ observer: @escaping MessageObserver) {
        observers.append(observer)
    }
}

/// Told of a message of a call on its way: which side sends it, and its bytes. It holds the call up while it runs.
public typealias MessageObserver = @Sendable (MessageDirection, [UInt8]) -> Void

/// Which way a message of a call goes.
public enum MessageDirection: String, Sendable, Hashable, CaseIterable {
    /// To the server.
    case request
    /// To the client.
    case response
}

extension [any ServerInterceptor] {
    /// Has a call pass all of them, in order.
    func pass<Answer: Sendable>(
        _ call: ServerCall, from first: Int = 0, to handler: (ServerCall) async throws -> Answer
    ) async throws -> Answer {
        guard first < count else { return try await handler(call) }
        return try await self[first].intercept(call) { call in
            try await pass(call, from: first + 1, to: handler)
        }
    }
}

extension [MessageObserver] {
    func tell(_ direction: MessageDirection, _ message: [UInt8]) {
        for observer in self { observer(direction, message) }
    }
}
