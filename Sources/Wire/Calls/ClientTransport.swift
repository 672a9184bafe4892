/// Carries unary calls to a peer: over TCP in production, in process in tests.
public protocol ClientTransport: Sendable {
    /// Sends one request and returns the bytes of its response.
    ///
    /// - Throws: ``RPCError`` with the peer's status, or `UNAVAILABLE`, `DEADLINE_EXCEEDED`, `CANCELLED` for what happened on the way.
    func call(_ method: MethodDescriptor, payload: [UInt8], options: CallOptions) async throws -> [UInt8]
}

/// What a caller may say about one call.
public struct CallOptions: Sendable {
    /// When the caller stops waiting; without one the transport's default timeout holds.
    public var deadline: Deadline?
    public var metadata: Metadata

    public init(deadline: Deadline? = nil, metadata: Metadata = Metadata()) {
        self.deadline = deadline
        self.metadata = metadata
    }

    /// Options with nothing but a deadline `timeout` from now.
    public static func timeout(_ timeout: Duration) -> CallOptions {
        CallOptions(deadline: .after(timeout))
    }
}
