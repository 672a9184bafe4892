public import Contracts
public import Postgres

/// A service's record of what happened: for each partition a sequence of events without gaps.
///
/// Appending writes events to a pending set inside the caller's unit of work; a ``Sequencer`` moves what has been committed to the log
/// and gives it positions. Nothing but the aggregate is locked, so units of work about different aggregates never wait for each other,
/// and a reader that has seen position *n* of a partition will never find an event appear below it.
///
/// Events of one aggregate stand in the order of their versions, whatever the order of the commits. The version is taken under the
/// aggregate's own row, which stays locked until the unit of work ends, and the number that orders the pending set is drawn after it. A
/// unit of work that decides from what an aggregate is should lock that first, then decide, write, and append last: locks are then held
/// briefly, and always taken in the same order.
///
/// A log has one partition unless it is asked for more. One sequencer moves far more events than the services of one deployment write,
/// and readers of one partition see one order; more partitions are for a log that several processes should sequence side by side.
public struct EventLog: Sendable {
    /// Most events that one append or one read takes.
    public static let maximumBatch = 1000
    /// Bytes that the events of one read take at most, so that an answer fits a frame; an event that is longer comes alone.
    public static let maximumReadBytes = 3 << 20
    /// Longest payload of an event, so that it fits a frame together with what is told about it.
    public static let maximumPayloadBytes = 3 << 20
    /// Bytes that an event is counted with besides its payload and its texts.
    static let bytesBesideTexts = 64

    /// Partitions, fixed when the log's tables are made.
    public let partitions: Int
    let schema: String

    /// The log kept in a service's own schema.
    public init(schema: String, partitions: Int = 1) {
        precondition(partitions > 0, "a log has a partition")
        self.schema = schema
        self.partitions = partitions
    }

    /// The partition of an aggregate's events.
    ///
    /// FNV-1a of 64 bits over the id's UTF-8, modulo the number of partitions; the Kafka adapter uses the same.
    public static func partition(of aggregateID: String, among partitions: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in aggregateID.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(partitions))
    }

    /// Writes events inside the caller's unit of work: they come to pass when it commits, or not at all.
    ///
    /// Ring the sequencer's bell after the commit.
    ///
    /// - Throws: ``EventLogError`` with `.eventTooLarge`, or what the database has to say.
    public func append(_ events: [NewEvent], in unit: UnitOfWork) async throws {
        guard !events.isEmpty else { return }
        precondition(events.count <= Self.maximumBatch, "an append holds at most \(Self.maximumBatch) events")
        if let large = events.first(where: { $0.payload.count > Self.maximumPayloadBytes }) {
            throw EventLogError(
                .eventTooLarge,
                "an event of \(large.aggregateID) has \(large.payload.count) bytes; at most \(Self.maximumPayloadBytes) are taken"
            )
        }
        // Aggregates are locked in the order of their ids, so that two appends never wait for each other. The last sort ends the
        // locking before the first number is drawn.
        let written = try await unit.execute(
            """
            WITH given AS (
                SELECT * FROM unnest(
                    \(events.map(\.type))::text[], \(events.map(\.aggregateID))::text[], \(events.map(\.payload))::bytea[],
                    \(events.map { Int64(Self.partition(of: $0.aggregateID, among: partitions)) })::bigint[])
                    WITH ORDINALITY AS given (type, aggregate_id, payload, partition, ordinal)),
            raised AS (
                INSERT INTO \(unescaped: schema).event_aggregate AS aggregate (aggregate_id, version)
                SELECT aggregate_id, count(*) FROM given GROUP BY aggregate_id ORDER BY aggregate_id
                ON CONFLICT (aggregate_id) DO UPDATE SET version = aggregate.version + excluded.version
                RETURNING aggregate_id, version)
            INSERT INTO \(unescaped: schema).event_pending (partition, type, aggregate_id, aggregate_version, payload)
            SELECT partition, type, aggregate_id,
                version - count(*) OVER (PARTITION BY aggregate_id)
                    + row_number() OVER (PARTITION BY aggregate_id ORDER BY ordinal),
                payload
            FROM given JOIN raised USING (aggregate_id)
            ORDER BY ordinal
            """)
        precondition(written == events.count, "every event of an append is written")
    }

    /// The events of a partition after a position, oldest first; fewer than `limit` where they are large.
    public func read(
        partition: Int = 0, after position: Int64, limit: Int, from pool: Pool
    ) async throws -> [EventsV1.Event] {
        let rows = try await pool.query(
            """
            SELECT position, id, type, aggregate_id, aggregate_version, occurred_at, payload
            FROM (
                SELECT *, sum(bytes) OVER (ORDER BY position) AS bytes_so_far
                FROM (
                    SELECT *, octet_length(payload) + octet_length(type) + octet_length(aggregate_id)
                        + \(unescaped: "\(Self.bytesBesideTexts)") AS bytes
                    FROM \(unescaped: schema).event_log
                    WHERE partition = \(Int64(partition)) AND position > \(position)
                    ORDER BY position
                    LIMIT \(min(limit, Self.maximumBatch))) AS next) AS event
            WHERE bytes_so_far <= \(Int64(Self.maximumReadBytes)) OR bytes_so_far = bytes
            ORDER BY position
            """)
        return try rows.map { try EventsV1.Event($0) }
    }
}

extension EventsV1.Event {
    /// Position, id, type, aggregate, version, time and payload, in this order.
    init(_ row: Row) throws {
        let (position, id, type, aggregateID, version, occurredAt, payload) = try row.decode(
            Int64.self, [UInt8].self, String.self, String.self, Int64.self, Timestamp.self, [UInt8].self)
        self.init(
            position: UInt64(position), id: id, type: type, aggregateID: aggregateID, aggregateVersion: UInt64(version),
            occurredAtUnixMicroseconds: occurredAt.unixMicroseconds, payload: payload)
    }
}
