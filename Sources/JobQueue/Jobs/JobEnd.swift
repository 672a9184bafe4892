public import Postgres

/// Why a job ended without having been completed.
public enum JobEnd: String, Sendable, Hashable, CaseIterable {
    /// Its handler said that trying again is of no use.
    case discarded
    /// Its attempts were used up.
    case exhausted
    /// Somebody withdrew it.
    case cancelled

    /// The type in the database, for the migrator of the schema that the queue lives in.
    public static let stored = StoredEnum(JobEnd.self, type: "job_end")
}

/// A job that ended without having been completed.
public struct DeadJob: Sendable, Hashable {
    public let id: Int64
    public let kind: String
    public let subject: String
    /// Attempts that were begun.
    public let attempts: Int64
    public let end: JobEnd
    public let reason: String
    public let endedAt: Timestamp
}
