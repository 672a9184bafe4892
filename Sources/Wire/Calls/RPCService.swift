/// Something a server can serve: it takes a method's request bytes and returns its response bytes.
///
/// The generated `…Server` types conform to it around an implementation that deals in values.
public protocol RPCService: Sendable {
    /// Full protobuf name of the service.
    var name: String { get }
    /// Bare names of the methods that take one message and answer with one.
    var methods: [String] { get }
    /// Its other methods, and which side of them sends messages one after the other.
    var streams: [String: StreamKind] { get }
    /// Answers one unary call.
    ///
    /// A server may begin a handler on the thread that reads its connection, up to where it first waits. What takes longer than that thread's
    /// other connections should notice is done after a wait, as all is that needs a database, or by another thread.
    ///
    /// - Throws: ``RPCError`` to choose what the caller sees; `UNIMPLEMENTED` for a method not in ``methods``.
    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8]
    /// Serves one streaming call; the call ends when this returns. A call with one request brings it as the only message of `requests`,
    /// and one with one response is answered by the only message that is sent.
    ///
    /// A handler that has no end of its own comes to one when ``ServerContext/drain`` begins.
    ///
    /// - Throws: ``RPCError`` to choose what the caller sees; `UNIMPLEMENTED` for a method not in ``streams``.
    func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws
}

extension RPCService {
    /// None.
    public var streams: [String: StreamKind] { [:] }

    /// There is no such method.
    public func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        throw RPCError(.unimplemented, "\(name) has no streaming method \(method.echoed)")
    }
}

/// What a handler knows of the call it answers.
public struct ServerContext: Sendable {
    public let method: MethodDescriptor
    public var metadata: Metadata
    /// When the caller stops waiting; a server gives every call one, whether its caller did or not.
    public let deadline: Deadline
    /// Who calls, as an address.
    public let peer: String
    /// Whether the caller is a process of the same machine.
    public let isFromThisMachine: Bool
    /// Who the caller has proved to be; unknown where the server does not ask.
    public let identity: PeerIdentity
    /// Begins when the server shuts down, for handlers of streams; unary calls are waited for.
    public let drain: DrainSignal

    public init(
        method: MethodDescriptor, metadata: Metadata, deadline: Deadline, peer: String, isFromThisMachine: Bool = false,
        identity: PeerIdentity = .unknown, drain: DrainSignal = DrainSignal()
    ) {
        self.method = method
        self.metadata = metadata
        self.deadline = deadline
        self.peer = peer
        self.isFromThisMachine = isFromThisMachine
        self.identity = identity
        self.drain = drain
    }
}
