public import Postgres

/// A durable queue of jobs in a service's own schema.
///
/// A job is a narrow row in one of three tables: ready, scheduled for later, or leased to a worker. It moves by being deleted here and
/// inserted there, so that no row is updated while it waits, and is gone when it has been completed: bodies and results are the
/// owner's. A lease has an epoch from a sequence, and every statement that ends a job names it: a worker whose lease was taken over deletes
/// nothing, and so writes nothing. Times are the database's.
///
/// What a handler writes commits together with the end of its job when both are done in one unit of work.
public struct JobQueue: Sendable {
    /// Most bytes of a job's subject.
    public static let maximumSubjectBytes = 512
    /// Most bytes of a job's kind.
    public static let maximumKindBytes = 63
    /// Most jobs that one statement takes, enqueues or ends.
    public static let maximumBatch = 1000
    /// Most bytes kept of the reason for which a job was discarded.
    public static let maximumReasonBytes = 4096

    let schema: String

    /// The queue kept in a schema.
    public init(schema: String) {
        self.schema = schema
    }

    /// The channel on which enqueuing is told.
    public var channel: String { "\(schema).job" }

    /// Live jobs by state.
    public struct Counts: Sendable, Hashable {
        public var ready: Int
        public var scheduled: Int
        public var leased: Int

        public var live: Int { ready + scheduled + leased }
    }

    /// How many jobs are live. They are counted one by one.
    ///
    /// - Throws: ``PostgresError``.
    public func counts(on pool: Pool) async throws -> Counts {
        let row = try await pool.query(
            """
            SELECT (SELECT count(*) FROM \(unescaped: schema).job_ready WHERE kind <> ''),
                (SELECT count(*) FROM \(unescaped: schema).job_scheduled), (SELECT count(*) FROM \(unescaped: schema).job_lease)
            """)[0]
        let (ready, scheduled, leased) = try row.decode(Int.self, Int.self, Int.self)
        return Counts(ready: ready, scheduled: scheduled, leased: leased)
    }
}
