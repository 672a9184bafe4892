import Contracts
public import Postgres

/// Publishes a service's log on a bus, for consumers beyond those who read its feed.
///
/// How far it has got is noted in the log's own database after the bus has the events, so a relay that dies in between publishes some
/// of them again: consumers of the bus remember the ids of events. One process at a time relays a partition: the others wait for the
/// row that it holds locked.
public struct EventRelay: Sendable {
    private let log: EventLog
    private let pool: Pool
    private let bus: any EventBus
    private let name: String

    /// - Parameter name: under which the relay is known to the log, which keeps what has not been published.
    public init(log: EventLog, pool: Pool, bus: any EventBus, name: String) {
        self.log = log
        self.pool = pool
        self.bus = bus
        self.name = name
    }

    /// Publishes the next events of every partition.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func step(limit: Int = 500) async throws -> Int {
        var published = 0
        for partition in 0..<log.partitions {
            published += try await step(partition, limit: limit)
        }
        return published
    }

    private func step(_ partition: Int, limit: Int) async throws -> Int {
        try await pool.unitOfWork("relay events") { unit in
            let position = try await lockedPosition(partition, in: unit)
            let events = try await log.read(partition: partition, after: position, limit: limit, from: pool)
            guard let last = events.last else {
                // It runs, and is not to be taken for gone.
                unit.send(
                    """
                    UPDATE \(unescaped: log.schema).event_reader SET seen_at = clock_timestamp()
                    WHERE consumer = \(name) AND partition = \(Int64(partition))
                        AND seen_at < clock_timestamp() - make_interval(secs => \(EventLog.longestSilence / .seconds(1) / 2))
                    """)
                return 0
            }
            try await bus.publish(events)
            unit.send(
                """
                UPDATE \(unescaped: log.schema).event_reader
                SET position = \(Int64(clamping: last.position)), seen_at = clock_timestamp()
                WHERE consumer = \(name) AND partition = \(Int64(partition))
                """)
            return events.count
        }
    }

    /// How far the relay has got, locked until the unit of work ends.
    private func lockedPosition(_ partition: Int, in unit: UnitOfWork) async throws -> Int64 {
        let select: Query = """
            SELECT position FROM \(unescaped: log.schema).event_reader
            WHERE consumer = \(name) AND partition = \(Int64(partition)) FOR UPDATE
            """
        if let row = try await unit.query(select).first { return try row.decode(Int64.self) }
        unit.send(
            """
            INSERT INTO \(unescaped: log.schema).event_reader (consumer, partition, position)
            VALUES (\(name), \(Int64(partition)), 0) ON CONFLICT DO NOTHING
            """)
        return try await unit.query(select).first?.decode(Int64.self) ?? 0
    }
}
