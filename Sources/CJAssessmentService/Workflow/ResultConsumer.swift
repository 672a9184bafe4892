import Contracts
import EventLog
import Logging
import Postgres
import Wire

/// Reads the provider service's events and records what they mean: judgements, retries, failures.
///
/// The cursor moves in the unit of work that holds the effects, so an event counts once however often it is read.
struct ResultConsumer: Sendable {
    let store: AssessmentStore
    let feed: EventsV1.EventFeedClient
    let intake: ResultIntake
    let configuration: CJAssessmentConfiguration
    let logger: Logger

    /// How long one read waits for an event.
    static let wait: Duration = .seconds(10)

    /// Waits for events and records them.
    ///
    /// - Returns: the assessments that have something new to decide about.
    func consumeNext() async throws -> Set<String> {
        let position = try await store.cursor()
        let response = try await feed.read(
            EventsV1.ReadRequest(
                afterPosition: UInt64(position), limit: UInt32(configuration.resultsAtOnce),
                waitMilliseconds: UInt64(Self.wait.components.seconds) * 1000),
            options: .timeout(Self.wait + configuration.callTimeout))
        guard !response.events.isEmpty else { return [] }
        return try await record(response.events)
    }

    /// Records events, as far as nobody has done so before, in whatever order and however often they come.
    ///
    /// - Throws: ``AssessmentError`` when one is missing; nothing is recorded then.
    func record(_ events: [EventsV1.Event]) async throws -> Set<String> {
        let results = events.sorted { $0.position < $1.position }
            .map { (position: Int64(clamping: $0.position), result: result(in: $0)) }
        return try await store.pool.unitOfWork("record results") { unit in
            let cursor = try await store.lockedCursor(in: unit)
            let new = results.filter { $0.position > cursor }
            guard let last = new.last?.position else { return [] }
            guard Set(new.map(\.position)).count == last - cursor else {
                throw AssessmentError(.eventMissing, "the events after \(cursor), up to \(last), are not complete")
            }
            let fresh = new.compactMap(\.result)
            var open = try await store.openRequests(fresh.map(\.requestID), in: unit)
            var purses = try await store.purses(of: Set(open.values.map(\.assessment)), in: unit)
            let finished = fresh.compactMap { result -> FinishedRequest? in
                // A request ends once, whatever comes after its first result.
                guard let request = open.removeValue(forKey: result.requestID) else { return nil }
                var purse = purses[request.assessment] ?? Purse()
                purse.settle(cost: Int64(clamping: result.costNanodollars ?? 0))
                let effect = intake.effect(
                    of: result, attempt: Int(request.attempt), isStopping: request.isStopping, mayPay: purse.calls > 0)
                if case .retry = effect { purse.reserve(1) }
                purses[request.assessment] = purse
                return FinishedRequest(
                    requestID: result.requestID, assessment: request.assessment, comparison: request.comparison,
                    attempt: request.attempt, result: result, effect: effect)
            }
            store.moveCursor(to: last, in: unit)
            try await store.record(finished, in: unit)
            return Set(finished.map(\.assessment))
        }
    }

    private func result(in event: EventsV1.Event) -> LLMV1.Result? {
        guard event.type == EventsV1.LLMRequestFinished.typeName else { return nil }
        do {
            return try EventsV1.LLMRequestFinished(decoding: event.payload).result
        } catch {
            // The feed comes from our own service and its contract only grows: an unreadable event is a bug there, and waiting for
            // it to become readable would hold up every assessment.
            logger.error("event set aside", metadata: ["position": "\(event.position)", "reason": "\(error.message)"])
            return nil
        }
    }
}
