private import Glibc
import NIOCore

/// When a peer that answers nothing any more, not even its kernel, is taken for lost: with a client's defaults, in less than twenty seconds.
///
/// The kernel watches, so that a peer which is merely slow to answer a call stays connected. Each value is brought to the nearest that the
/// kernel takes.
public struct Keepalive: Sendable, Hashable {
    /// Silence after which the peer is asked whether it is there, in whole seconds.
    public var idle: Duration = .seconds(6)
    /// From one such question to the next, in whole seconds.
    public var interval: Duration = .seconds(4)
    /// Questions without an answer after which the peer is lost.
    public var probes = 3
    /// How long what was sent may stay without an acknowledgement, or a living peer may have no room for it; nil leaves it to the kernel,
    /// which takes minutes. Where it is set the kernel counts no questions: the peer is lost when it is over.
    public var unacknowledged: Duration?

    /// - Parameter unacknowledged: nil for servers, whose patience with a peer that takes no answer off is
    ///   ``ServerConfiguration/writeStallTimeout``.
    public init(unacknowledged: Duration?) {
        self.unacknowledged = unacknowledged
    }

    /// The options of a socket that say so.
    var socketOptions: [(name: ChannelOptions.Types.SocketOption, value: Int)] {
        func option(_ level: NIOBSDSocket.OptionLevel, _ name: CInt) -> ChannelOptions.Types.SocketOption {
            ChannelOptions.Types.SocketOption(level: level, name: NIOBSDSocket.Option(rawValue: name))
        }
        let asking = [
            (option(.socket, SO_KEEPALIVE), 1),
            (option(.tcp, TCP_KEEPIDLE), Self.clamped(idle / .seconds(1), to: 1...32_767)),
            (option(.tcp, TCP_KEEPINTVL), Self.clamped(interval / .seconds(1), to: 1...32_767)),
            (option(.tcp, TCP_KEEPCNT), Self.clamped(Double(probes), to: 1...127)),
        ]
        guard let unacknowledged else { return asking }
        return asking + [
            (option(.tcp, TCP_USER_TIMEOUT), Self.clamped(unacknowledged / .milliseconds(1), to: 1...Int(CInt.max)))
        ]
    }

    private static func clamped(_ value: Double, to range: ClosedRange<Int>) -> Int {
        Int(min(max(value, Double(range.lowerBound)), Double(range.upperBound)))
    }
}
