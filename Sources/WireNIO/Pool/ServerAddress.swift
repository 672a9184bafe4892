/// Where servers are to be found: the name of a host, which may have several addresses, or an address; and the port at each of them.
public struct ServerName: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// One address of a name, at which there should be a server.
struct ServerAddress: Hashable, CustomStringConvertible {
    enum Family { case four, six }

    /// The address as numbers.
    let host: String
    /// Under which it was found.
    let name: ServerName

    var family: Family { host.contains(":") ? .six : .four }

    static func == (left: ServerAddress, right: ServerAddress) -> Bool {
        left.host == right.host && left.name.port == right.name.port
    }

    /// Two names of one address and port are one server.
    func hash(into hasher: inout Hasher) {
        hasher.combine(host)
        hasher.combine(name.port)
    }

    var description: String { ServerName(host: host, port: name.port).description }
}
