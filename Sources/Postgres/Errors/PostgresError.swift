/// What went wrong between this process and PostgreSQL, and what that means for the work that was under way.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    public enum Code: Sendable, Hashable, CaseIterable {
        // Connections and the pool.
        /// The connection string cannot be parsed or contradicts itself.
        case invalidConnectionString
        /// No connection could be made: nobody listens, the host is unknown, the server is starting or stopping.
        case connectionFailed
        /// The server refused this user, password or database.
        case connectionRefused
        /// A connection that had been made went away, or fell silent for longer than allowed.
        case connectionLost
        /// No connection became free within the pool's acquire timeout.
        case acquireTimedOut
        /// More callers wait for a connection than the pool allows.
        case tooManyWaiters
        /// The pool has been closed.
        case poolClosed
        /// The task was cancelled.
        case cancelled

        // What we refuse to send, and what we cannot read.
        /// The query cannot be sent: a NUL byte in its text, too many or too large parameters.
        case invalidQuery
        /// A unit of work queued more statements than a pipeline may hold.
        case pipelineFull
        /// A unit of work was used after its end, or after a statement of it failed.
        case unitOfWorkEnded
        /// A result is larger than the configured limit.
        case resultTooLarge
        /// A column's value is not of the type asked for.
        case decodingFailed
        /// The server answered something this module does not expect.
        case unexpectedReply

        // What the server reported.
        /// Two transactions could not be put in an order (40001).
        case serializationFailure
        /// A cycle of lock waits was broken at this transaction (40P01).
        case deadlock
        /// A lock was not had within `lock_timeout`, or `NOWAIT` found it taken (55P03).
        case lockTimeout
        /// The server cancelled the statement: `statement_timeout`, or a cancel request by somebody else (57014).
        case statementTimeout
        /// A unique or exclusion constraint was violated (23505, 23P01); ``PostgresError/constraint`` names it.
        case uniqueViolation
        /// Another integrity constraint was violated (rest of class 23).
        case constraintViolation
        /// A value is out of range or malformed (classes 21 and 22).
        case invalidValue
        /// The statement is wrong: syntax, unknown names, missing privilege (class 42, and other classes that call for a change of code).
        case invalidStatement
        /// A prepared statement is gone or outdated (26000, 0A000); the connection has forgotten it.
        case stalePreparedStatement
        /// The server's disk is full (53100).
        case diskFull
        /// The server has no memory, connections or other resources left (rest of class 53, and 54).
        case resourcesExhausted
        /// The server reported an error of another class.
        case serverError

        // Migrations.
        /// A migration that has been applied differs from the one in this program.
        case migrationChanged
        /// The database holds migrations that this program does not know.
        case databaseNewer
        /// The list of migrations is not a sequence 1, 2, 3, …
        case invalidMigrations
        /// A migration's script failed and was rolled back.
        case migrationFailed
        /// The schema is not what the migrations make, or lacks a value of an enumeration of this program.
        case schemaDrift

        // The private cluster.
        /// No PostgreSQL server programs of a usable version are installed.
        case serverNotInstalled
        /// Another process owns this data folder.
        case clusterLocked
        /// The data folder was made by another major version.
        case clusterVersionMismatch
        /// The path of the server's socket would exceed what the kernel takes (107 bytes).
        case socketPathTooLong
        /// A folder cannot be created, entered or owned by the account the server runs as.
        case folderNotUsable
        /// The server must not run as root and no other account can be had.
        case noUnprivilegedAccount
        /// `initdb` failed.
        case initializationFailed
        /// The server did not start, or stopped while starting.
        case startFailed
    }

    /// What became of the work in which the error happened.
    public enum Outcome: Sendable, Hashable {
        /// Nothing reached the server; doing it again is safe whatever it is.
        case notSent
        /// The server has undone it, or is certain to.
        case rolledBack
        /// The commit was sent and its answer never came: it may or may not have happened.
        case inDoubt
    }

    public let code: Code
    /// One sentence; holds the server's primary message where there is one, never its detail (which quotes row values).
    public let message: String
    /// The server's code, when the server reported the error.
    public let sqlState: SQLState?
    /// Name of the violated constraint, when the server named one.
    public let constraint: String?
    public let outcome: Outcome
    /// The error that led to this one.
    public let cause: (any Error)?

    public init(
        _ code: Code, _ message: String, sqlState: SQLState? = nil, constraint: String? = nil, outcome: Outcome,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
        self.outcome = outcome
        self.cause = cause
    }

    public var description: String {
        let state = sqlState.map { " (\($0))" } ?? ""
        return "\(code)\(state): \(message)"
    }

    /// The same error with another outcome, for a layer that knows more about what was sent.
    func with(outcome: Outcome) -> PostgresError {
        PostgresError(code, message, sqlState: sqlState, constraint: constraint, outcome: outcome, cause: cause)
    }
}
