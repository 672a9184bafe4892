public import Postgres

extension JobQueue {
    /// Ends jobs that are done, as part of the unit of work in which they were done.
    ///
    /// Call it before the writes that it protects or after them: when it throws, none of them is committed.
    ///
    /// - Throws: `.claimLost` when one of them is not its worker's any more; ``PostgresError``.
    public func complete(_ jobs: [Job], in unit: UnitOfWork) async throws {
        guard !jobs.isEmpty else { return }
        try Self.check(try await unit.query(completing(jobs)).count, jobs)
    }

    /// Ends jobs that are done.
    ///
    /// - Returns: the ids of those that were their worker's; the others are somebody else's by now, or have ended.
    /// - Throws: ``PostgresError``; when its outcome is in doubt, asking again is safe, but cannot tell what was done.
    @discardableResult
    public func complete(_ jobs: [Job], on pool: Pool) async throws -> Set<Int64> {
        guard !jobs.isEmpty else { return [] }
        return Set(try await pool.query(completing(jobs)).map { try $0.decode(Int64.self) })
    }

    /// Ends those of some jobs that are still their worker's, as part of the unit of work in which they were done.
    ///
    /// - Returns: the epochs of those; the others are somebody else's by now, or have ended.
    /// - Throws: ``PostgresError``.
    public func endHeld(_ jobs: [Job], in unit: UnitOfWork) async throws -> Set<Int64> {
        precondition(jobs.allSatisfy { !$0.isUnique }, "a unique job has a key to free")
        guard !jobs.isEmpty else { return [] }
        // Leases are locked in their order, so that no two of these wait for each other.
        let ended = try await unit.query(
            """
            WITH held AS MATERIALIZED (
                SELECT id FROM \(unescaped: schema).job_lease
                WHERE id = ANY ((SELECT \(jobs.map(\.id)))::bigint[]) AND epoch = ANY ((SELECT \(jobs.map(\.epoch)))::bigint[])
                ORDER BY id FOR UPDATE)
            DELETE FROM \(unescaped: schema).job_lease WHERE id = ANY (ARRAY(SELECT id FROM held))
            RETURNING epoch
            """)
        return Set(try ended.map { try $0.decode(Int64.self) })
    }

    /// Puts a job back to be tried again later, as part of a unit of work. One that somebody asked to withdraw ends instead.
    ///
    /// - Parameters:
    ///   - delay: how long it waits, by the database's clock.
    ///   - countsAsAttempt: false when the attempt is to be as if it had not been begun.
    /// - Throws: as ``complete(_:in:)``.
    public func retry(_ job: Job, after delay: Duration, countsAsAttempt: Bool = true, in unit: UnitOfWork) async throws {
        try Self.check(try await unit.query(returning([job], after: delay, countsAsAttempt: countsAsAttempt)).count, [job])
    }

    /// Puts a job back to be tried again later.
    ///
    /// - Returns: false when the job is not its worker's any more.
    /// - Throws: as ``complete(_:on:)``.
    @discardableResult
    public func retry(_ job: Job, after delay: Duration, countsAsAttempt: Bool = true, on pool: Pool) async throws -> Bool {
        try await !pool.query(returning([job], after: delay, countsAsAttempt: countsAsAttempt)).isEmpty
    }

    /// Gives jobs back as if they had not been claimed.
    ///
    /// - Throws: as ``complete(_:on:)``.
    public func giveBack(_ jobs: [Job], on pool: Pool) async throws {
        guard !jobs.isEmpty else { return }
        _ = try await pool.query(returning(jobs, after: .zero, countsAsAttempt: false))
    }

    /// Ends a job that cannot be done, as part of a unit of work, and keeps why.
    ///
    /// - Parameter reason: for people; beyond ``maximumReasonBytes`` it is cut.
    /// - Throws: as ``complete(_:in:)``.
    public func discard(_ job: Job, _ end: JobEnd = .discarded, reason: String, in unit: UnitOfWork) async throws {
        try Self.check(try await unit.query(discarding(job, end, reason)).count, [job])
    }

    /// Ends a job that cannot be done, and keeps why.
    ///
    /// - Parameter reason: as in ``discard(_:_:reason:in:)``.
    /// - Returns: false when the job is not its worker's any more.
    /// - Throws: as ``complete(_:on:)``.
    @discardableResult
    public func discard(_ job: Job, _ end: JobEnd = .discarded, reason: String, on pool: Pool) async throws -> Bool {
        try await !pool.query(discarding(job, end, reason)).isEmpty
    }

    /// Jobs that ended without having been completed, the last ones first.
    public func dead(limit: Int, on pool: Pool) async throws -> [DeadJob] {
        let rows = try await pool.query(
            """
            SELECT id, kind, subject, attempts, outcome::text, reason, ended_at FROM \(unescaped: schema).job_dead
            ORDER BY ended_at DESC, id DESC LIMIT \(limit)
            """)
        return try rows.map { row in
            let (id, kind, subject, attempts, end, reason, endedAt) = try row.decode(
                Int64.self, String.self, String.self, Int64.self, String.self, String.self, Timestamp.self)
            return DeadJob(
                id: id, kind: kind, subject: subject, attempts: attempts, end: JobEnd(rawValue: end) ?? .discarded,
                reason: reason,
                endedAt: endedAt)
        }
    }

    /// Forgets jobs that ended long ago without having been completed.
    ///
    /// - Returns: how many; at most `limit`.
    public func forgetDead(olderThan age: Duration, limit: Int, on pool: Pool) async throws -> Int {
        try await pool.execute(
            """
            DELETE FROM \(unescaped: schema).job_dead WHERE id = ANY (ARRAY(
                SELECT id FROM \(unescaped: schema).job_dead
                WHERE ended_at < now() - make_interval(secs => \(age / .seconds(1))) ORDER BY ended_at LIMIT \(limit)))
            """)
    }

    // MARK: Statements

    static func check(_ count: Int, _ jobs: [Job]) throws(JobQueueError) {
        guard count < jobs.count else { return }
        let which = jobs.count == 1 ? "job \(jobs[0].id)" : "\(jobs.count - count) of \(jobs.count) jobs"
        throw JobQueueError(.claimLost, "\(which) not this worker's any more")
    }

    /// No two leases ever have the same epoch, so the pairs need not be matched. Keys are looked for only where a job may have one.
    func completing(_ jobs: [Job]) -> Query {
        guard jobs.contains(where: \.isUnique) else {
            return """
                DELETE FROM \(unescaped: schema).job_lease WHERE id = ANY ((SELECT \(jobs.map(\.id)))::bigint[])
                    AND epoch = ANY ((SELECT \(jobs.map(\.epoch)))::bigint[])
                RETURNING id
                """
        }
        return """
            WITH ended AS (
                DELETE FROM \(unescaped: schema).job_lease WHERE id = ANY ((SELECT \(jobs.map(\.id)))::bigint[])
                    AND epoch = ANY ((SELECT \(jobs.map(\.epoch)))::bigint[])
                RETURNING id, is_unique, kind, subject),
            \(unescaped: freeingKeys)
            SELECT id FROM ended
            """
    }

    func returning(_ jobs: [Job], after delay: Duration, countsAsAttempt: Bool) -> Query {
        """
        WITH ended AS (
            DELETE FROM \(unescaped: schema).job_lease WHERE id = ANY ((SELECT \(jobs.map(\.id)))::bigint[])
                AND epoch = ANY ((SELECT \(jobs.map(\.epoch)))::bigint[])
            RETURNING *, attempt - \(Int64(countsAsAttempt ? 0 : 1)) AS attempts,
                CASE WHEN cancelled IS NULL THEN NULL ELSE 'cancelled' END AS outcome, cancelled AS reason,
                \(delay / .seconds(1))::float8 AS delay),
        \(unescaped: putting)
        SELECT id FROM ended
        """
    }

    private func discarding(_ job: Job, _ end: JobEnd, _ reason: String) -> Query {
        """
        WITH ended AS (
            DELETE FROM \(unescaped: schema).job_lease WHERE id = \(job.id) AND epoch = \(job.epoch)
            RETURNING *, attempt AS attempts, \(end.rawValue)::text AS outcome, \(Self.cut(reason))::text AS reason,
                0::float8 AS delay),
        \(unescaped: putting)
        SELECT id FROM ended
        """
    }

    /// Puts each row of `ended` where it belongs: those with an outcome and a reason among the dead, those without outcome
    /// where they wait.
    var putting: String {
        """
        ready AS (
            INSERT INTO \(schema).job_ready (kind, priority, id, attempt, max_attempts, is_unique, subject)
            SELECT kind, priority, id, attempts, max_attempts, is_unique, subject FROM ended WHERE outcome IS NULL AND delay <= 0),
        scheduled AS (
            INSERT INTO \(schema).job_scheduled (id, run_at, kind, priority, attempt, max_attempts, is_unique, subject)
            SELECT id, clock_timestamp() + make_interval(secs => delay), kind, priority, attempts, max_attempts, is_unique, subject
            FROM ended WHERE outcome IS NULL AND delay > 0),
        dead AS (
            INSERT INTO \(schema).job_dead (id, kind, subject, attempts, outcome, reason)
            SELECT id, kind, subject, attempts, outcome::\(schema).job_end, reason FROM ended
            WHERE outcome IS NOT NULL AND reason IS NOT NULL),
        freed AS (
            DELETE FROM \(schema).job_key AS key USING ended
            WHERE ended.is_unique AND ended.outcome IS NOT NULL AND key.kind = ended.kind AND key.subject = ended.subject)
        """
    }

    private var freeingKeys: String {
        """
        freed AS (
            DELETE FROM \(schema).job_key AS key USING ended
            WHERE ended.is_unique AND key.kind = ended.kind AND key.subject = ended.subject)
        """
    }

    /// A NUL is nothing that the database's text can hold.
    static func cut(_ reason: String) -> String {
        var text = ""
        for character in reason where character != "\0" {
            guard text.utf8.count + character.utf8.count <= maximumReasonBytes else { break }
            text.append(character)
        }
        return text
    }
}
