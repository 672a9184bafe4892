/// Which way bytes go through a proxy.
public enum Direction: String, Sendable, Hashable, CaseIterable {
    /// From the client to the server.
    case upstream
    /// From the server to the client.
    case downstream

    var opposite: Direction { self == .upstream ? .downstream : .upstream }
}

/// What a proxy does to the connections through it, to those that exist as well as to new ones.
public enum Fault: Sendable, Hashable {
    /// Bytes pass as they come.
    case none
    /// Every piece arrives so much later.
    case delay(milliseconds: Int)
    /// No more than so many bytes a second pass in either direction.
    case bandwidth(bytesPerSecond: Int)
    /// So many bytes a second pass in either direction, one at a time.
    case trickle(bytesPerSecond: Int)
    /// Nothing is read; what was sent meanwhile arrives afterwards.
    case stall
    /// Connections are taken and kept, and bytes vanish. A connection that has lost some is silent for ever, whatever comes after this
    /// fault, until one end closes it.
    case blackHole
    /// The server's end is closed, and the client, whose bytes vanish, is not told. New connections get no further than the proxy.
    case halfOpen
    /// Both ends are reset, at once, and those of new connections as soon as they are made.
    case reset
    /// Both ends are closed once so many bytes have passed in a direction since the connection was made.
    case cut(Direction, afterBytes: Int)
    /// When one end closes, the other is told so much later.
    case slowClose(milliseconds: Int)
    /// Nobody listens.
    case refuse
}

extension Fault: CustomStringConvertible {
    /// The words that ``init(_:)`` takes, for help texts.
    public static let notation = """
        none, delay:MILLISECONDS, bandwidth:BYTES, trickle:BYTES, stall, black-hole, half-open, reset, cut:upstream:BYTES, \
        cut:downstream:BYTES, slow-close:MILLISECONDS, refuse
        """

    /// Reads a fault as it is written on a command line; see ``notation``.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let number = parts.count > 1 ? Int(parts[parts.count - 1]) : nil
        switch (parts[0], parts.count, number) {
        case ("none", 1, _): self = .none
        case ("delay", 2, let number?) where number >= 0: self = .delay(milliseconds: number)
        case ("bandwidth", 2, let number?) where number >= 1: self = .bandwidth(bytesPerSecond: number)
        case ("trickle", 2, let number?) where number >= 1: self = .trickle(bytesPerSecond: number)
        case ("stall", 1, _): self = .stall
        case ("black-hole", 1, _): self = .blackHole
        case ("half-open", 1, _): self = .halfOpen
        case ("reset", 1, _): self = .reset
        case ("cut", 3, let number?) where number >= 0:
            guard let direction = Direction(rawValue: parts[1]) else { return nil }
            self = .cut(direction, afterBytes: number)
        case ("slow-close", 2, let number?) where number >= 0: self = .slowClose(milliseconds: number)
        case ("refuse", 1, _): self = .refuse
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .none: "none"
        case .delay(let milliseconds): "delay:\(milliseconds)"
        case .bandwidth(let bytes): "bandwidth:\(bytes)"
        case .trickle(let bytes): "trickle:\(bytes)"
        case .stall: "stall"
        case .blackHole: "black-hole"
        case .halfOpen: "half-open"
        case .reset: "reset"
        case .cut(let direction, let bytes): "cut:\(direction.rawValue):\(bytes)"
        case .slowClose(let milliseconds): "slow-close:\(milliseconds)"
        case .refuse: "refuse"
        }
    }
}
