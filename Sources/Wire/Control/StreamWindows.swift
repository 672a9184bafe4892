/// How much of the messages of its streams a side takes before it has given credit back: what it says in a ``Hello``.
public struct StreamWindows: Sendable, Hashable {
    /// With which both can be given, in bytes.
    public static let bounds = 16 << 10...Int(Int32.max)
    static let defaultStreamBytes = 256 << 10
    static let defaultConnectionBytes = 4 << 20

    /// Of one stream, in bytes.
    public let stream: Int
    /// Of all streams of the connection together, in bytes.
    public let connection: Int

    /// - Parameters:
    ///   - stream: bytes of one stream; within ``bounds``.
    ///   - connection: bytes of all streams together; within the same.
    public init(stream: Int = 256 << 10, connection: Int = 4 << 20) {
        precondition(Self.bounds.contains(stream) && Self.bounds.contains(connection), "a window within its bounds")
        self.stream = stream
        self.connection = connection
    }

    /// As a peer says it, 0 for what it leaves to the protocol; nil where it is out of bounds.
    init?(said stream: Int64, connection: Int64) {
        let stream = stream == 0 ? Int64(Self.defaultStreamBytes) : stream
        let connection = connection == 0 ? Int64(Self.defaultConnectionBytes) : connection
        guard let stream = Int(exactly: stream), let connection = Int(exactly: connection),
            Self.bounds.contains(stream), Self.bounds.contains(connection)
        else { return nil }
        self.init(stream: stream, connection: connection)
    }

    /// As it is said, 0 for what is left to the protocol.
    var said: (stream: Int64, connection: Int64) {
        (
            stream == Self.defaultStreamBytes ? 0 : Int64(stream),
            connection == Self.defaultConnectionBytes ? 0 : Int64(connection)
        )
    }
}
