public import Postgres

extension JobQueue {
    /// What became of leases that were to be renewed.
    public struct Renewal: Sendable, Hashable {
        /// Ids of the jobs that are still the worker's.
        public var held: Set<Int64> = []
        /// Ids of those among them that somebody asked to withdraw.
        public var cancelled: Set<Int64> = []
    }

    /// What was moved to where it can be claimed.
    public struct Maintenance: Sendable, Hashable {
        /// Scheduled jobs whose time has come.
        public var promoted = 0
        /// Jobs whose worker let its lease run out.
        public var rescued = 0
        /// How long until the next scheduled job is due; nil when none is scheduled.
        public var nextDue: Duration?
    }

    /// Renews leases, all in one statement; one that has run out is renewed, too, as long as nobody took it over.
    ///
    /// - Throws: ``PostgresError``.
    public func renew(_ jobs: [Job], for lease: Duration, on pool: Pool) async throws -> Renewal {
        guard !jobs.isEmpty else { return Renewal() }
        var renewal = Renewal()
        for row in try await pool.query(renewing(jobs, for: lease)) {
            let (id, isCancelled) = try row.decode(Int64.self, Bool.self)
            renewal.held.insert(id)
            if isCancelled { renewal.cancelled.insert(id) }
        }
        return renewal
    }

    func renewing(_ jobs: [Job], for lease: Duration) -> Query {
        """
        UPDATE \(unescaped: schema).job_lease
        SET lease_until = clock_timestamp() + make_interval(secs => \(lease / .seconds(1)))
        WHERE id = ANY ((SELECT \(jobs.map(\.id)))::bigint[]) AND epoch = ANY ((SELECT \(jobs.map(\.epoch)))::bigint[])
        RETURNING id, cancelled IS NOT NULL
        """
    }

    /// Moves scheduled jobs whose time has come to where they are claimed, at most ``maximumBatch``.
    ///
    /// - Throws: ``PostgresError``.
    public func promote(on pool: Pool) async throws -> Maintenance {
        let row = try await pool.query(promoting)[0]
        let (promoted, nextDue) = try row.decode(Int.self, Double?.self)
        // What is left over is due now.
        return Maintenance(
            promoted: promoted,
            nextDue: promoted == Self.maximumBatch ? .zero : nextDue.map { .seconds(max(0, $0)) })
    }

    /// Scheduled rows are never updated, either.
    var promoting: Query {
        """
        WITH due AS (
            DELETE FROM \(unescaped: schema).job_scheduled WHERE ctid = ANY (ARRAY(
                SELECT scheduled.ctid FROM \(unescaped: schema).job_scheduled AS scheduled
                WHERE scheduled.run_at <= now() ORDER BY scheduled.run_at LIMIT \(Self.maximumBatch) FOR UPDATE SKIP LOCKED))
            RETURNING *),
        ready AS (
            INSERT INTO \(unescaped: schema).job_ready (kind, priority, id, attempt, max_attempts, is_unique, subject)
            SELECT kind, priority, id, attempt, max_attempts, is_unique, subject FROM due)
        SELECT (SELECT count(*) FROM due),
            (SELECT extract(epoch FROM scheduled.run_at - clock_timestamp())::float8
                FROM \(unescaped: schema).job_scheduled AS scheduled
                WHERE scheduled.run_at > now() ORDER BY scheduled.run_at LIMIT 1)
        """
    }

    /// Takes jobs from workers that let their leases run out. They become ready again, or end when their attempts are used up or
    /// somebody asked to withdraw them.
    ///
    /// - Parameters:
    ///   - held: jobs that the caller has in its hands, which it must not take from itself.
    ///   - worker: the caller, where nobody else has its name and none of its claims is under way now. What it holds by the name and not in
    ///     its hands was claimed when the connection was lost before it could know, and is taken at once.
    /// - Returns: how many jobs were taken, at most ``maximumBatch``.
    /// - Throws: ``PostgresError``.
    public func rescue(besides held: [Job] = [], by worker: String? = nil, on pool: Pool) async throws -> Int {
        try await take(
            "(lease_until < now() OR worker = $2::text) AND NOT epoch = ANY ($1::bigint[])",
            [held.map(\.epoch).parameterValue, worker.parameterValue], on: pool)
    }

    /// Takes over at once what a worker holds, or all workers do, instead of waiting for leases to run out.
    ///
    /// Only when these workers are known to be dead; one that lives loses its jobs, and writes nothing.
    ///
    /// - Parameter worker: whose jobs; nil for everyone's.
    /// - Returns: how many jobs were taken.
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func takeOver(from worker: String? = nil, on pool: Pool) async throws -> Int {
        try await takeAll("($1::text IS NULL OR worker = $1)", [worker.parameterValue], on: pool)
    }

    /// Takes over at once what workers of one family hold, instead of waiting for leases to run out.
    ///
    /// As ``takeOver(from:on:)``, for workers whose names have a beginning in common and an end of their own for each life.
    ///
    /// - Parameters:
    ///   - prefix: what the names of the dead workers begin with.
    ///   - survivor: the one of that family that lives.
    /// - Returns: how many jobs were taken.
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func takeOver(fromAll prefix: String, but survivor: String, on pool: Pool) async throws -> Int {
        try await takeAll(
            "starts_with(worker, $1::text) AND worker <> $2::text", [prefix.parameterValue, survivor.parameterValue], on: pool)
    }

    private func takeAll(_ condition: String, _ values: [Parameter], on pool: Pool) async throws -> Int {
        var total = 0
        while true {
            let count = try await take(condition, values, on: pool)
            total += count
            // A full batch may have left some.
            guard count == Self.maximumBatch else { return total }
        }
    }

    /// The condition is asked twice: a lease that was renewed while its row was waited for is left alone.
    private func take(_ condition: String, _ values: [Parameter], on pool: Pool) async throws -> Int {
        let query = Query(
            sql: """
                WITH ended AS (
                    DELETE FROM \(schema).job_lease WHERE id = ANY (ARRAY(
                            SELECT id FROM \(schema).job_lease WHERE \(condition)
                            ORDER BY id LIMIT \(Self.maximumBatch) FOR UPDATE SKIP LOCKED))
                        AND \(condition)
                    RETURNING *, attempt AS attempts,
                        CASE WHEN cancelled IS NOT NULL THEN 'cancelled' WHEN attempt >= max_attempts THEN 'exhausted' END AS outcome,
                        coalesce(cancelled, 'its worker died') AS reason, 0::float8 AS delay),
                \(putting)
                SELECT count(*) FROM ended
                """,
            parameters: values)
        return try await pool.query(query)[0].decode(Int.self)
    }
}

extension ParameterEncodable {
    fileprivate var parameterValue: Parameter { Parameter(type: Self.parameterType, bytes: encodeParameter()) }
}
