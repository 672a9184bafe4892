public import Postgres

extension JobQueue {
    /// What became of jobs that were to be withdrawn.
    public struct Cancellation: Sendable, Hashable {
        /// Ids of those that had not been begun, or whose worker let its lease run out: they have ended.
        public var ended: Set<Int64> = []
        /// Ids of those that a worker holds: it is told at its next renewal, and the job ends unless it is completed before.
        public var asked: Set<Int64> = []
    }

    /// Withdraws jobs, as part of a unit of work. Those that are not live, or of another kind, are in neither set.
    ///
    /// - Parameter reason: for people, as in ``discard(_:_:reason:in:)``.
    /// - Throws: `.contended`; ``PostgresError``.
    public func cancel(_ ids: [Int64], kind: String, reason: String, in unit: UnitOfWork) async throws -> Cancellation {
        var cancellation = Cancellation()
        var left = ids
        for _ in 0..<Self.cancelRounds where !left.isEmpty {
            // Statements of their own, each of which sees what moved while the one before waited for its rows. A job that moves again
            // and again may escape both; the third, which sees every job in exactly one place, tells.
            let ended = unit.send(withdrawing(left, kind: kind, reason: reason))
            let asked = unit.send(
                """
                UPDATE \(unescaped: schema).job_lease SET cancelled = \(Self.cut(reason))
                WHERE id = ANY (\(left)::bigint[]) AND kind = \(kind) RETURNING id
                """)
            let live = unit.send(looking(for: left, kind: kind))
            try await unit.sync()
            cancellation.ended.formUnion(try ended.rows().map { try $0.decode(Int64.self) })
            cancellation.asked.formUnion(try asked.rows().map { try $0.decode(Int64.self) })
            left = try live.rows().map { try $0.decode(Int64.self) }
            left.removeAll(where: cancellation.asked.contains)
        }
        guard left.isEmpty else {
            throw JobQueueError(.contended, "\(left.count) jobs moved faster than they could be withdrawn")
        }
        return cancellation
    }

    /// Tries to find jobs that move between places; one is nearly always enough.
    private static let cancelRounds = 100

    private func looking(for ids: [Int64], kind: String) -> Query {
        """
        SELECT id FROM \(unescaped: schema).job_live
        WHERE kind = \(kind) AND priority = ANY ('{0,1,2}'::bigint[]) AND id = ANY (\(ids)::bigint[])
        """
    }

    /// Withdraws jobs in a unit of work of their own.
    ///
    /// - Throws: as ``cancel(_:kind:reason:in:)``.
    @discardableResult
    public func cancel(_ ids: [Int64], kind: String, reason: String, on pool: Pool) async throws -> Cancellation {
        try await pool.unitOfWork("cancel jobs") { unit in
            try await cancel(ids, kind: kind, reason: reason, in: unit)
        }
    }

    /// Takes back those jobs that no worker holds, as part of a unit of work, and keeps nothing of them.
    ///
    /// - Returns: by the id of each job that was taken back, how many attempts of it had been begun.
    /// - Throws: ``PostgresError``.
    public func takeBack(_ ids: [Int64], kind: String, in unit: UnitOfWork) async throws -> [Int64: Int64] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await unit.query(withdrawing(ids, kind: kind, reason: nil))
        return try rows.reduce(into: [:]) { attempts, row in
            let (id, count) = try row.decode(Int64.self, Int64.self)
            attempts[id] = count
        }
    }

    /// - Parameter reason: nil for jobs of which nothing is to be kept.
    private func withdrawing(_ ids: [Int64], kind: String, reason: String?) -> Query {
        """
        WITH unclaimed AS (
            DELETE FROM \(unescaped: schema).job_ready
            WHERE kind = \(kind) AND priority = ANY ('{0,1,2}'::bigint[]) AND id = ANY (\(ids)::bigint[])
            RETURNING id, attempt, max_attempts, priority, is_unique, kind, subject),
        early AS (
            DELETE FROM \(unescaped: schema).job_scheduled WHERE id = ANY (\(ids)::bigint[]) AND kind = \(kind)
            RETURNING id, attempt, max_attempts, priority, is_unique, kind, subject),
        abandoned AS (
            DELETE FROM \(unescaped: schema).job_lease
            WHERE id = ANY (\(ids)::bigint[]) AND kind = \(kind) AND lease_until < now()
            RETURNING id, attempt, max_attempts, priority, is_unique, kind, subject),
        ended AS MATERIALIZED (
            SELECT *, attempt AS attempts, 'cancelled'::text AS outcome, \(reason.map(Self.cut))::text AS reason, 0::float8 AS delay
            FROM (SELECT * FROM unclaimed UNION ALL SELECT * FROM early UNION ALL SELECT * FROM abandoned) AS withdrawn),
        \(unescaped: putting)
        SELECT id, attempts FROM ended
        """
    }
}
