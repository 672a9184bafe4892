/// Carries calls to a peer: over TCP in production, in process in tests.
public protocol ClientTransport: Sendable {
    /// What a unary call gets whose caller gave no deadline.
    var defaultTimeout: Duration { get }

    /// Sends one request and returns the bytes of its response.
    ///
    /// - Throws: ``RPCError`` with the peer's status, or `UNAVAILABLE`, `DEADLINE_EXCEEDED`, `CANCELLED` for what happened on the way.
    func call(_ method: MethodDescriptor, payload: [UInt8], options: CallOptions) async throws -> [UInt8]

    /// Begins a streaming call and returns once its request has been written.
    ///
    /// - Parameter payload: the request of a call with one; nil for the other kinds, whose messages are sent one by one.
    /// - Throws: ``RPCError`` where the call could not begin. How it ends is learnt from ``StreamingCall/responses``.
    func open(
        _ method: MethodDescriptor, _ kind: StreamKind, payload: [UInt8]?, options: CallOptions
    ) async throws -> StreamingCall
}

/// What a caller may say about one call.
public struct CallOptions: Sendable {
    /// When the caller stops waiting; without one the transport's default timeout holds for unary calls, and the server's for streams.
    public var deadline: Deadline?
    public var metadata: Metadata
    /// How long a stream may be silent before its server is taken for dead and it ends as `UNAVAILABLE`; nil waits as long as it takes.
    public var silence: Duration?
    /// Whether a call waits, within its deadline, where all servers of a pool say that they take no calls; otherwise it is `UNAVAILABLE` and
    /// refused at once. For a connection that is being made a call waits in any case.
    public var waitsForReady: Bool

    public init(
        deadline: Deadline? = nil, metadata: Metadata = Metadata(), silence: Duration? = nil, waitsForReady: Bool = false
    ) {
        self.deadline = deadline
        self.metadata = metadata
        self.silence = silence
        self.waitsForReady = waitsForReady
    }

    /// Options with nothing but a deadline `timeout` from now.
    public static func timeout(_ timeout: Duration) -> CallOptions {
        CallOptions(deadline: .after(timeout))
    }
}
