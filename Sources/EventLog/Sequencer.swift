public import Logging
public import Postgres
import Synchronization

/// Moves committed events from the pending set into the log and gives them their positions.
///
/// Any number of processes may run one. A lease, by the database's clock, keeps them from getting in each other's way; that each event
/// is moved once and positions have no gaps does not depend on it: a batch is one statement that locks the partition's row and moves
/// nothing under an old epoch. An idle holder lets its lease run out, so that whoever next has something to move takes over at once.
public struct Sequencer: Sendable {
    /// Events moved in one statement.
    public static let batch = 500
    /// How long others leave a partition to the one that moved events last.
    static let lease: Duration = .seconds(1)
    /// How often the pending set is looked at besides the rings of this process.
    static let pollInterval: Duration = .milliseconds(100)

    private let log: EventLog
    private let pool: Pool
    private let appended: Bell
    private let sequenced: Bell
    private let logger: Logger
    private let held = HeldPartitions()

    /// - Parameters:
    ///   - appended: rung when events were committed.
    ///   - sequenced: rung here when events have their positions; give it to the event feed.
    public init(log: EventLog, pool: Pool, appended: Bell, sequenced: Bell, logger: Logger) {
        self.log = log
        self.pool = pool
        self.appended = appended
        self.sequenced = sequenced
        self.logger = logger
    }

    /// Moves what is pending, or waits until there may be something; to be repeated for as long as the service runs.
    public func step() async throws {
        let generation = appended.generation
        guard try await drain() == 0 else { return }
        await appended.wait(after: generation, upTo: Self.pollInterval)
    }

    /// Moves everything that is pending now, but for partitions that others hold.
    ///
    /// - Returns: how many events were moved.
    @discardableResult
    public func drain() async throws -> Int {
        let due = try await pool.query(
            """
            SELECT partition FROM \(unescaped: log.schema).event_partition AS this
            WHERE EXISTS (SELECT FROM \(unescaped: log.schema).event_pending WHERE event_pending.partition = this.partition)
            ORDER BY partition
            """)
        var moved = 0
        for row in due { moved += try await drain(partition: row.decode(Int64.self)) }
        return moved
    }

    /// Ends all leases, instead of waiting for them to run out; only for a process that is alone on its database.
    public func takeOver() async throws {
        try await pool.execute(
            "UPDATE \(unescaped: log.schema).event_partition SET lease_until = NULL WHERE lease_until IS NOT NULL")
    }

    /// Moves what is left and lets go of the leases, for the next process to begin at once.
    public func finish() async {
        do {
            try await drain()
            for (partition, epoch) in held.all {
                try await pool.execute(
                    """
                    UPDATE \(unescaped: log.schema).event_partition SET lease_until = NULL
                    WHERE partition = \(partition) AND epoch = \(epoch)
                    """)
            }
        } catch {
            // What is pending stays so until a process runs again.
            logger.warning("event log not finished", metadata: ["schema": "\(log.schema)", "reason": "\(error)"])
        }
    }

    private func drain(partition: Int64) async throws -> Int {
        var moved = 0
        while let epoch = try await holding(partition) {
            guard let count = try await move(partition, epoch: epoch) else {
                held.drop(partition, epoch: epoch)
                continue
            }
            moved += count
            if count > 0 { sequenced.ring() }
            guard count == Self.batch else { return moved }
        }
        return moved
    }

    /// The epoch under which this process holds a partition; nil while another one does.
    private func holding(_ partition: Int64) async throws -> Int64? {
        if let epoch = held[partition] { return epoch }
        let taken = try await pool.query(
            """
            UPDATE \(unescaped: log.schema).event_partition
            SET epoch = epoch + 1, lease_until = clock_timestamp() + make_interval(secs => \(Self.lease / .seconds(1)))
            WHERE partition = \(partition) AND (lease_until IS NULL OR lease_until < clock_timestamp())
            RETURNING epoch
            """)
        // Where there is none, a task beside this one may have taken it meanwhile.
        if let epoch = try taken.first?.decode(Int64.self) { held[partition] = epoch }
        return held[partition]
    }

    /// Moves one batch.
    ///
    /// - Returns: how many events it had; nil when another process has taken the partition over.
    private func move(_ partition: Int64, epoch: Int64) async throws -> Int? {
        let row = try await pool.query(
            """
            WITH held AS (
                SELECT partition, position FROM \(unescaped: log.schema).event_partition
                WHERE partition = \(partition) AND epoch = \(epoch) FOR UPDATE),
            taken AS (
                DELETE FROM \(unescaped: log.schema).event_pending
                WHERE partition = \(partition) AND sequence = ANY(ARRAY(
                    SELECT next.sequence
                    FROM held CROSS JOIN LATERAL (
                        SELECT sequence FROM \(unescaped: log.schema).event_pending AS pending
                        WHERE pending.partition = held.partition
                        ORDER BY sequence LIMIT \(Int64(Self.batch))) AS next))
                RETURNING sequence, id, type, aggregate_id, aggregate_version, occurred_at, payload),
            written AS (
                INSERT INTO \(unescaped: log.schema).event_log (
                    partition, position, id, type, aggregate_id, aggregate_version, occurred_at, payload)
                SELECT held.partition, held.position + row_number() OVER (ORDER BY sequence), id, type, aggregate_id,
                    aggregate_version, occurred_at, payload
                FROM taken CROSS JOIN held
                RETURNING position),
            moved AS (
                UPDATE \(unescaped: log.schema).event_partition
                SET position = last.position, lease_until = clock_timestamp() + make_interval(secs => \(Self.lease / .seconds(1)))
                FROM (SELECT max(position) AS position FROM written) AS last
                WHERE partition = \(partition) AND last.position IS NOT NULL)
            SELECT (SELECT count(*) FROM held), (SELECT count(*) FROM written)
            """)[0]
        let (holders, count) = try row.decode(Int.self, Int.self)
        return holders == 1 ? count : nil
    }
}

/// The partitions that a process holds, with their epochs.
private final class HeldPartitions: Sendable {
    private let epochs = Mutex<[Int64: Int64]>([:])

    var all: [(partition: Int64, epoch: Int64)] {
        epochs.withLock { $0.map { (partition: $0.key, epoch: $0.value) } }
    }

    subscript(partition: Int64) -> Int64? {
        get { epochs.withLock { $0[partition] } }
        set { epochs.withLock { $0[partition] = newValue } }
    }

    /// Forgets a partition, unless it has been taken again since.
    func drop(_ partition: Int64, epoch: Int64) {
        epochs.withLock { if $0[partition] == epoch { $0[partition] = nil } }
    }
}
