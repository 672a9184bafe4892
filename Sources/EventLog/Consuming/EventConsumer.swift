public import Contracts
public import Logging
public import Postgres

/// Applies events to a service's own tables, each once, in the order of its aggregate.
///
/// The cursor moves in the unit of work that holds the effects and is locked in it, so that of several replicas one applies an event
/// and the others find it applied. An event that cannot be applied is set aside in a table and the cursor moves on: events of other
/// aggregates never wait for it. It is tried again, with growing pauses, and dead after its last attempt, or at once where the fault
/// (an unreadable payload, an SQLSTATE of class 22, 23 or 42) would only repeat itself. Later events of its aggregate wait in the same
/// table while it is tried; once it is dead, they go on waiting or are applied without it, by policy.
///
/// A fault that says nothing about the event (a lost connection, a full disk) is thrown, and nothing has happened.
public struct EventConsumer: Sendable {
    /// What becomes of the later events of an aggregate of which one is dead.
    public enum Policy: Sendable, Hashable {
        /// They wait until somebody has replayed or discarded it.
        case park
        /// They are applied as if it had not been there.
        case skip
    }

    public struct Configuration: Sendable, Hashable {
        /// Attempts that an event has before it is dead.
        public var maximumAttempts: Int64 = 5
        /// Pause before the second attempt; it doubles with each further one.
        public var firstPause: Duration = .milliseconds(200)
        public var longestPause: Duration = .seconds(30)
        public var afterDeath: Policy = .park
        /// Whether the bus may bring an event again at another position, so that the ids of events must be remembered.
        public var remembersEvents = false

        public init() {}

        /// - Parameter attempts: made so far.
        func pause(after attempts: Int64) -> Duration {
            min(firstPause * (1 << min(max(attempts - 1, 0), 20)), longestPause)
        }
    }

    /// Where a consumer stands in a partition.
    public struct Cursor: Sendable, Hashable {
        /// Position of the last event that was applied or set aside; zero for a consumer that has had none, which begins with
        /// whatever comes first.
        public let position: Int64
        /// Raised when the cursor is moved by hand: what was read before that is not applied.
        public let epoch: Int64

        public init(position: Int64, epoch: Int64) {
            self.position = position
            self.epoch = epoch
        }
    }

    /// Writes the effects of events, all of them or none, into a unit of work. It may be run again, and for fewer events at once.
    public typealias Application<Effect> = ([EventsV1.Event], UnitOfWork) async throws -> Effect

    /// Name under which the cursor and the events set aside are kept.
    public let name: String
    let schema: String
    let pool: Pool
    let configuration: Configuration
    private let logger: Logger

    /// - Parameter schema: the consuming service's own, which has had ``migration(version:schema:)``.
    public init(
        name: String, schema: String, pool: Pool, configuration: Configuration = Configuration(), logger: Logger
    ) {
        self.name = name
        self.schema = schema
        self.pool = pool
        self.configuration = configuration
        self.logger = logger
    }

    // MARK: - One batch

    /// Applies events of a partition, as far as nobody has done so before, in whatever order and however often they are given.
    ///
    /// - Parameter epoch: that of the cursor after which the events were read.
    /// - Returns: what each unit of work that was committed had to return: one, or one for each event where they were applied apart.
    /// - Throws: ``EventLogError`` with `.eventMissing` or `.overtaken`, or a fault that may pass; the cursor stands before what was not
    ///   dealt with.
    public func consume<Effect>(
        _ events: [EventsV1.Event], partition: Int = 0, epoch: Int64 = 0, apply: Application<Effect>
    ) async throws -> [Effect] {
        let events = events.sorted { $0.position < $1.position }
        do {
            return try await take(events, partition: partition, epoch: epoch, apply: apply).map { [$0] } ?? []
        } catch let fault where FaultKind(fault) != .passing {
            guard events.count > 1 else {
                try await setAside(events, because: fault, partition: partition, epoch: epoch)
                return []
            }
        }
        // One of them cannot be applied. Each by itself, so that it takes no other one along.
        var effects: [Effect] = []
        for event in events {
            do {
                if let effect = try await take([event], partition: partition, epoch: epoch, apply: apply) {
                    effects.append(effect)
                }
            } catch let fault where FaultKind(fault) != .passing {
                try await setAside([event], because: fault, partition: partition, epoch: epoch)
            }
        }
        return effects
    }

    /// Applies events in one unit of work.
    private func take<Effect>(
        _ events: [EventsV1.Event], partition: Int, epoch: Int64, apply: Application<Effect>
    ) async throws -> Effect? {
        try await pool.unitOfWork("consume events") { unit in
            let (cursor, blocked) = try await lockedCursor(partition, blocking: events.map(\.aggregateID), in: unit)
            let fresh = try fresh(events, after: cursor, epoch: epoch)
            guard let last = fresh.last else { return nil }
            let parked = fresh.filter { blocked.contains($0.aggregateID) }
            if !parked.isEmpty { park(parked, partition: partition, in: unit) }
            moveCursor(to: last.position, partition: partition, in: unit)
            let free = fresh.filter { !blocked.contains($0.aggregateID) }
            let new = configuration.remembersEvents ? try await remember(free, in: unit) : free
            return new.isEmpty ? nil : try await apply(new, unit)
        }
    }

    /// The events behind the cursor, each once.
    func fresh(_ events: [EventsV1.Event], after cursor: Cursor, epoch: Int64) throws(EventLogError) -> [EventsV1.Event] {
        guard cursor.epoch == epoch else {
            throw EventLogError(.overtaken, "the cursor of \(name) was moved after the events had been read")
        }
        var fresh: [EventsV1.Event] = []
        var last = UInt64(clamping: cursor.position)
        for event in events where event.position > last {
            guard event.position == last + 1 || last == 0 else {
                throw EventLogError(.eventMissing, "the events between \(last) and \(event.position) are missing")
            }
            last = event.position
            fresh.append(event)
        }
        return fresh
    }

    // MARK: - What cannot be applied

    private func setAside(
        _ events: [EventsV1.Event], because fault: any Error, partition: Int, epoch: Int64
    ) async throws {
        let isDead = FaultKind(fault) == .lasting || configuration.maximumAttempts <= 1
        try await pool.unitOfWork("set event aside") { unit in
            let (cursor, _) = try await lockedCursor(partition, in: unit)
            guard let event = try fresh(events, after: cursor, epoch: epoch).last else { return }
            insert(event, fault: fault, isDead: isDead, partition: partition, in: unit)
            moveCursor(to: event.position, partition: partition, in: unit)
        }
        for event in events { log(event, attempts: 1, fault: fault, isDead: isDead) }
    }

    func log(_ event: EventsV1.Event, attempts: Int64, fault: any Error, isDead: Bool) {
        logger.log(
            level: isDead ? .error : .warning, isDead ? "event set aside" : "event not applied yet",
            metadata: [
                "consumer": "\(name)", "event": "\(SetAsideEvent.text(of: event.id))", "position": "\(event.position)",
                "attempts": "\(attempts)", "reason": "\(FaultKind.reason(fault))",
            ])
    }
}
