/// Decides whether a unit of work that failed is run again, and after what delay.
///
/// A unit is run again when the server has certainly undone it and the reason is likely to have passed: it could not be put in an
/// order with others (40001, 40P01), a lock or the time ran out (55P03, 57014), or its connection was lost before the commit was
/// sent. Delays are drawn evenly between zero and a bound that doubles ("full jitter"), so that units which collided do not meet again.
public struct RerunPolicy: Sendable, Hashable {
    /// Most runs of one unit, the first included.
    public var maxTries = 8
    /// Most runs of a unit that ends with a lock, statement or idle timeout, the first included.
    public var maxTriesAfterTimeout = 3
    /// Bounds of the delay after a conflict.
    public var conflictDelay: ClosedRange<Duration> = .milliseconds(2) ... .milliseconds(200)
    /// Bounds of the delay after a lost connection.
    public var reconnectDelay: ClosedRange<Duration> = .milliseconds(50) ... .milliseconds(500)

    public init() {}

    /// - Parameters:
    ///   - error: how the run ended.
    ///   - tries: runs made, this one included.
    ///   - jitter: a random number from 0 to 1.
    /// - Returns: the delay before the next run; nil when there is none.
    func delay(after error: PostgresError, tries: Int, jitter: Double) -> Duration? {
        guard tries < maxTries, error.outcome != .inDoubt else { return nil }
        switch error.code {
        case .serializationFailure, .deadlock: return bound(conflictDelay, tries) * jitter
        case .stalePreparedStatement: return .zero
        case .lockTimeout, .statementTimeout:
            return tries < maxTriesAfterTimeout ? bound(conflictDelay, tries) * jitter : nil
        case .connectionLost:
            // A unit whose body was too slow for the server is likely to be so again.
            let isTimeout = error.sqlState == .idleInTransactionTimeout
            return isTimeout && tries >= maxTriesAfterTimeout ? nil : bound(reconnectDelay, tries) * jitter
        case .invalidConnectionString, .connectionFailed, .connectionRefused, .acquireTimedOut, .tooManyWaiters, .poolClosed,
            .cancelled, .invalidQuery, .pipelineFull, .unitOfWorkEnded, .resultTooLarge, .decodingFailed, .unexpectedReply,
            .uniqueViolation, .constraintViolation, .invalidValue, .invalidStatement, .diskFull, .resourcesExhausted,
            .serverError,
            .migrationChanged, .databaseNewer, .invalidMigrations, .migrationFailed, .schemaDrift, .serverNotInstalled,
            .clusterLocked,
            .clusterVersionMismatch, .socketPathTooLong, .folderNotUsable, .noUnprivilegedAccount, .initializationFailed,
            .startFailed:
            return nil
        }
    }

    private func bound(_ range: ClosedRange<Duration>, _ tries: Int) -> Duration {
        // Doubling stops at 2^20 times the shortest delay, far above the longest.
        min(range.upperBound, range.lowerBound * (1 << min(tries, 20)))
    }
}
