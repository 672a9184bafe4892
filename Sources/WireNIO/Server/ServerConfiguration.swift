public import Wire

/// Where a server listens and what it puts up with.
public struct ServerConfiguration: Sendable, Hashable {
    /// Address to listen on.
    public var host: String
    /// Port to listen on; zero takes any that is free.
    public var port: Int
    /// What a client is offered that says Hello. With none the server is one of plain ttrpc, and knows no Hello.
    public var features: Features = .all
    /// Longest message, in bytes.
    public var maximumMessageBytes = 4 << 20
    /// Connections at once.
    public var maximumConnections = 1024
    /// Connections at once from one address.
    public var maximumConnectionsPerAddress = 512
    /// Handlers that run at once for all connections, those whose caller has gone among them. Where the server asks who calls, peers that
    /// have not told have half of them.
    public var maximumHandlers = 4096
    /// Bytes of requests, over all connections, that are kept while they arrive and while their handlers run: payloads and metadata, not
    /// what handlers make of them. Where the server asks who calls, peers that have not told have half of it.
    public var maximumRequestBytes = 256 << 20
    /// Limits of each connection.
    public var connection = ServerConnection.Limits()
    /// What a call gets whose caller did not say how long it waits.
    public var defaultTimeout: Duration = .seconds(60)
    /// What a call gets at most, whatever its caller says.
    public var maximumTimeout: Duration = .seconds(600)
    /// What a stream gets whose caller did not say how long it waits; some peers cannot say it of a stream.
    public var defaultStreamTimeout: Duration = .seconds(600)
    /// What a stream gets at most, whatever its caller says.
    public var maximumStreamTimeout: Duration = .seconds(3600)
    /// How long a stream may go without a message either way.
    public var streamIdleTimeout: Duration = .seconds(120)
    /// What clients that have said Hello may send of the messages of their streams before handlers take it.
    public var windows = StreamWindows()
    /// Messages of a stream that may wait for its handler, of a plain client.
    public var streamBuffer = MessageBuffer.Limits()
    /// How long nothing is read from a connection because the handler of one of its streams takes no messages; then that stream ends. A
    /// client that has said Hello is held back by its windows instead.
    public var streamPatience: Duration = .seconds(5)
    /// Bytes that may wait to be written to one peer before its streams wait to send, but for one message that is longer.
    public var maximumUnwrittenStreamBytes = 1 << 20
    /// How long a frame may take to arrive once it has begun.
    public var partialFrameTimeout: Duration = .seconds(30)
    /// How long a message may take to arrive that comes in pieces.
    public var partialMessageTimeout: Duration = .seconds(120)
    /// How long a peer may leave what was written to it unread.
    public var writeStallTimeout: Duration = .seconds(30)
    /// When a peer is taken for lost.
    public var keepalive = Keepalive(unacknowledged: nil)
    /// How long a client whose calls run may say nothing before it is asked whether it is there, if it can be asked; a second at least, as a
    /// client takes more questions than that for a flood.
    public var silence: Duration = .seconds(15)
    /// How long it may take over that; then the connection is closed, and its calls are cancelled. Longer than ``streamPatience``, for which
    /// a client may read nothing.
    public var silencePatience: Duration = .seconds(15)
    /// Bytes that wait to be written to one peer before nothing more is read from it.
    public var maximumUnwrittenBytes = 8 << 20
    /// Whether a server that asks nobody who they are may serve others than its own machine.
    public var isOpenToAll = false
    /// How long a graceful shutdown waits for a client on whose connection nothing runs to close it, where the client has been told and
    /// closes it by itself. Longer than ``ClientConfiguration/streamPatience``, for which a client may read nothing and so not be told.
    public var farewell: Duration = .seconds(8)
    /// How long a graceful shutdown waits for the calls that run.
    public var gracePeriod: Duration = .seconds(30)

    public init(host: String = "127.0.0.1", port: Int = 0) {
        self.host = host
        self.port = port
    }
}

/// Where a server has been bound.
public struct BoundAddress: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var description: String { ServerName(host: host, port: port).description }
}

/// Why a server could not begin.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// Something else listens there.
        case addressInUse
        /// The address is not one of this machine's, or the port needs rights that the process lacks.
        case addressUnavailable
        /// Others can reach the address, and would be asked nothing.
        case unprotected
    }

    public let code: Code
    public let message: String
    /// What led to this, where it was an error.
    public let cause: (any Error)?

    public var description: String { message }
}
