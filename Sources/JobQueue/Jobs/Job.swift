/// A job that a worker holds.
public struct Job: Sendable, Hashable {
    /// Rises with the order in which jobs were enqueued.
    public let id: Int64
    public let kind: String
    public let subject: String
    public let priority: JobPriority
    /// Which attempt this is, from 1.
    public let attempt: Int64
    public let maxAttempts: Int64
    /// The fence: who holds an older epoch of the job changes nothing any more.
    public let epoch: Int64
    /// Whether there is no other live job of the kind with this subject.
    public let isUnique: Bool

    /// True when a failure of this attempt is not followed by another one.
    public var isLastAttempt: Bool { attempt >= maxAttempts }
}
