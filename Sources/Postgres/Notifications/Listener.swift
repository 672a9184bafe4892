/// Hears what is notified on a channel, on a connection of its own outside the pool.
///
/// What is heard is a hint that a look is worthwhile, and never the only reason to look: notifications are lost while the connection is
/// down. A connection that has gone deaf without ending (a firewall forgot it, a pooler gave the session to somebody else) is
/// noticed by a notification to itself that does not arrive, and replaced.
public struct Listener: Sendable {
    let core: ListenerCore

    /// - Parameters:
    ///   - pool: says where the server is and how it is reached; none of its connections is used.
    ///   - channel: at most 63 bytes.
    ///   - pingInterval: how often the connection is tried.
    ///   - pingTimeout: how long a notification to itself may take.
    public init(
        pool: Pool, channel: String, pingInterval: Duration = .seconds(15), pingTimeout: Duration = .seconds(5)
    ) {
        precondition((1...63).contains(channel.utf8.count), "a channel's name has 1 to 63 bytes")
        core = ListenerCore(
            configuration: pool.core.configuration, logger: pool.logger, channel: channel, pingInterval: pingInterval,
            pingTimeout: pingTimeout)
    }

    /// Listens until cancelled, and connects again whenever the connection is lost.
    ///
    /// - Parameter heard: called for each notification, and each time listening begins, because what was notified before went unheard. It
    ///   runs on the thread of all connections and must return at once.
    public func run(_ heard: @escaping @Sendable () -> Void) async {
        await core.run(heard)
    }
}
