public import Contracts
public import Postgres
import Synchronization
public import Wire

/// Serves a service's event log to other services.
public struct EventFeed: EventsV1.EventFeedService {
    /// Longest wait that a reader may ask for.
    public static let longestWait: Duration = .seconds(30)
    /// Longest name of a consumer, in bytes.
    public static let longestName = 100
    /// How often the log is looked at while a reader waits, besides the rings of this process.
    static let pollInterval: Duration = .milliseconds(250)
    /// Left before the caller's deadline to send the answer in.
    static let answerMargin: Duration = .milliseconds(50)
    /// How often it is written down at most how far a consumer has got: it matters to what is forgotten after days.
    static let noteInterval: Duration = .seconds(5)

    private let log: EventLog
    private let pool: Pool
    private let bell: Bell
    private let notes = ReaderNotes()

    /// - Parameter bell: rung by the log's sequencer.
    public init(log: EventLog, pool: Pool, bell: Bell) {
        self.log = log
        self.pool = pool
        self.bell = bell
    }

    public func read(_ request: EventsV1.ReadRequest, context: ServerContext) async throws -> EventsV1.ReadResponse {
        let after = try check(request)
        let end = min(
            ContinuousClock.now + .milliseconds(Int64(request.waitMilliseconds)),
            context.deadline.instant - Self.answerMargin)
        try await reaching {
            guard !request.consumer.isEmpty,
                notes.isDue(request.consumer, of: request.partition, at: after, now: .now, interval: Self.noteInterval)
            else { return }
            try await log.note(request.consumer, hasPassed: after, of: Int(request.partition), in: pool)
        }
        while true {
            let generation = bell.generation
            let events =
                try await reaching {
                    try await log.read(
                        partition: Int(request.partition), after: after, limit: Int(request.limit), from: pool)
                } ?? []
            let left = ContinuousClock.now.duration(to: end)
            if !events.isEmpty || left <= .zero || Task.isCancelled {
                return EventsV1.ReadResponse(events: events, partitions: UInt32(log.partitions))
            }
            await bell.wait(after: generation, upTo: min(left, Self.pollInterval))
        }
    }

    /// - Returns: the position after which to read.
    private func check(_ request: EventsV1.ReadRequest) throws(RPCError) -> Int64 {
        guard let after = Int64(exactly: request.afterPosition) else {
            throw RPCError(.invalidArgument, "after_position: \(request.afterPosition) is past the last possible position")
        }
        guard (1...UInt32(EventLog.maximumBatch)).contains(request.limit) else {
            throw RPCError(.invalidArgument, "limit: expected 1 to \(EventLog.maximumBatch), got \(request.limit)")
        }
        guard request.waitMilliseconds <= UInt64(Self.longestWait.components.seconds) * 1000 else {
            throw RPCError(.invalidArgument, "wait_milliseconds: expected at most 30000, got \(request.waitMilliseconds)")
        }
        guard request.partition < UInt32(log.partitions) else {
            throw RPCError(.invalidArgument, "partition: expected less than \(log.partitions), got \(request.partition)")
        }
        guard request.consumer.utf8.count <= Self.longestName else {
            throw RPCError(.invalidArgument, "consumer: expected at most \(Self.longestName) bytes")
        }
        return after
    }

    /// What the database says, or nothing once nobody waits for it.
    private func reaching<Value>(_ body: () async throws -> Value) async throws -> Value? {
        do {
            return try await body()
        } catch  where Task.isCancelled {
            // The caller has gone, or the server ends: no fault of the log.
            return nil
        } catch let error as PostgresError where error.mayPass {
            throw RPCError(.unavailable, "the event log cannot be read at the moment: \(error.code)", cause: error)
        }
    }
}

/// When it was last written down how far each consumer has got.
final class ReaderNotes: Sendable {
    private struct Reader: Hashable {
        let consumer: String
        let partition: UInt32
    }

    /// Consumers remembered; beyond that they are written down more often than they need to be.
    private static let most = 1000

    private let notes = Mutex<[Reader: (position: Int64, at: ContinuousClock.Instant)]>([:])

    func isDue(
        _ consumer: String, of partition: UInt32, at position: Int64, now: ContinuousClock.Instant, interval: Duration
    ) -> Bool {
        notes.withLock { notes in
            let reader = Reader(consumer: consumer, partition: partition)
            if let last = notes[reader] {
                // One that stands still is noted as well, if seldom, so that it is not taken for gone.
                guard last.at + (last.position == position ? EventLog.longestSilence / 2 : interval) <= now else { return false }
            }
            if notes.count >= Self.most { notes = [:] }
            notes[reader] = (position, now)
            return true
        }
    }
}
