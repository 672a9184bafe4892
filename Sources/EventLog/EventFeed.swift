public import Contracts
public import Postgres
public import Wire

/// Serves a service's event log to other services.
public struct EventFeed: EventsV1.EventFeedService {
    /// How long the feed serves, waits and stays silent.
    public struct Configuration: Sendable, Hashable {
        /// Longest silence: when it is over, a message without events says that the feed is there.
        public var heartbeat: Duration = .seconds(10)
        /// How long one stream lasts. A reader that comes again says how far it has got, and one that nobody reads any more, which a server
        /// is not told, does not stay.
        public var lifetime: Duration = .seconds(300)
        /// How often the log is looked at while a reader waits, besides the rings of this process.
        public var pollInterval: Duration = .milliseconds(250)
        /// How often it is noted of a consumer that it is there, so that one that has nothing to read is not taken for gone.
        public var noteInterval: Duration = EventLog.longestSilence / 3

        public init() {}
    }

    /// Silence after which a reader should take the feed for dead.
    public static let longestSilence: Duration = .seconds(30)
    /// Longest name of a consumer, in bytes.
    public static let longestName = 100

    private let log: EventLog
    private let pool: Pool
    private let bell: Bell
    private let configuration: Configuration

    /// - Parameter bell: rung by the log's sequencer.
    public init(log: EventLog, pool: Pool, bell: Bell, configuration: Configuration = Configuration()) {
        self.log = log
        self.pool = pool
        self.bell = bell
        self.configuration = configuration
    }

    public func follow(
        _ request: EventsV1.FollowRequest, to responses: MessageSender<EventsV1.FollowResponse>, context: ServerContext
    ) async throws {
        let start = try check(request)
        var position = start
        let end = ContinuousClock.now + configuration.lifetime
        // Those who wait for events look again, and find that the server shuts down.
        context.drain.onBegin { [bell] in bell.ring() }
        var nextHeartbeat = ContinuousClock.now
        var nextNote = ContinuousClock.now
        while !context.drain.hasBegun, ContinuousClock.now < end {
            if !request.consumer.isEmpty, nextNote <= .now {
                // What was sent since is not yet passed: the consumer says so when it comes again.
                try await reaching {
                    try await log.note(request.consumer, hasPassed: start, of: Int(request.partition), in: pool)
                }
                nextNote = .now + configuration.noteInterval
            }
            let generation = bell.generation
            let events = try await reaching {
                try await log.read(partition: Int(request.partition), after: position, limit: Int(request.limit), from: pool)
            }
            if !events.isEmpty || nextHeartbeat <= .now {
                try await responses.send(EventsV1.FollowResponse(events: events, partitions: UInt32(log.partitions)))
                nextHeartbeat = .now + configuration.heartbeat
            }
            if let last = events.last {
                position = Int64(clamping: last.position)
            } else {
                let wait = min(ContinuousClock.now.duration(to: min(nextHeartbeat, end)), configuration.pollInterval)
                await bell.wait(after: generation, upTo: wait)
                try Task.checkCancellation()
            }
        }
    }

    /// - Returns: the position after which to read.
    private func check(_ request: EventsV1.FollowRequest) throws(RPCError) -> Int64 {
        guard let after = Int64(exactly: request.afterPosition) else {
            throw RPCError(.invalidArgument, "after_position: \(request.afterPosition) is past the last possible position")
        }
        guard (1...UInt32(EventLog.maximumBatch)).contains(request.limit) else {
            throw RPCError(.invalidArgument, "limit: expected 1 to \(EventLog.maximumBatch), got \(request.limit)")
        }
        guard request.partition < UInt32(log.partitions) else {
            throw RPCError(.invalidArgument, "partition: expected less than \(log.partitions), got \(request.partition)")
        }
        guard request.consumer.utf8.count <= Self.longestName else {
            throw RPCError(.invalidArgument, "consumer: expected at most \(Self.longestName) bytes")
        }
        return after
    }

    /// What the database says.
    private func reaching<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgresError where error.mayPass && !Task.isCancelled {
            throw RPCError(.unavailable, "the event log cannot be read at the moment: \(error.code)", cause: error)
        }
    }
}
