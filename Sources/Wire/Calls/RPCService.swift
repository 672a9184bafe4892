/// Something a server can serve: it takes a method's request bytes and returns its response bytes.
///
/// The generated `…Server` types conform to it around an implementation that deals in values.
public protocol RPCService: Sendable {
    /// Full protobuf name of the service.
    var name: String { get }
    /// Bare names of the methods it answers.
    var methods: [String] { get }
    /// Answers one unary call.
    ///
    /// - Throws: ``RPCError`` to choose what the caller sees; `UNIMPLEMENTED` for a method not in ``methods``.
    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8]
}

/// What a handler knows of the call it answers.
public struct ServerContext: Sendable {
    public let method: MethodDescriptor
    public let metadata: Metadata
    /// When the caller stops waiting; a server gives every call one, whether its caller did or not.
    public let deadline: Deadline
    /// Who calls, as an address.
    public let peer: String

    public init(method: MethodDescriptor, metadata: Metadata, deadline: Deadline, peer: String) {
        self.method = method
        self.metadata = metadata
        self.deadline = deadline
        self.peer = peer
    }
}
