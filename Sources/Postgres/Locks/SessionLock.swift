/// A lock on a name that goes with the session which took it: a process that dies, however it dies, lets go of it at once.
///
/// Of all processes that use one database, one at a time holds the lock of a name. Who gets it knows that the holder before it is dead or
/// cut off from the database, and not that it will stay so: a holder whose connection breaks loses the lock before it can
/// know. It is therefore a reason to look after what the one before has left behind, and never the only thing that keeps two apart.
public struct SessionLock: Sendable {
    private let core: SessionLockCore

    /// - Parameters:
    ///   - pool: says where the server is and how it is reached; none of its connections is used.
    ///   - name: names are the whole database's.
    ///   - retryInterval: how often a lock that somebody else holds is tried, up to half of it less at random.
    public init(pool: Pool, name: String, retryInterval: Duration = .milliseconds(500)) {
        core = SessionLockCore(
            configuration: pool.core.configuration, logger: pool.logger, name: name, retryInterval: retryInterval)
    }

    /// Waits for the lock and holds it until cancelled; a lock that was lost with its connection is waited for again.
    ///
    /// - Parameters:
    ///   - acquired: called each time the lock has been obtained; the lock is held while it runs. What it throws is logged, and it is
    ///     called again.
    ///   - lost: called each time what was acquired is over: before the lock is given back, or as soon as its loss is known.
    public func hold(
        _ acquired: @escaping @Sendable () async throws -> Void, lost: @escaping @Sendable () -> Void = {}
    ) async {
        await core.hold(acquired, lost: lost)
    }
}
