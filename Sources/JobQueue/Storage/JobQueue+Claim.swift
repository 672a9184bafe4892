public import Postgres

extension JobQueue {
    /// Claims jobs that are ready; of each kind by priority, and within it by age.
    ///
    /// Whoever claims renews its leases with ``renew(_:for:on:)`` and lets ``promote(on:)`` and ``rescue(besides:by:on:)`` run now and then.
    ///
    /// - Parameters:
    ///   - limit: most jobs claimed, at most ``maximumBatch``.
    ///   - kinds: how many of each kind at most.
    ///   - worker: who holds them, for people who look, and for ``takeOver(from:on:)``.
    ///   - lease: how long they are the worker's without a renewal.
    ///   - lowWater: the worker's memory of where its search begins.
    /// - Throws: ``PostgresError``.
    public func claim(
        _ limit: Int, of kinds: [String: Int], by worker: String, for lease: Duration, lowWater: inout LowWater,
        now: ContinuousClock.Instant = .now, on pool: Pool
    ) async throws -> [Job] {
        guard let query = searching(limit, of: kinds, by: worker, for: lease, lowWater: &lowWater, now: now) else { return [] }
        let jobs = try await pool.query(query).map(Self.job)
        lowWater.claimed(jobs)
        return jobs
    }

    /// Claims jobs as part of a unit of work, in which their bodies are read too, for example.
    ///
    /// The worker holds them once it has committed. Parameters are those of ``claim(_:of:by:for:lowWater:now:on:)``.
    ///
    /// - Throws: ``PostgresError``.
    public func claim(
        _ limit: Int, of kinds: [String: Int], by worker: String, for lease: Duration, lowWater: inout LowWater,
        now: ContinuousClock.Instant = .now, in unit: UnitOfWork
    ) async throws -> [Job] {
        guard let query = searching(limit, of: kinds, by: worker, for: lease, lowWater: &lowWater, now: now) else { return [] }
        let jobs = try await unit.query(query).map(Self.job)
        lowWater.claimed(jobs)
        return jobs
    }

    /// The statement that claims; nil where nothing is wanted.
    private func searching(
        _ limit: Int, of kinds: [String: Int], by worker: String, for lease: Duration, lowWater: inout LowWater,
        now: ContinuousClock.Instant
    ) -> Query? {
        // In a random order, so that a kind with many jobs does not for ever come before another.
        let open = kinds.filter { $0.value > 0 }.shuffled()
        guard limit > 0, !open.isEmpty else { return nil }
        lowWater.search(at: now)
        return claiming(
            min(limit, Self.maximumBatch), rooms: open.map { ($0.key, $0.value) }, lowWater: lowWater, worker: worker,
            lease: lease)
    }

    /// A ready row is never updated, so the place where it was found and locked is the place where it is deleted, and no join can be
    /// planned badly.
    ///
    /// Here and in the other statements of the queue, values stand in a SELECT of their own. A planner that sees them finds each
    /// time that few of them are cheaper than it thought, and plans anew at each execution, which takes longer than to execute.
    func claiming(
        _ limit: Int, rooms: [(kind: String, room: Int)], lowWater: LowWater, worker: String, lease: Duration
    ) -> Query {
        let kinds = rooms.map(\.kind)
        func starts(_ priority: JobPriority) -> [Int64] { kinds.map { lowWater.start(kind: $0, priority: priority) } }
        return """
            WITH taken AS (
                DELETE FROM \(unescaped: schema).job_ready WHERE ctid = ANY (ARRAY(
                    SELECT place
                    FROM unnest(
                        (SELECT \(kinds)::text[]), (SELECT \(rooms.map(\.room))::bigint[]), (SELECT \(starts(.high))::bigint[]),
                        (SELECT \(starts(.normal))::bigint[]), (SELECT \(starts(.low))::bigint[])) AS wanted (kind, room, high, normal, low)
                    CROSS JOIN LATERAL (
                        SELECT found.place
                        FROM (VALUES (0::bigint, wanted.high), (1, wanted.normal), (2, wanted.low)) AS lane (priority, start)
                        CROSS JOIN LATERAL (
                            SELECT ready.ctid AS place FROM \(unescaped: schema).job_ready AS ready
                            WHERE ready.kind = wanted.kind AND ready.priority = lane.priority AND ready.id > lane.start
                            ORDER BY ready.id LIMIT wanted.room FOR UPDATE SKIP LOCKED) AS found
                        LIMIT wanted.room) AS of_kind
                    LIMIT (SELECT \(limit)::bigint)))
                RETURNING kind, priority, id, attempt, max_attempts, is_unique, subject)
            INSERT INTO \(unescaped: schema).job_lease
                (id, epoch, lease_until, attempt, max_attempts, priority, is_unique, worker, kind, subject)
            SELECT id, nextval('\(unescaped: schema).job_epoch'),
                clock_timestamp() + make_interval(secs => \(lease / .seconds(1))), attempt + 1, max_attempts, priority, is_unique,
                \(worker), kind, subject
            FROM taken
            RETURNING id, kind, subject, priority, attempt, max_attempts, epoch, is_unique
            """
    }

    static func job(_ row: Row) throws -> Job {
        let (id, kind, subject, priority, attempt, maxAttempts, epoch, isUnique) = try row.decode(
            Int64.self, String.self, String.self, Int64.self, Int64.self, Int64.self, Int64.self, Bool.self)
        return Job(
            id: id, kind: kind, subject: subject, priority: JobPriority(rawValue: priority) ?? .low, attempt: attempt,
            maxAttempts: maxAttempts, epoch: epoch, isUnique: isUnique)
    }
}
