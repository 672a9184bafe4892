public import Contracts
public import Postgres
public import Wire

/// Serves a service's event log to other services.
public struct EventFeed: EventsV1.EventFeedService {
    /// Longest wait that a reader may ask for.
    public static let longestWait: Duration = .seconds(30)
    /// How often the log is looked at while a reader waits, besides the signals of this process.
    static let pollInterval: Duration = .milliseconds(250)
    /// Left before the caller's deadline to send the answer in.
    static let answerMargin: Duration = .milliseconds(50)

    private let log: EventLog
    private let pool: Pool
    private let wakeup: Wakeup

    public init(log: EventLog, pool: Pool, wakeup: Wakeup) {
        self.log = log
        self.pool = pool
        self.wakeup = wakeup
    }

    public func read(_ request: EventsV1.ReadRequest, context: ServerContext) async throws -> EventsV1.ReadResponse {
        guard let after = Int64(exactly: request.afterPosition) else {
            throw RPCError(.invalidArgument, "after_position: \(request.afterPosition) is past the last possible position")
        }
        guard (1...UInt32(EventLog.maximumBatch)).contains(request.limit) else {
            throw RPCError(.invalidArgument, "limit: expected 1 to \(EventLog.maximumBatch), got \(request.limit)")
        }
        guard request.waitMilliseconds <= UInt64(Self.longestWait.components.seconds) * 1000 else {
            throw RPCError(.invalidArgument, "wait_milliseconds: expected at most 30000, got \(request.waitMilliseconds)")
        }
        let end = min(
            ContinuousClock.now + .milliseconds(Int64(request.waitMilliseconds)),
            context.deadline.instant - Self.answerMargin)
        while true {
            let generation = wakeup.generation
            let events: [EventsV1.Event]
            do {
                events = try await log.read(after: after, limit: Int(request.limit), from: pool)
            } catch  where Task.isCancelled {
                // The caller has gone, or the server ends: no fault of the log.
                events = []
            } catch let error as PostgresError where error.mayPass {
                throw RPCError(.unavailable, "the event log cannot be read at the moment: \(error.code)", cause: error)
            }
            let left = ContinuousClock.now.duration(to: end)
            if !events.isEmpty || left <= .zero || Task.isCancelled {
                return EventsV1.ReadResponse(events: events)
            }
            await wakeup.wait(after: generation, upTo: min(left, Self.pollInterval))
        }
    }
}
