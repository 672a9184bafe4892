private import Crypto

/// One step of a schema, applied once and never changed afterwards.
public struct Migration: Sendable, Hashable {
    /// 1 for the first of its line, and one more for each that follows.
    public let version: Int
    /// What the step does, in a few words.
    public let name: String
    /// One or more statements; names without a schema mean the line's schema. It runs inside a transaction and must not end it.
    public let sql: String
    /// False for a script that no transaction can hold, as the concurrent making of an index. Each of its statements is a transaction of
    /// its own, and the script is run from its start again when it was not run to its end, so every statement must bear that.
    public let isTransactional: Bool

    public init(version: Int, name: String, sql: String, isTransactional: Bool = true) {
        self.version = version
        self.name = name
        self.sql = sql
        self.isTransactional = isTransactional
    }

    /// SHA-256 of the script; a database remembers it to notice that a script was changed after it had been applied.
    public var checksum: [UInt8] {
        Array(SHA256.hash(data: Array(sql.utf8)))
    }
}

/// What a database says about one migration of a line.
public struct MigrationStatus: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        case applied(at: Timestamp)
        case pending
        /// Applied with another script than this program's.
        case changed(at: Timestamp)
        /// Applied by a newer program; this one does not have it.
        case unknown(at: Timestamp)
    }

    public let version: Int
    public let name: String
    public let state: State
}
