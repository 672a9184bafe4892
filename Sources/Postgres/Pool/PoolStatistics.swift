/// A pool's counters at one moment.
public struct PoolStatistics: Sendable, Hashable {
    /// Connections open or being made.
    public var connections = 0
    /// Connections nobody uses.
    public var idle = 0
    /// Callers waiting for a connection.
    public var waiting = 0
    /// Connections made since the pool was created.
    public var connectionsMade = 0
    /// Attempts to connect that failed.
    public var connectFailures = 0
    /// Round trips of statements, the set-up of connections included.
    public var roundTrips = 0
    /// Units of work that were run again.
    public var reruns = 0
}
