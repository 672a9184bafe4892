public import Postgres

extension EventLog {
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
