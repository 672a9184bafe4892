import Contracts
import CurlClient
import FoundationEssentials
import Logging
import Postgres
import Wire

/// Takes requests from the queue, calls vendors, and writes down at once what came of it.
struct RequestWorker: Sendable {
    let store: RequestStore
    let configuration: LLMProviderConfiguration
    let parser: SubmissionParser
    let http: CurlClient
    /// Rung when there may be something to claim.
    let work: Bell
    /// Rung when an event was written.
    let events: Bell
    let logger: Logger
    let lanes: Lanes
    let metrics: LLMProviderMetrics
    let held = HeldClaims()
    let search = Search()
    /// Writes endings that come at the same time.
    let endings: TransactionGroup<RequestStore.Ending, Bool>

    init(
        store: RequestStore, configuration: LLMProviderConfiguration, parser: SubmissionParser, http: CurlClient, work: Bell,
        events: Bell, logger: Logger, lanes: Lanes, metrics: LLMProviderMetrics
    ) {
        self.store = store
        self.configuration = configuration
        self.parser = parser
        self.http = http
        self.work = work
        self.events = events
        self.logger = logger
        self.lanes = lanes
        self.metrics = metrics
        // No more wait than have been sent, and what was paid for is not turned away.
        endings = TransactionGroup(
            TransactionGroup.Limits(together: RequestStore.mostEndingsTogether, waiting: .max, bytesWaiting: .max),
            size: { $0.content.count }, write: { try await store.finish($0) })
    }

    // MARK: - One request

    /// Makes one attempt and writes what came of it; a request whose time is over is not sent.
    func process(_ due: Lanes.Due) async {
        guard due.request.claim.deadline > .now else {
            await putBack(lanes.finish(due, .unsent, usage: TokenUsage(), report: LimitReport()).inVain)
            // As if it had not been claimed, for the search for what is overdue to end it.
            return await putBack(due.request.claim, after: configuration.rescueInterval)
        }
        let labels = MetricLabels(due.request.parsed)
        metrics.requests.began(due.request.claim, labels)
        metrics.prompts.sent(due.request.parsed.call.blocks, labels)
        let began = ContinuousClock.now
        let attempt = await attempt(due)
        let usage = attempt.outcome.usage
        metrics.calls.ended(attempt.outcome, of: due.request.parsed, after: attempt.latency, on: attempt.day)
        metrics.prompts.answered(usage, labels)
        let aftermath = lanes.finish(due, attempt.ending, usage: usage, report: attempt.report)
        // First what the vendor wants of all processes.
        await store(attempt, of: due.request.claim, aftermath)
        await putBack(aftermath.inVain)
        metrics.requests.processed(attempt.outcome, in: began.duration(to: .now), labels)
    }

    /// Ends a request that can't be sent.
    func refuse(_ claim: ClaimedRequest, _ kind: AttemptFailure.Kind, _ message: String) async {
        let failure = AttemptFailure(kind: kind, message: message, remedy: .none)
        await store(
            Attempt(parsed: nil, outcome: .failure(failure), day: .today, latency: .zero, ending: .unsent, report: LimitReport()),
            of: claim)
    }

    /// Writes down what came of an attempt, if need be again and again while the database can't take it.
    ///
    /// What the attempt has brought out about lanes goes on record with it.
    private func store(_ attempt: Attempt, of claim: ClaimedRequest, _ aftermath: Lanes.Aftermath = Lanes.Aftermath()) async {
        let end = ContinuousClock.now + configuration.storagePatience
        var pause: Duration = .milliseconds(100)
        while true {
            do {
                try await settle(claim, attempt, aftermath)
                return lanes.noteOnRecord(aftermath.refusals)
            } catch {
                metrics.requests.notStored()
                logger.error("result not stored", metadata: ["request": "\(claim.id)", "reason": "\(error)"])
                // Without its worker the request is made again once its lease has run out.
                guard let code = (error as? PostgresError)?.code, code != .poolClosed, ContinuousClock.now < end else { return }
            }
            do {
                try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            } catch {
                return
            }
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    struct Attempt: Sendable {
        /// Nil for a request that can't be sent any more.
        let parsed: SubmissionParser.Parsed?
        let outcome: AttemptOutcome
        /// The day on which the call was begun, whose tariff it is priced by.
        let day: Day
        let latency: Duration
        let ending: Lane<PreparedRequest>.Ending
        let report: LimitReport

        var labels: MetricLabels { parsed.map { MetricLabels($0) } ?? .other }
    }

    func attempt(_ due: Lanes.Due) async -> Attempt {
        let parsed = due.request.parsed
        let vendor = parsed.provider.dialect.vendor
        let request = HTTPRequest(
            method: "POST", url: parsed.provider.baseURL + vendor.path,
            headers: vendor.headers(key: parsed.provider.apiKey) + due.request.claim.origin.headers(),
            body: vendor.body(parsed.call), connectTimeout: configuration.connectTimeout,
            timeout: due.request.timeout(configuration),
            maxResponseBytes: configuration.maximumReplyBytes)
        let began = ContinuousClock.now
        let day = Day.today
        guard request.body.count <= http.maxRequestBytes else {
            return Attempt(
                parsed: parsed, outcome: .failure(.tooLarge(request.body.count, limit: http.maxRequestBytes)), day: day,
                latency: .zero, ending: .unsent, report: LimitReport())
        }
        lanes.depart(due)
        do throws(CurlError) {
            let response = try await http.send(request)
            let outcome = outcome(of: response, to: parsed, from: vendor)
            let report = vendor.limits(in: response.headers, now: Date.now.timeIntervalSince1970)
            if !report.unreadable.isEmpty {
                logger.warning(
                    "limits in an answer make no sense",
                    metadata: ["provider": "\(parsed.provider.name)", "headers": "\(report.unreadable.joined(separator: " "))"])
            }
            return Attempt(
                parsed: parsed, outcome: outcome, day: day, latency: began.duration(to: .now), ending: outcome.ending,
                report: report)
        } catch {
            return Attempt(
                parsed: parsed, outcome: .failure(error.failure), day: day, latency: began.duration(to: .now),
                ending: due.request.isCutShort(error) ? .abandoned : error.ending, report: LimitReport())
        }
    }

    private func outcome(
        of response: HTTPResponse, to parsed: SubmissionParser.Parsed, from vendor: any VendorDialect
    ) -> AttemptOutcome {
        switch vendor.outcome(of: response, schema: parsed.schema) {
        case .reply(let reply): .reply(reply)
        case .failure(let failure):
            .failure(failure.withholding(key: parsed.provider.apiKey, prompt: parsed.call.blocks))
        }
    }

    private func settle(_ claim: ClaimedRequest, _ attempt: Attempt, _ aftermath: Lanes.Aftermath) async throws {
        let refusals = lanes.fromNow(aftermath.refusals)
        let usage = claim.usage + attempt.outcome.usage
        let bill = Self.bill(claim, attempt)
        guard case .failure(let failure) = attempt.outcome else {
            return try await finish(claim, attempt, usage: usage, bill: bill, refusals: refusals)
        }
        let step = configuration.retry.step(
            after: failure, standstill: aftermath.standstill,
            paidCalls: claim.request.maxPaidCalls == 0 ? nil : Int64(claim.request.maxPaidCalls),
            attempts: claim.attempts, waits: claim.waits, chance: .random(in: 0...1))
        logger.info(
            "attempt failed",
            metadata: [
                "request": "\(claim.id)", "attempt": "\(claim.attempts)", "kind": "\(failure.kind.rawValue)",
                "status": "\(failure.httpStatus)", "then": "\(step)", "trace": "\(claim.origin.trace.traceID)",
                "correlation": "\(claim.origin.correlationID)",
            ])
        switch step {
        case .giveUp:
            try await finish(claim, attempt, usage: usage, bill: bill, refusals: refusals)
        case .retry(let pause):
            try await store.postpone(
                claim, by: pause, countsAsAttempt: true, usage: usage, bill: bill, refusals: refusals)
        case .wait(let pause):
            try await store.postpone(
                claim, by: pause, countsAsAttempt: false, usage: usage, bill: bill, refusals: refusals)
        }
        metrics.calls.decided(step, attempt.labels)
    }

    /// What the attempt and those before it cost, each by the tariff of its own day; nil where the price is not known.
    private static func bill(_ claim: ClaimedRequest, _ attempt: Attempt) -> Bill? {
        let prices = attempt.parsed?.call.model.prices
        let earlier = claim.bill(at: prices, on: attempt.day)
        guard let prices else { return earlier }
        return (earlier ?? Bill()) + prices.bill(for: attempt.outcome.usage, on: attempt.day)
    }

    private func finish(
        _ claim: ClaimedRequest, _ attempt: Attempt, usage: TokenUsage, bill: Bill?, refusals: [LaneID: LaneRecord]
    ) async throws {
        let result = LLMV1.Result(
            claim, outcome: attempt.outcome, usage: usage, bill: bill, provider: attempt.parsed, latency: attempt.latency)
        let isSuccess = if case .reply = attempt.outcome { true } else { false }
        let entry = LedgerEntry(claim, parsed: attempt.parsed, day: attempt.day, usage: usage, bill: bill)
        let ending = try RequestStore.Ending(claim, with: result, isSuccess: isSuccess, entry: entry, refusals: refusals)
        guard try await endings.submit([ending])[0] else {
            return logger.warning("result dropped: the request is another worker's by now", metadata: ["request": "\(claim.id)"])
        }
        metrics.requests.ended(claim, attempt.outcome, attempt.labels)
        events.ring()
    }
}
