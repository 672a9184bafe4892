public import Contracts
public import Postgres

extension EventConsumer {
    /// Tries events that were set aside and are due, and those that wait behind them, until none is due.
    ///
    /// - Returns: what the units of work that were committed had to return.
    /// - Throws: a fault that may pass.
    public func retryDue<Effect>(partition: Int = 0, apply: Application<Effect>) async throws -> [Effect] {
        var effects: [Effect] = []
        while try await standing(in: partition).pauseBeforeRetry.map({ $0 <= .zero }) ?? false {
            switch try await retryNext(partition: partition, apply: apply) {
            case .none: return effects
            case .applied(let effect): effects += effect.map { [$0] } ?? []
            case .failed: continue
            }
        }
        return effects
    }

    private enum Retry<Effect> {
        case none
        case applied(Effect?)
        case failed
    }

    private func retryNext<Effect>(partition: Int, apply: Application<Effect>) async throws -> Retry<Effect> {
        // The event under way, for the fault that ends it.
        var tried: (event: EventsV1.Event, attempts: Int64)?
        do {
            return try await pool.unitOfWork("retry event") { unit in
                tried = nil
                // Replicas take turns, with each other and with those that apply new events.
                _ = try await lockedCursor(partition, in: unit)
                guard let (event, attempts) = try await dueEvent(partition, in: unit) else { return .none }
                tried = (event, attempts)
                unit.send(
                    """
                    DELETE FROM \(unescaped: schema).event_set_aside
                    WHERE consumer = \(name) AND partition = \(Int64(partition)) AND position = \(Int64(event.position))
                    """)
                let new = configuration.remembersEvents ? try await remember([event], in: unit) : [event]
                return .applied(new.isEmpty ? nil : try await apply(new, unit))
            }
        } catch let fault where FaultKind(fault) != .passing {
            guard let (event, attempts) = tried else { throw fault }
            let isDead = FaultKind(fault) == .lasting || attempts + 1 >= configuration.maximumAttempts
            // The attempts keep a replica that tried at the same time from being counted twice.
            try await pool.execute(
                """
                UPDATE \(unescaped: schema).event_set_aside SET
                    attempts = attempts + 1, fault = \(FaultKind.reason(fault)), is_dead = \(isDead),
                    retry_at = clock_timestamp() + make_interval(secs => \(configuration.pause(after: attempts + 1) / .seconds(1)))
                WHERE consumer = \(name) AND partition = \(Int64(partition)) AND position = \(Int64(event.position))
                    AND attempts = \(attempts)
                """)
            log(event, attempts: attempts + 1, fault: fault, isDead: isDead)
            return .failed
        }
    }

    private func dueEvent(_ partition: Int, in unit: UnitOfWork) async throws -> (event: EventsV1.Event, attempts: Int64)? {
        let rows = try await unit.query(
            """
            SELECT position, id, type, aggregate_id, aggregate_version, occurred_at, payload, attempts
            FROM \(unescaped: schema).event_set_aside AS event WHERE \(unescaped: isFirst)
                AND consumer = \(name) AND partition = \(Int64(partition)) AND retry_at <= clock_timestamp()
            ORDER BY position LIMIT 1
            """)
        return try rows.first.map { (try EventsV1.Event($0), try $0.decode("attempts", as: Int64.self)) }
    }

    /// That an event is alive and no earlier one of its aggregate stands in its way, as a condition.
    var isFirst: String {
        """
        NOT is_dead AND NOT EXISTS (
            SELECT FROM \(schema).event_set_aside AS earlier
            WHERE earlier.consumer = event.consumer AND earlier.partition = event.partition
                AND earlier.aggregate_id = event.aggregate_id AND earlier.position < event.position
                AND (NOT earlier.is_dead OR \(configuration.afterDeath == .park)))
        """
    }

    // MARK: - Writing

    /// Puts an event that has failed for the first time aside.
    func insert(_ event: EventsV1.Event, fault: any Error, isDead: Bool, partition: Int, in unit: UnitOfWork) {
        insert(
            [event], attempts: 1, fault: FaultKind.reason(fault), isDead: isDead, pause: configuration.pause(after: 1), partition,
            unit)
    }

    /// Puts events aside that have to wait for an earlier one of their aggregates; they are due as soon as they may be applied.
    func park(_ events: [EventsV1.Event], partition: Int, in unit: UnitOfWork) {
        insert(events, attempts: 0, fault: nil, isDead: false, pause: .zero, partition, unit)
    }

    private func insert(
        _ events: [EventsV1.Event], attempts: Int64, fault: String?, isDead: Bool, pause: Duration, _ partition: Int,
        _ unit: UnitOfWork
    ) {
        unit.send(
            """
            INSERT INTO \(unescaped: schema).event_set_aside (
                consumer, partition, position, id, type, aggregate_id, aggregate_version, occurred_at, payload, attempts, fault,
                retry_at, is_dead)
            SELECT \(name), \(Int64(partition)), given.position, given.id, given.type, given.aggregate_id, given.version,
                to_timestamp(given.occurred_at / 1e6), given.payload, \(attempts), \(fault),
                clock_timestamp() + make_interval(secs => \(pause / .seconds(1))), \(isDead)
            FROM unnest(
                \(events.map { Int64(clamping: $0.position) })::bigint[], \(events.map(\.id))::bytea[],
                \(events.map(\.type))::text[], \(events.map(\.aggregateID))::text[],
                \(events.map { Int64(clamping: $0.aggregateVersion) })::bigint[],
                \(events.map(\.occurredAtUnixMicroseconds))::bigint[], \(events.map(\.payload))::bytea[])
                AS given (position, id, type, aggregate_id, version, occurred_at, payload)
            ON CONFLICT (consumer, partition, position) DO NOTHING
            """)
    }
}
