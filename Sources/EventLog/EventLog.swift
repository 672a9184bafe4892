public import Contracts
public import Postgres

/// A service's record of what happened, in the order in which it was committed, without gaps.
///
/// The head row holds the last position. Appending raises it and keeps it locked until the unit of work ends, so positions follow commit
/// order and a reader that has seen position *n* will never find an event appear below it. Appends of one service therefore queue behind
/// each other; append last in a unit of work to keep the lock short.
public struct EventLog: Sendable {
    /// Most events that one append or one read takes.
    public static let maximumBatch = 1000
    /// Bytes of payload after which a read ends, so that an answer fits a frame; a longer event comes alone.
    public static let maximumReadBytes = 2 << 20

    private let schema: String

    /// The log kept in a service's own schema.
    public init(schema: String) {
        self.schema = schema
    }

    /// The migration that makes the log's tables, for the service to put into its own line.
    public static func migration(version: Int, schema: String) -> Migration {
        Migration(
            version: version,
            name: "event log",
            sql: """
                CREATE TABLE \(schema).event_head (
                    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
                    position bigint NOT NULL
                );
                INSERT INTO \(schema).event_head (position) VALUES (0);
                CREATE TABLE \(schema).event_log (
                    position bigint PRIMARY KEY,
                    id bytea NOT NULL UNIQUE DEFAULT uuid_send(gen_random_uuid()),
                    type text NOT NULL,
                    aggregate_id text NOT NULL,
                    aggregate_version bigint NOT NULL,
                    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    payload bytea NOT NULL,
                    UNIQUE (aggregate_id, aggregate_version)
                );
                """)
    }

    /// Writes events inside the caller's unit of work: they become visible when it commits, or not at all.
    public func append(_ events: [NewEvent], in unit: UnitOfWork) async throws {
        guard !events.isEmpty else { return }
        precondition(events.count <= Self.maximumBatch, "an append holds at most \(Self.maximumBatch) events")
        // Two statements, because the second must see what was committed while the first waited for the head row. In order, so that
        // an event is not dated before the one below it.
        let raise = unit.send(
            "UPDATE \(unescaped: schema).event_head SET position = position + \(events.count)")
        let insert = unit.send(
            """
            INSERT INTO \(unescaped: schema).event_log (position, type, aggregate_id, aggregate_version, payload)
            SELECT
                (SELECT position FROM \(unescaped: schema).event_head) - \(events.count) + new.ordinal,
                new.type,
                new.aggregate_id,
                coalesce(
                    (SELECT max(past.aggregate_version)
                     FROM \(unescaped: schema).event_log AS past
                     WHERE past.aggregate_id = new.aggregate_id),
                    0) + row_number() OVER (PARTITION BY new.aggregate_id ORDER BY new.ordinal),
                new.payload
            FROM unnest(\(events.map(\.type))::text[], \(events.map(\.aggregateID))::text[], \(events.map(\.payload))::bytea[])
                WITH ORDINALITY AS new (type, aggregate_id, payload, ordinal)
            ORDER BY new.ordinal
            """)
        try await unit.sync()
        _ = try raise.rowCount
        let written = try insert.rowCount
        precondition(written == events.count, "every event of an append is written")
    }

    /// The events after a position, oldest first; fewer than `limit` where they are large.
    public func read(after position: Int64, limit: Int, from pool: Pool) async throws -> [EventsV1.Event] {
        let rows = try await pool.query(
            """
            SELECT position, id, type, aggregate_id, aggregate_version, occurred_at, payload
            FROM (
                SELECT *, sum(octet_length(payload)) OVER (ORDER BY position) - octet_length(payload) AS bytes_before
                FROM \(unescaped: schema).event_log
                WHERE position > \(position)
                ORDER BY position
                LIMIT \(min(limit, Self.maximumBatch))) AS event
            WHERE bytes_before < \(Self.maximumReadBytes)
            ORDER BY position
            """)
        return try rows.map { row in
            let (position, id, type, aggregateID, version, occurredAt, payload) = try row.decode(
                Int64.self, [UInt8].self, String.self, String.self, Int64.self, Timestamp.self, [UInt8].self)
            return EventsV1.Event(
                position: UInt64(position), id: id, type: type, aggregateID: aggregateID, aggregateVersion: UInt64(version),
                occurredAtUnixMicroseconds: occurredAt.unixMicroseconds, payload: payload)
        }
    }
}
