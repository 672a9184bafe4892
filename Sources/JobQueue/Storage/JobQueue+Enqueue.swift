public import Postgres

extension JobQueue {
    /// Writes jobs inside the caller's unit of work: they can be claimed once it has committed, or never.
    ///
    /// Tell workers after the commit, see ``JobHints/enqueued()``.
    ///
    /// - Returns: the id of each job, in order; nil for a unique one that is live already.
    /// - Throws: `.invalidJob` for one beyond a limit; ``PostgresError``.
    @discardableResult
    public func enqueue(_ jobs: [NewJob], in unit: UnitOfWork) async throws -> [Int64?] {
        guard !jobs.isEmpty else { return [] }
        let query = try enqueueing(jobs)
        return try Self.ids(try await unit.query(query), count: jobs.count)
    }

    /// Writes jobs in a transaction of their own.
    ///
    /// - Returns: as ``enqueue(_:in:)``.
    /// - Throws: as ``enqueue(_:in:)``.
    @discardableResult
    public func enqueue(_ jobs: [NewJob], on pool: Pool) async throws -> [Int64?] {
        guard !jobs.isEmpty else { return [] }
        return try Self.ids(try await pool.query(try enqueueing(jobs)), count: jobs.count)
    }

    /// Draws numbers for jobs that are enqueued in the same unit of work, so that what depends on them travels with them: see
    /// ``enqueue(_:numbered:in:)``.
    ///
    /// - Returns: one row for each, with its number.
    public func drawNumbers(_ count: Int, in unit: UnitOfWork) -> Pending {
        unit.send("SELECT nextval('\(unescaped: schema).job_id') FROM generate_series(1, (SELECT \(count)::bigint))")
    }

    /// Queues the writing of jobs, without a round trip: they are neither unique nor delayed, and nobody else has drawn their numbers.
    ///
    /// - Throws: `.invalidJob` for one beyond a limit.
    public func enqueue(_ jobs: [NewJob], numbered numbers: [Int64], in unit: UnitOfWork) throws(JobQueueError) {
        precondition(jobs.count <= Self.maximumBatch, "at most \(Self.maximumBatch) jobs are enqueued at once")
        precondition(jobs.count == numbers.count, "every job has a number")
        precondition(jobs.allSatisfy { !$0.isUnique && $0.delay <= .zero }, "a job with a number is ready and one of many")
        for job in jobs { try Self.validate(job) }
        unit.send(
            """
            INSERT INTO \(unescaped: schema).job_ready (kind, priority, id, attempt, max_attempts, is_unique, subject)
            SELECT kind, priority, id, 0, max_attempts, false, subject
            FROM unnest((SELECT \(jobs.map(\.kind))::text[]), (SELECT \(jobs.map(\.priority.rawValue))::bigint[]),
                (SELECT \(numbers)::bigint[]), (SELECT \(jobs.map(\.maxAttempts))::bigint[]), (SELECT \(jobs.map(\.subject))::text[]))
                AS given (kind, priority, id, max_attempts, subject)
            """)
    }

    private static func ids(_ rows: [Row], count: Int) throws -> [Int64?] {
        var ids = [Int64?](repeating: nil, count: count)
        for row in rows {
            let (ordinal, id) = try row.decode(Int.self, Int64.self)
            ids[ordinal - 1] = id
        }
        return ids
    }

    private func enqueueing(_ jobs: [NewJob]) throws(JobQueueError) -> Query {
        precondition(jobs.count <= Self.maximumBatch, "at most \(Self.maximumBatch) jobs are enqueued at once")
        for job in jobs { try Self.validate(job) }
        let (kinds, subjects) = (jobs.map(\.kind), jobs.map(\.subject))
        let (priorities, attempts) = (jobs.map(\.priority.rawValue), jobs.map(\.maxAttempts))
        let (delays, uniques) = (jobs.map { $0.delay / .seconds(1) }, jobs.map(\.isUnique))
        guard uniques.contains(true) || delays.contains(where: { $0 > 0 }) else {
            return """
                WITH new AS MATERIALIZED (
                    SELECT ordinal, nextval('\(unescaped: schema).job_id') AS id, kind, subject, priority, max_attempts
                    FROM unnest(\(kinds)::text[], \(subjects)::text[], \(priorities)::bigint[], \(attempts)::bigint[])
                        WITH ORDINALITY AS given (kind, subject, priority, max_attempts, ordinal)),
                ready AS (
                    INSERT INTO \(unescaped: schema).job_ready (kind, priority, id, attempt, max_attempts, is_unique, subject)
                    SELECT kind, priority, id, 0, max_attempts, false, subject FROM new)
                SELECT ordinal, id FROM new
                """
        }
        // Keys are taken in their order, so that no two of these wait for each other.
        return """
            WITH numbered AS MATERIALIZED (
                SELECT ordinal, nextval('\(unescaped: schema).job_id') AS id, kind, subject, priority, max_attempts, delay, is_unique
                FROM unnest(\(kinds)::text[], \(subjects)::text[], \(priorities)::bigint[], \(attempts)::bigint[],
                    \(delays)::float8[], \(uniques)::boolean[])
                    WITH ORDINALITY AS given (kind, subject, priority, max_attempts, delay, is_unique, ordinal)),
            new AS MATERIALIZED (
                SELECT *, row_number() OVER (PARTITION BY kind, subject, is_unique ORDER BY ordinal) AS place FROM numbered),
            key AS (
                INSERT INTO \(unescaped: schema).job_key (kind, subject)
                SELECT kind, subject FROM new WHERE is_unique AND place = 1 ORDER BY kind COLLATE "C", subject COLLATE "C"
                ON CONFLICT DO NOTHING RETURNING kind, subject),
            live AS MATERIALIZED (
                SELECT new.* FROM new LEFT JOIN key ON key.kind = new.kind AND key.subject = new.subject
                WHERE NOT new.is_unique OR (new.place = 1 AND key.kind IS NOT NULL)),
            ready AS (
                INSERT INTO \(unescaped: schema).job_ready (kind, priority, id, attempt, max_attempts, is_unique, subject)
                SELECT kind, priority, id, 0, max_attempts, is_unique, subject FROM live WHERE delay <= 0),
            scheduled AS (
                INSERT INTO \(unescaped: schema).job_scheduled
                    (id, run_at, kind, priority, attempt, max_attempts, is_unique, subject)
                SELECT id, clock_timestamp() + make_interval(secs => delay), kind, priority, 0, max_attempts, is_unique, subject
                FROM live WHERE delay > 0)
            SELECT ordinal, id FROM live
            """
    }

    private static func validate(_ job: NewJob) throws(JobQueueError) {
        guard (1...maximumKindBytes).contains(job.kind.utf8.count) else {
            throw JobQueueError(.invalidJob, "a kind of \(job.kind.utf8.count) bytes; it has 1 to \(maximumKindBytes)")
        }
        guard job.subject.utf8.count <= maximumSubjectBytes else {
            throw JobQueueError(
                .invalidJob, "a subject of \(job.subject.utf8.count) bytes; it has at most \(maximumSubjectBytes)")
        }
        guard job.maxAttempts >= 1 else {
            throw JobQueueError(.invalidJob, "\(job.maxAttempts) attempts; a job has at least one")
        }
    }
}
