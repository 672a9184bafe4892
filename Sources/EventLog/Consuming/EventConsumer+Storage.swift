import Contracts
public import Postgres

extension EventConsumer {
    /// The migration that makes the tables of a schema's consumers.
    public static func migration(version: Int, schema: String) -> Migration {
        Migration(
            version: version,
            name: "event consumers",
            sql: """
                -- How far each consumer has got with each partition of what it reads.
                CREATE TABLE \(schema).event_cursor (
                    consumer text NOT NULL,
                    partition bigint NOT NULL,
                    position bigint NOT NULL DEFAULT 0,
                    -- Raised when the cursor is moved by hand.
                    epoch bigint NOT NULL DEFAULT 0,
                    PRIMARY KEY (consumer, partition)
                ) WITH (fillfactor = 50);

                -- Events that could not be applied, and later ones of their aggregates that wait for them.
                CREATE TABLE \(schema).event_set_aside (
                    consumer text NOT NULL,
                    partition bigint NOT NULL,
                    position bigint NOT NULL,
                    id bytea NOT NULL,
                    type text NOT NULL,
                    aggregate_id text NOT NULL,
                    aggregate_version bigint NOT NULL,
                    occurred_at timestamptz NOT NULL,
                    payload bytea NOT NULL,
                    -- None yet for one that waits.
                    attempts bigint NOT NULL,
                    fault text,
                    retry_at timestamptz NOT NULL,
                    is_dead boolean NOT NULL,
                    set_aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    PRIMARY KEY (consumer, partition, position)
                );
                CREATE INDEX event_set_aside_of_aggregate
                    ON \(schema).event_set_aside (consumer, partition, aggregate_id, position);

                -- Events applied, for consumers of a bus that may bring one again.
                CREATE TABLE \(schema).event_inbox (
                    consumer text NOT NULL,
                    event_id bytea NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    PRIMARY KEY (consumer, event_id)
                );
                """)
    }

    /// Where the consumer stands, as far as anybody has committed, and how long until the next event that was set aside is due, by the
    /// database's clock; nil when none will be.
    public func standing(in partition: Int = 0) async throws -> (cursor: Cursor, pauseBeforeRetry: Duration?) {
        let rows = try await pool.query(
            """
            SELECT cursor.position, cursor.epoch,
                extract(epoch FROM next.retry_at - clock_timestamp())::float8
            FROM (SELECT min(retry_at) AS retry_at FROM \(unescaped: schema).event_set_aside AS event
                WHERE \(unescaped: isFirst) AND consumer = \(name) AND partition = \(Int64(partition))) AS next
                LEFT JOIN \(unescaped: schema).event_cursor AS cursor
                    ON cursor.consumer = \(name) AND cursor.partition = \(Int64(partition))
            """)
        let (position, epoch, pause) = try rows[0].decode(Int64?.self, Int64?.self, Double?.self)
        return (Cursor(position: position ?? 0, epoch: epoch ?? 0), pause.map { .seconds($0) })
    }

    /// Moves the cursor by hand, to apply events once more or to leave some out; what was set aside stays so.
    public func move(to position: Int64, partition: Int = 0) async throws {
        try await pool.execute(
            """
            INSERT INTO \(unescaped: schema).event_cursor AS known (consumer, partition, position, epoch)
            VALUES (\(name), \(Int64(partition)), \(position), 1)
            ON CONFLICT (consumer, partition) DO UPDATE SET position = excluded.position, epoch = known.epoch + 1
            """)
    }

    /// Forgets which events were applied, but for those of a recent time; a bus that brings an event again brings it soon.
    public func forgetInbox(olderThan age: Duration) async throws {
        try await pool.execute(
            """
            DELETE FROM \(unescaped: schema).event_inbox
            WHERE consumer = \(name) AND applied_at < clock_timestamp() - make_interval(secs => \(age / .seconds(1)))
            """)
    }

    /// The cursor, locked until the unit of work ends, and those of the aggregates whose events are to wait.
    func lockedCursor(
        _ partition: Int, blocking aggregates: [String] = [], in unit: UnitOfWork
    ) async throws -> (cursor: Cursor, blocked: Set<String>) {
        let select: Query = """
            SELECT position, epoch FROM \(unescaped: schema).event_cursor
            WHERE consumer = \(name) AND partition = \(Int64(partition)) FOR UPDATE
            """
        let known = unit.send(select)
        // Sent together: it runs, and sees what was committed, when the lock is had.
        let blocked = try await unit.query(
            """
            SELECT DISTINCT aggregate_id FROM \(unescaped: schema).event_set_aside
            WHERE consumer = \(name) AND partition = \(Int64(partition)) AND aggregate_id = ANY(\(aggregates)::text[])
                AND (NOT is_dead OR \(configuration.afterDeath == .park))
            """)
        var row = try known.rows().first
        if row == nil {
            unit.send(
                """
                INSERT INTO \(unescaped: schema).event_cursor (consumer, partition) VALUES (\(name), \(Int64(partition)))
                ON CONFLICT DO NOTHING
                """)
            row = try await unit.query(select).first
        }
        let cursor = try row.map(Self.cursor) ?? Cursor(position: 0, epoch: 0)
        return (cursor, Set(try blocked.map { try $0.decode(String.self) }))
    }

    private static func cursor(_ row: Row) throws -> Cursor {
        let (position, epoch) = try row.decode(Int64.self, Int64.self)
        return Cursor(position: position, epoch: epoch)
    }

    func moveCursor(to position: UInt64, partition: Int, in unit: UnitOfWork) {
        unit.send(
            """
            UPDATE \(unescaped: schema).event_cursor SET position = \(Int64(clamping: position))
            WHERE consumer = \(name) AND partition = \(Int64(partition))
            """)
    }

    /// Notes events as applied.
    ///
    /// - Returns: those that had not been.
    func remember(_ events: [EventsV1.Event], in unit: UnitOfWork) async throws -> [EventsV1.Event] {
        let rows = try await unit.query(
            """
            INSERT INTO \(unescaped: schema).event_inbox (consumer, event_id)
            SELECT \(name), given.id FROM unnest(\(events.map(\.id))::bytea[]) AS given (id)
            ON CONFLICT DO NOTHING RETURNING event_id
            """)
        var new = Set(try rows.map { try $0.decode([UInt8].self) })
        return events.filter { new.remove($0.id) != nil }
    }
}
