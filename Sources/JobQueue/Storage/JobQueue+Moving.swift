public import Postgres

extension JobQueue {
    /// Where a job that waits for a later time is to go.
    public struct Move: Sendable, Hashable {
        public let id: Int64
        public let kind: String
        /// How long it waits from now on, by the database's clock.
        public let delay: Duration
        /// False when its last attempt is to be as if it had not been begun.
        public let countsAsAttempt: Bool

        public init(id: Int64, kind: String, delay: Duration, countsAsAttempt: Bool) {
            self.id = id
            self.kind = kind
            self.delay = delay
            self.countsAsAttempt = countsAsAttempt
        }
    }

    /// Puts jobs back that were claimed together, as part of a unit of work; see ``retry(_:after:countsAsAttempt:in:)``.
    ///
    /// - Throws: as ``complete(_:in:)``.
    public func retry(_ jobs: [Job], after delay: Duration, in unit: UnitOfWork) async throws {
        guard !jobs.isEmpty else { return }
        try Self.check(try await unit.query(returning(jobs, after: delay, countsAsAttempt: true)).count, jobs)
    }

    /// Gives jobs that wait for a later time another time or another kind, as part of a unit of work.
    ///
    /// - Returns: the ids of those that were waiting.
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func move(_ moves: [Move], in unit: UnitOfWork) async throws -> Set<Int64> {
        guard !moves.isEmpty else { return [] }
        return Set(try await unit.query(moving(moves)).map { try $0.decode(Int64.self) })
    }

    private func moving(_ moves: [Move]) -> Query {
        """
        WITH moved AS (
            DELETE FROM \(unescaped: schema).job_scheduled AS job
            USING unnest(
                (SELECT \(moves.map(\.id))::bigint[]), (SELECT \(moves.map(\.kind))::text[]),
                (SELECT \(moves.map { $0.delay / .seconds(1) })::float8[]),
                (SELECT \(moves.map { Int64($0.countsAsAttempt ? 0 : 1) })::bigint[])) AS given (id, kind, delay, undone)
            WHERE job.id = given.id
            RETURNING job.id, given.kind, job.priority, job.attempt - given.undone AS attempt, job.max_attempts, job.is_unique,
                job.subject, given.delay),
        ready AS (
            INSERT INTO \(unescaped: schema).job_ready (kind, priority, id, attempt, max_attempts, is_unique, subject)
            SELECT kind, priority, id, attempt, max_attempts, is_unique, subject FROM moved WHERE delay <= 0),
        scheduled AS (
            INSERT INTO \(unescaped: schema).job_scheduled (id, run_at, kind, priority, attempt, max_attempts, is_unique, subject)
            SELECT id, clock_timestamp() + make_interval(secs => delay), kind, priority, attempt, max_attempts, is_unique, subject
            FROM moved WHERE delay > 0)
        SELECT id FROM moved
        """
    }
}
