public import Wire

/// How a client behaves towards its one server.
public struct ClientConfiguration: Sendable, Hashable {
    /// What a unary call gets whose caller gave no deadline, and what a stream's request then has to be written.
    public var defaultTimeout: Duration = .seconds(30)
    /// What the server is offered at the beginning of each connection, by a request of its own, for whose answer no call waits; a server
    /// that knows nothing of it is called as ever. With none nothing is asked.
    public var features: Features = .all
    /// Longest message, in bytes, either way.
    public var maximumMessageBytes = 4 << 20
    /// What a server that has answered Hello may send of the messages of streams before their callers take it.
    public var windows = StreamWindows()
    /// Messages of a stream that may wait for its caller, of a plain server.
    public var streamBuffer = MessageBuffer.Limits()
    /// How long nothing is read from the connection because the caller of one of its streams takes no messages; then that stream ends. A
    /// server that has answered Hello is held back by its windows instead.
    public var streamPatience: Duration = .seconds(5)
    /// Bytes that may wait to be written before streams wait to send, but for one message that is longer.
    public var maximumUnwrittenStreamBytes = 1 << 20
    /// How long one attempt to connect may take.
    public var connectTimeout: Duration = .seconds(5)
    /// When the server is taken for lost.
    public var keepalive = Keepalive(unacknowledged: .seconds(15))
    /// How long a connection on which calls wait may carry nothing before the server is asked whether it is there; a second at least, as
    /// a server takes more questions than that for a flood.
    public var silence: Duration = .seconds(6)
    /// How long it may take over that; then the connection is given up. Together with ``silence`` less than twenty seconds.
    public var silencePatience: Duration = .seconds(8)
    /// The pause after the first failed attempt; it doubles with each, and half of it is chance.
    public var shortestReconnectPause: Duration = .milliseconds(50)
    /// The longest such pause.
    public var longestReconnectPause: Duration = .milliseconds(500)

    public init() {}

    func check(_ payload: [UInt8]) throws(RPCError) {
        guard payload.count <= maximumMessageBytes else {
            throw RPCError(
                .resourceExhausted, "the request is \(payload.count) bytes; at most \(maximumMessageBytes) are sent",
                isRefused: true)
        }
    }
}
