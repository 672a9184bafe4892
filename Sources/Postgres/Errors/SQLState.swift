/// A five-character error code of the SQL standard and PostgreSQL's additions to it.
///
/// Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
public struct SQLState: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(stringLiteral value: String) {
        self.init(rawValue: value)
    }

    /// The first two characters: the class of the condition.
    public var classCode: String { String(rawValue.prefix(2)) }

    public var description: String { rawValue }

    public static let serializationFailure: SQLState = "40001"
    public static let deadlockDetected: SQLState = "40P01"
    public static let lockNotAvailable: SQLState = "55P03"
    public static let queryCanceled: SQLState = "57014"
    public static let uniqueViolation: SQLState = "23505"
    public static let foreignKeyViolation: SQLState = "23503"
    public static let notNullViolation: SQLState = "23502"
    public static let checkViolation: SQLState = "23514"
    public static let undefinedTable: SQLState = "42P01"
    public static let diskFull: SQLState = "53100"
    public static let outOfMemory: SQLState = "53200"
    public static let tooManyConnections: SQLState = "53300"
    public static let invalidStatementName: SQLState = "26000"
    public static let featureNotSupported: SQLState = "0A000"
    public static let cannotConnectNow: SQLState = "57P03"
    public static let adminShutdown: SQLState = "57P01"
    public static let crashShutdown: SQLState = "57P02"
    public static let idleInTransactionTimeout: SQLState = "25P03"
}
