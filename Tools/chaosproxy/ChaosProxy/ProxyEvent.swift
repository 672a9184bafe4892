import FoundationEssentials

/// Something that a proxy did.
public struct ProxyEvent: Sendable, Hashable, Encodable {
    public enum Kind: String, Sendable, Encodable {
        case listening, fault, opened, unreachable, swallowed, cut, reset, closed
    }

    /// Milliseconds since the proxy was made.
    public let milliseconds: Int
    public let kind: Kind
    /// Connections are counted from one.
    public let connection: Int?
    /// More about it: the fault, the moment, the reason.
    public let detail: String?
    /// Bytes that have passed, where a connection ends.
    public let upstreamBytes: Int?
    public let downstreamBytes: Int?

    enum CodingKeys: String, CodingKey {
        case milliseconds = "ms"
        case kind = "event"
        case connection, detail
        case upstreamBytes = "upstream_bytes"
        case downstreamBytes = "downstream_bytes"
    }

    /// One line of JSON, without its end.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Numbers and texts can always be encoded.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// A proxy's counters at one moment.
public struct ProxyStatistics: Sendable, Hashable {
    /// Connections that clients have made so far.
    public var accepted = 0
    /// Connections that stand.
    public var open = 0
    /// Connections that were cut, by a rule or by a fault.
    public var cuts = 0
    /// Connections that were reset.
    public var resets = 0
    /// Connections that have lost bytes and are silent.
    public var silenced = 0
    /// Bytes that have passed from clients to the server.
    public var upstreamBytes = 0
    /// Bytes that have passed from the server to clients.
    public var downstreamBytes = 0
}
