public import Contracts
public import Logging
public import Postgres

/// A log in PostgreSQL as a bus.
public struct LogBus: EventBus {
    private let log: EventLog
    private let pool: Pool
    private let sequenced = Bell()
    private let sequencer: Sequencer

    public init(log: EventLog, pool: Pool, logger: Logger) {
        self.log = log
        self.pool = pool
        sequencer = Sequencer(log: log, pool: pool, appended: Bell(), sequenced: sequenced, logger: logger)
    }

    public var partitions: Int { log.partitions }

    /// Publishes events, but for those whose version the log has already: published again they are not held twice.
    public func publish(_ events: [EventsV1.Event]) async throws {
        try await pool.unitOfWork("publish events") { unit in try await log.append(published: events, in: unit) }
        try await sequencer.drain()
    }

    public func read(partition: Int, after position: Int64, limit: Int, upTo wait: Duration) async throws -> [EventsV1.Event] {
        let end = ContinuousClock.now + wait
        while true {
            let generation = sequenced.generation
            // Another process may have published and ended before it had sequenced.
            try await sequencer.drain()
            let events = try await log.read(partition: partition, after: position, limit: limit, from: pool)
            let left = ContinuousClock.now.duration(to: end)
            if !events.isEmpty || left <= .zero || Task.isCancelled { return events }
            await sequenced.wait(after: generation, upTo: min(left, Sequencer.pollInterval))
        }
    }

    /// Moves what is left; the pool stays with its owner.
    public func close() async {
        await sequencer.finish()
    }
}

extension EventLog {
    /// Writes events that another log has given ids and versions, those only that are newer than what is known of their aggregates.
    func append(published events: [EventsV1.Event], in unit: UnitOfWork) async throws {
        guard !events.isEmpty else { return }
        precondition(events.count <= Self.maximumBatch, "an append holds at most \(Self.maximumBatch) events")
        let locked = try await unit.query(
            """
            INSERT INTO \(unescaped: schema).event_aggregate AS aggregate (aggregate_id, version)
            SELECT DISTINCT given.id, 0 FROM unnest(\(events.map(\.aggregateID))::text[]) AS given (id) ORDER BY given.id
            ON CONFLICT (aggregate_id) DO UPDATE SET version = aggregate.version
            RETURNING aggregate_id, version
            """)
        var versions: [String: UInt64] = [:]
        for row in locked {
            let (aggregate, version) = try row.decode(String.self, Int64.self)
            versions[aggregate] = UInt64(version)
        }
        let new = events.filter { event in
            guard event.aggregateVersion > versions[event.aggregateID] ?? 0 else { return false }
            versions[event.aggregateID] = event.aggregateVersion
            return true
        }
        unit.send(
            """
            INSERT INTO \(unescaped: schema).event_pending (
                partition, id, type, aggregate_id, aggregate_version, occurred_at, payload)
            SELECT given.partition, given.id, given.type, given.aggregate_id, given.version, to_timestamp(given.occurred_at / 1e6),
                given.payload
            FROM unnest(
                \(new.map { Int64(Self.partition(of: $0.aggregateID, among: partitions)) })::bigint[], \(new.map(\.id))::bytea[],
                \(new.map(\.type))::text[], \(new.map(\.aggregateID))::text[],
                \(new.map { Int64(clamping: $0.aggregateVersion) })::bigint[],
                \(new.map(\.occurredAtUnixMicroseconds))::bigint[], \(new.map(\.payload))::bytea[])
                WITH ORDINALITY AS given (partition, id, type, aggregate_id, version, occurred_at, payload, ordinal)
            ORDER BY given.ordinal
            """)
        unit.send(
            """
            UPDATE \(unescaped: schema).event_aggregate SET version = given.version
            FROM unnest(\(Array(versions.keys))::text[], \(versions.values.map { Int64(clamping: $0) })::bigint[])
                AS given (aggregate_id, version)
            WHERE event_aggregate.aggregate_id = given.aggregate_id
            """)
        try await unit.sync()
    }
}
