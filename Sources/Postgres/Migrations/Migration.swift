private import Crypto

/// One step of a schema, applied once and never changed afterwards.
public struct Migration: Sendable, Hashable {
    /// 1 for the first of its line, and one more for each that follows.
    public let version: Int
    /// What the step does, in a few words.
    public let name: String
    /// One or more statements; names without a schema mean the line's schema. It runs inside a transaction and must not end it.
    public let sql: String

    public init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
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
