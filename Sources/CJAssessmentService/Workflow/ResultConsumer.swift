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

    /// Name under which the cursor is kept, here and at the provider service.
    static let name = "cj-results"
    /// How long one read waits for an event.
    static let wait: Duration = .seconds(10)

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

    /// Waits for events and records them.
    ///
    /// - Returns: the assessments that have something new to decide about.
    func consumeNext() async throws -> Set<String> {
        let (cursor, pause) = try await events.standing()
        if let pause, pause <= .zero {
            return try await events.retryDue { try await record($0, in: $1) }.reduce(into: []) { $0.formUnion($1) }
        }
        let wait = min(Self.wait, pause ?? Self.wait)
        let response = try await feed.read(
            EventsV1.ReadRequest(
                afterPosition: UInt64(cursor.position), limit: UInt32(configuration.resultsAtOnce),
                waitMilliseconds: UInt64(wait / .milliseconds(1)), consumer: Self.name),
            options: .timeout(Self.wait + configuration.callTimeout))
        guard response.partitions <= 1 else {
            throw AssessmentError(
                .feedPartitioned, "the provider service's feed has \(response.partitions) partitions; one is read")
        }
        return try await record(response.events, epoch: cursor.epoch)
    }

    /// Records events, as far as nobody has done so before, in whatever order and however often they come.
    ///
    /// - Throws: ``EventLogError`` when one is missing; nothing is recorded then.
    func record(_ new: [EventsV1.Event], epoch: Int64 = 0) async throws -> Set<String> {
        guard !new.isEmpty else { return [] }
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
