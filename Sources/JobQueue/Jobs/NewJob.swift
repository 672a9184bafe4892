/// Work to be done, not yet written down.
///
/// A job says what kind of work it is and what it is about; everything else stays in its owner's tables.
public struct NewJob: Sendable, Hashable {
    /// What sort of work it is, which decides who does it.
    public var kind: String
    /// What it is about: the key of a row of the owner's, for example. At most ``JobQueue/maximumSubjectBytes``.
    public var subject: String
    public var priority: JobPriority
    /// How long it must wait first, by the database's clock.
    public var delay: Duration
    /// Attempts after which a worker's death is not followed by another one, and a failure neither; at least 1.
    public var maxAttempts: Int64
    /// Whether it is left out when a job of its kind and subject is live, that is waiting, scheduled or held by a worker.
    ///
    /// A job that is held already may have looked at its subject before this one was asked for; an owner who must not miss a change
    /// marks it in the subject's row.
    public var isUnique: Bool

    public init(
        kind: String, subject: String, priority: JobPriority = .normal, delay: Duration = .zero, maxAttempts: Int64 = 20,
        isUnique: Bool = false
    ) {
        self.kind = kind
        self.subject = subject
        self.priority = priority
        self.delay = delay
        self.maxAttempts = maxAttempts
        self.isUnique = isUnique
    }
}

/// Which jobs of a kind go first; within a priority the oldest does.
public enum JobPriority: Int64, Sendable, Hashable, CaseIterable, Comparable {
    case high = 0
    case normal = 1
    case low = 2

    public static func < (left: JobPriority, right: JobPriority) -> Bool { left.rawValue < right.rawValue }
}
