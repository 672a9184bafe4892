/// What one statement answered.
struct StatementResult: Sendable {
    let table: ResultTable
    /// Rows affected, or returned when the statement only reads.
    let rowCount: Int
    /// The command's tag, `INSERT 0 1` for example; `COMMIT` and `ROLLBACK` tell how a transaction ended.
    let tag: String
}

/// What came back for one batch of statements.
struct Reply: Sendable {
    enum Failure: Sendable {
        /// The server refused the statement after those in `results`, and none after it ran.
        case refused(ServerReport)
        /// The same, because a statement prepared earlier is gone or outdated; a second try prepares it anew.
        case stale(ServerReport)
        /// The connection ended before the answer was complete.
        case lost(PostgresError)
        /// Nothing was sent.
        case notSent(PostgresError)
    }

    /// Answers of the statements that were carried out, in order.
    var results: [StatementResult]
    var failure: Failure?
    /// True when the statements were cut short because the task was cancelled.
    var isCancelled = false
}

/// Statements that travel together and are answered together: one round trip.
struct Batch: Sendable {
    var queries: [Query]
    /// A batch with a commit in it is never cancelled: half an answer would leave the transaction in doubt.
    var isCancellable = true
    /// How long the server may stay silent, when that differs from the connection's setting.
    var silenceTimeout: Duration?
}
