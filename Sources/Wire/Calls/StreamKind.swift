/// Which side of a streaming call sends messages one after the other instead of one.
public enum StreamKind: Sendable, Hashable, CaseIterable {
    /// One request, any number of answers.
    case serverStreaming
    /// Any number of requests, one answer.
    case clientStreaming
    /// Any number of both, in whatever order the two sides choose.
    case bidirectional

    /// Whether the client may send more than one message.
    public var clientStreams: Bool { self != .serverStreaming }
    /// Whether the server may send more than one message.
    public var serverStreams: Bool { self != .clientStreaming }
}
