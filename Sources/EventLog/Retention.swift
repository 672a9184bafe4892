public import Logging
public import Postgres

/// Keeps a log from growing for ever.
public struct Retention: Sendable {
    /// How long events are kept at least, unless told otherwise: 30 days.
    public static let usualAge: Duration = .seconds(30 * 86_400)
    /// Between two looks at what has grown old.
    static let interval: Duration = .seconds(3600)

    private let log: EventLog
    private let pool: Pool
    private let age: Duration
    private let logger: Logger

    /// - Parameter age: how long events are kept at least; those that a consumer has not dealt with are kept longer.
    public init(log: EventLog, pool: Pool, age: Duration = Self.usualAge, logger: Logger) {
        self.log = log
        self.pool = pool
        self.age = age
        self.logger = logger
    }

    /// Waits, then removes what has grown old; to be repeated for as long as the service runs.
    ///
    /// It waits first, so that consumers that are to be waited for have made themselves known since the service began.
    public func step() async throws {
        try await Task.sleep(for: Self.interval)
        let forgotten = try await log.forget(olderThan: age, in: pool)
        if forgotten > 0 {
            logger.info("old events forgotten", metadata: ["schema": "\(log.schema)", "events": "\(forgotten)"])
        }
    }
}
