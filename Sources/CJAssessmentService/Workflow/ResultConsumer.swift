import Contracts
import EventLog
import Logging
import Postgres
import Wire

/// Reads the provider service's events and records what they mean: judgements, retries, failures.
///
/// The cursor moves in the unit of work that holds the effects, so an event counts once however often it is read. One that nobody can
/// read or record is set aside, and holds nothing up.
struct ResultConsumer: Sendable {
    let store: AssessmentStore
    let feed: EventsV1.EventFeedClient
    let recorder: ResultRecorder<AssessmentStore>
    let configuration: CJAssessmentConfiguration
    private let events: EventConsumer

    /// Rung when events have been recorded or set aside.
    private let consumed = Bell()

    /// Name under which the cursor is kept, here and at the provider service.
    static let name = "cj-results"
    /// Longest wait for an event that was set aside to be due.
    private static let longestRest: Duration = .seconds(10)

    init(
        store: AssessmentStore, feed: EventsV1.EventFeedClient, intake: ResultIntake, configuration: CJAssessmentConfiguration,
        logger: Logger
    ) {
        self.store = store
        self.feed = feed
        recorder = ResultRecorder(store: store, intake: intake)
        self.configuration = configuration
        events = EventConsumer(name: Self.name, schema: AssessmentStore.schema, pool: store.pool, logger: logger)
    }

    /// Follows the feed from where the cursor stands and records its events as they come, until the stream ends.
    ///
    /// - Parameter recorded: told, message by message, which assessments have something new to decide about.
    /// - Throws: what ended the stream before its time, or what kept events from being recorded; following again goes on from the cursor.
    func follow(_ recorded: (Set<String>) throws -> Void) async throws {
        let (cursor, _) = try await events.standing()
        let request = EventsV1.FollowRequest(
            afterPosition: UInt64(cursor.position), limit: UInt32(configuration.resultsAtOnce), consumer: Self.name)
        for try await message in try await feed.follow(request, options: CallOptions(silence: EventFeed.longestSilence)) {
            guard message.partitions <= 1 else {
                throw AssessmentError(
                    .feedPartitioned, "the provider service's feed has \(message.partitions) partitions; one is read")
            }
            try recorded(try await record(message.events, epoch: cursor.epoch))
        }
    }

    /// Tries events again that were set aside, once the next of them is due.
    ///
    /// - Returns: the assessments that have something new to decide about.
    func retryNext() async throws -> Set<String> {
        let generation = consumed.generation
        let pause = try await events.standing().pauseBeforeRetry ?? Self.longestRest
        guard pause <= .zero else {
            await consumed.wait(after: generation, upTo: min(pause, Self.longestRest))
            return []
        }
        return try await events.retryDue { try await record($0, in: $1) }.reduce(into: []) { $0.formUnion($1) }
    }

    /// Records events, as far as nobody has done so before, in whatever order and however often they come.
    ///
    /// - Throws: ``EventLogError`` when one is missing; nothing is recorded then.
    func record(_ new: [EventsV1.Event], epoch: Int64 = 0) async throws -> Set<String> {
        guard !new.isEmpty else { return [] }
        defer { consumed.ring() }
        return try await events.consume(new, epoch: epoch) { try await record($0, in: $1) }
            .reduce(into: []) { $0.formUnion($1) }
    }

    private func record(_ events: [EventsV1.Event], in unit: UnitOfWork) async throws -> Set<String> {
        try await recorder.record(try events.compactMap { try result(in: $0) }, in: unit)
    }

    private func result(in event: EventsV1.Event) throws -> LLMV1.Result? {
        guard event.type == EventsV1.LLMRequestFinished.typeName else { return nil }
        return try EventsV1.LLMRequestFinished(decoding: event.payload).result
    }
}
