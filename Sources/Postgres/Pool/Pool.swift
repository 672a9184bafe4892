public import Logging

/// Connections to one database, shared by everyone who needs one.
///
/// Connections are made when first needed and kept. A server that restarts is survived: what was under way fails with an outcome that
/// says what became of it, callers wait (up to the acquire timeout) while the pool reconnects, and nothing needs to be restarted.
public final class Pool: Sendable {
    let core: PoolCore
    let logger: Logger

    /// Creates a pool; no connection is made before the first use, so a wrong connection string shows there.
    public init(_ configuration: PoolConfiguration, logger: Logger) {
        self.logger = logger
        core = PoolCore(configuration, logger: logger)
    }

    deinit {
        // A pool that was dropped without being closed must not leave its connections open.
        EventLoop.shared.execute { [core] in core.abandon() }
    }

    /// Runs one statement in a transaction of its own and returns its rows.
    ///
    /// It is repeated only when nothing of it was sent.
    ///
    /// - Parameter name: what the statement is for, in the names of its checkpoints.
    /// - Throws: ``PostgresError``; `.inDoubt` when the connection ended before the answer was complete.
    public func query(_ query: Query, name: String = #function) async throws -> [Row] {
        // A pool that goes away refuses its callers, so it stays for as long as it has one.
        defer { withExtendedLifetime(self) {} }
        return try await core.runAlone(query, name: name).table.rows
    }

    /// Runs one statement in a transaction of its own and returns the number of rows it affected.
    ///
    /// - Throws: as ``query(_:name:)``.
    @discardableResult
    public func execute(_ query: Query, name: String = #function) async throws -> Int {
        defer { withExtendedLifetime(self) {} }
        return try await core.runAlone(query, name: name).rowCount
    }

    /// The pool's counters at this moment.
    public func statistics() async -> PoolStatistics {
        await core.statistics
    }

    /// Refuses further work, waits up to ten seconds for work under way, and closes all connections.
    public func close() async {
        await core.close()
    }
}
