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
    /// - Throws: ``PostgresError``.
    public func cancel(_ ids: [Int64], kind: String, reason: String, in unit: UnitOfWork) async throws -> Cancellation {
        guard !ids.isEmpty else { return Cancellation() }
        // Statements of their own, each of which sees what moved while those before it waited for their rows: a job may be claimed
        // after the first and come back before the second.
        let ended = unit.send(withdrawing(ids, kind: kind, reason: reason))
        let asked = unit.send(
            """
            UPDATE \(unescaped: schema).job_lease SET cancelled = \(Self.cut(reason))
            WHERE id = ANY (\(ids)::bigint[]) AND kind = \(kind) RETURNING id
            """)
        let returned = unit.send(withdrawing(ids, kind: kind, reason: reason))
        try await unit.sync()
        return Cancellation(
            ended: Set(try (ended.rows() + returned.rows()).map { try $0.decode(Int64.self) }),
            asked: Set(try asked.rows().map { try $0.decode(Int64.self) }))
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

    private func withdrawing(_ ids: [Int64], kind: String, reason: String) -> Query {
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
            SELECT *, attempt AS attempts, 'cancelled'::text AS outcome, \(Self.cut(reason))::text AS reason, 0::float8 AS delay
            FROM (SELECT * FROM unclaimed UNION ALL SELECT * FROM early UNION ALL SELECT * FROM abandoned) AS withdrawn),
        \(unescaped: putting)
        SELECT id FROM ended
        """
    }
}
