/// The fields of an error response that this module uses.
struct ServerReport: Sendable, Hashable {
    enum Severity: String, Sendable {
        /// Any of the severities below an error.
        case notice = "NOTICE"
        case error = "ERROR"
        case fatal = "FATAL"
        case panic = "PANIC"
    }

    let severity: Severity
    let sqlState: SQLState?
    let message: String
    let constraint: String?

    /// True when the server closes the connection after this report.
    var endsConnection: Bool { severity == .fatal || severity == .panic }

    /// The error a caller sees.
    func error(outcome: PostgresError.Outcome) -> PostgresError {
        PostgresError(
            endsConnection ? .connectionLost : PostgresError.Code(sqlState: sqlState), message, sqlState: sqlState,
            constraint: constraint, outcome: outcome)
    }

    /// The error a caller sees when this report ended an attempt to connect.
    var connectError: PostgresError {
        PostgresError(
            PostgresError.Code(connectSQLState: sqlState), message, sqlState: sqlState, outcome: .notSent)
    }
}

extension PostgresError.Code {
    /// The code for an error the server reported about a statement.
    init(sqlState: SQLState?) {
        guard let sqlState else {
            self = .serverError
            return
        }
        switch sqlState {
        case .serializationFailure: self = .serializationFailure
        case .deadlockDetected: self = .deadlock
        case .lockNotAvailable: self = .lockTimeout
        case .queryCanceled: self = .statementTimeout
        case .uniqueViolation, "23P01": self = .uniqueViolation
        case .invalidStatementName: self = .stalePreparedStatement
        case .diskFull: self = .diskFull
        case .adminShutdown, .crashShutdown, .cannotConnectNow, .idleInTransactionTimeout, "57P05": self = .connectionLost
        default: self.init(sqlStateClass: sqlState.classCode)
        }
    }

    private init(sqlStateClass classCode: String) {
        switch classCode {
        case "08": self = .connectionLost
        case "21", "22": self = .invalidValue
        case "23": self = .constraintViolation
        case "40": self = .serializationFailure
        case "0A", "25", "26", "28", "34", "3B", "3D", "3F", "42": self = .invalidStatement
        case "53", "54": self = .resourcesExhausted
        default: self = .serverError
        }
    }

    /// The code for an error the server reported instead of accepting a connection.
    init(connectSQLState sqlState: SQLState?) {
        switch sqlState?.classCode {
        case "28", "3D", "42", "22": self = .connectionRefused
        default: self = .connectionFailed
        }
    }
}
