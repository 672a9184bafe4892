public import Postgres

/// A consumer that a log waits for before it forgets anything.
public struct EventReader: Sendable, Hashable {
    /// Name under which it reads the log.
    public let consumer: String
    /// The lowest position that it has passed, over all partitions that it reads, as it said when its stream began: some minutes ago at most.
    public let position: Int64
    /// Events that it has not passed yet.
    public let behind: Int64
    /// How long ago it was last heard of; one that runs is heard of at least every ``EventLog/longestSilence``.
    public let silence: Duration
}

extension EventLog {
    /// A consumer that runs is heard of at least this often, whether there is something for it or not.
    public static let longestSilence: Duration = .seconds(60)

    /// What became of a consumer that was to be removed.
    public enum ReaderRemoval: Sendable, Hashable {
        case removed
        /// No consumer has that name.
        case unknown
        /// It was heard of so short a time ago that it may be running; nothing was changed.
        case active(silence: Duration)
    }

    /// The consumers that the log waits for, by name.
    ///
    /// - Throws: ``PostgresError``.
    public func readers(in pool: Pool) async throws -> [EventReader] {
        let rows = try await pool.query(
            """
            SELECT consumer, min(reader.position), sum(greatest(0, event_partition.position - reader.position))::bigint,
                extract(epoch FROM clock_timestamp() - max(seen_at))::float8
            FROM \(unescaped: schema).event_reader AS reader JOIN \(unescaped: schema).event_partition USING (partition)
            GROUP BY consumer ORDER BY consumer
            """)
        return try rows.map { row in
            let (consumer, position, behind, silence) = try row.decode(String.self, Int64.self, Int64.self, Double.self)
            return EventReader(consumer: consumer, position: position, behind: behind, silence: .seconds(silence))
        }
    }

    /// Waits for a consumer no more: what only it has not passed may be forgotten from now on.
    ///
    /// Should it come back it is waited for again, from wherever it has got to, and finds a gap where events are gone.
    ///
    /// - Parameter age: one that was heard of more recently is left alone.
    /// - Throws: ``PostgresError``.
    public func remove(_ consumer: String, silentFor age: Duration, in pool: Pool) async throws -> ReaderRemoval {
        let rows = try await pool.query(
            """
            WITH known AS (
                SELECT max(seen_at) AS seen_at FROM \(unescaped: schema).event_reader WHERE consumer = \(consumer)),
            removed AS (
                DELETE FROM \(unescaped: schema).event_reader AS reader USING known
                WHERE consumer = \(consumer)
                    AND known.seen_at <= clock_timestamp() - make_interval(secs => \(age / .seconds(1)))
                RETURNING 1)
            SELECT extract(epoch FROM clock_timestamp() - seen_at)::float8, EXISTS (SELECT FROM removed) FROM known
            """)
        let (silence, isRemoved) = try rows[0].decode(Double?.self, Bool.self)
        guard let silence else { return .unknown }
        return isRemoved ? .removed : .active(silence: .seconds(silence))
    }

    /// Notes that a consumer has dealt with everything up to a position, and that what comes after it is to be kept.
    ///
    /// A consumer is waited for from the first note on, and never steps back.
    func note(_ consumer: String, hasPassed position: Int64, of partition: Int, in pool: Pool) async throws {
        try await pool.execute(
            """
            INSERT INTO \(unescaped: schema).event_reader AS known (consumer, partition, position)
            VALUES (\(consumer), \(Int64(partition)), \(position))
            ON CONFLICT (consumer, partition) DO UPDATE SET
                position = greatest(known.position, excluded.position), seen_at = excluded.seen_at
            """)
    }

    /// Forgets events that are older than an age and that every consumer who is waited for has passed.
    ///
    /// Of each partition the oldest go first and nothing is left out, so what stays has no gaps. Versions are not given again.
    ///
    /// - Parameter limit: events removed in one statement.
    /// - Returns: how many were removed.
    @discardableResult
    public func forget(olderThan age: Duration, atOnce limit: Int = 1000, in pool: Pool) async throws -> Int {
        var forgotten = 0
        for partition in 0..<Int64(partitions) {
            while true {
                let count = try await pool.execute(
                    """
                    WITH oldest AS (
                        SELECT position, occurred_at < clock_timestamp() - make_interval(secs => \(age / .seconds(1))) AS is_old
                        FROM \(unescaped: schema).event_log
                        WHERE partition = \(partition) AND position <= coalesce(
                            (SELECT min(position) FROM \(unescaped: schema).event_reader WHERE partition = \(partition)),
                            9223372036854775807)
                        ORDER BY position LIMIT \(Int64(limit)))
                    DELETE FROM \(unescaped: schema).event_log
                    WHERE partition = \(partition) AND position IN (
                        SELECT position FROM oldest
                        WHERE position < coalesce(
                            (SELECT min(position) FROM oldest WHERE NOT is_old), 9223372036854775807))
                    """)
                forgotten += count
                guard count == limit else { break }
            }
        }
        return forgotten
    }
}
