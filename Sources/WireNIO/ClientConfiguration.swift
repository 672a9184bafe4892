/// How a client behaves towards its one server.
public struct ClientConfiguration: Sendable, Hashable {
    /// What a call gets whose caller gave no deadline.
    public var defaultTimeout: Duration = .seconds(30)
    /// Longest message, in bytes, either way.
    public var maximumMessageBytes = 4 << 20
    /// How long one attempt to connect may take.
    public var connectTimeout: Duration = .seconds(5)
    /// When the server is taken for lost.
    public var keepalive = Keepalive(unacknowledged: .seconds(15))
    /// The pause after the first failed attempt; it doubles with each, and half of it is chance.
    public var shortestReconnectPause: Duration = .milliseconds(50)
    /// The longest such pause.
    public var longestReconnectPause: Duration = .milliseconds(500)

    public init() {}
}
