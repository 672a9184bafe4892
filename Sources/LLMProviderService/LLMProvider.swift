public import Contracts
public import CurlClient
public import EventLog
public import Logging
public import Postgres
public import Wire

/// The provider service: takes requests to language models on, makes each until it has an answer or cannot have one, and tells what came
/// of it as an event.
public struct LLMProvider: LLMV1.LLMProviderService {
    private let store: RequestStore
    private let parser: SubmissionParser
    private let worker: RequestWorker
    private let batches: BatchWorker
    private let lanes: Lanes
    private let watch: StaticBlockWatch
    private let configuration: LLMProviderConfiguration
    private let work = Bell()
    private let events: Bell
    private let instance: InstanceName?
    private let metrics: LLMProviderMetrics
    private let logger: Logger

    /// - Parameters:
    ///   - bell: rung when an event was written; give it to the sequencer of the service's log too.
    ///   - http: for requests that go by themselves.
    ///   - batchHTTP: for batches: a long file of results takes no place from those.
    ///   - metrics: that the service counts in.
    public init(
        pool: Pool, bell: Bell, configuration: LLMProviderConfiguration, http: CurlClient, batchHTTP: CurlClient,
        metrics: LLMProviderMetrics, logger: Logger
    ) {
        let name = configuration.instance.map { InstanceName($0) }
        let store = RequestStore(pool: pool, worker: (name ?? InstanceName("llm-provider")).worker)
        self.store = store
        self.logger = logger
        instance = name
        self.metrics = metrics
        metrics.expect(configuration.providers)
        self.configuration = configuration
        events = bell
        let lanes = Lanes(
            configuration,
            observe: { change in
                change.log(to: logger)
                metrics.lanes.count(change, of: configuration.providers)
            })
        self.lanes = lanes
        parser = SubmissionParser(configuration: configuration, lanes: lanes)
        watch = StaticBlockWatch(metrics: metrics, logger: logger)
        worker = RequestWorker(
            store: store, configuration: configuration, parser: parser, http: http, work: work, events: bell, logger: logger,
            lanes: lanes, metrics: metrics)
        batches = BatchWorker(
            store: store, configuration: configuration,
            verdicts: BatchVerdicts(parser: parser, configuration: configuration), http: batchHTTP, work: work, events: bell,
            logger: logger, metrics: metrics)
    }

    /// The service's own record of what happened, for its event feed.
    public static let log = RequestStore.log

    /// Brings the service's schema up to date.
    ///
    /// - Returns: how many migrations were applied.
    @discardableResult
    public static func migrate(_ pool: Pool) async throws -> Int {
        try await RequestStore.migrator.migrate(pool)
    }

    /// Takes over at once what is claimed, instead of waiting for leases to run out.
    ///
    /// Only for a process that is alone on its database, before ``run()``: everything claimed must belong to dead processes.
    public func takeOver() async throws {
        try await store.releaseAll()
    }

    /// Makes requests until cancelled.
    public func run() async throws {
        // A bridge: the lock is held beyond the cancellation of this task, for as long as there are calls under way.
        let lock = instance.map { instance in Task { await lookAfterEarlierLives(of: instance) } }
        defer { lock?.cancel() }
        // A bridge: how things stand is told until the last call has ended, whatever becomes of that.
        let gauges = Task {
            await StandingWatch(store: store, lanes: lanes, configuration: configuration, metrics: metrics).run()
        }
        defer { gauges.cancel() }
        // A bridge: batches are looked after beside the requests that go by themselves. What is done with one is on record at each step,
        // so that it may be left at any.
        let batches = Task { [batches] in try await batches.run() }
        defer { batches.cancel() }
        try await worker.run()
        batches.cancel()
        _ = await batches.result
    }

    /// Takes up what this instance held when it died, once its death is certain: its session with the database is gone.
    ///
    /// Should it live on without its session, then calls under way are made again and its answers to them are dropped.
    private func lookAfterEarlierLives(of instance: InstanceName) async {
        await SessionLock(pool: store.pool, name: instance.lock).hold {
            let count = try await store.release(ofEarlier: instance)
            guard count > 0 else { return }
            metrics.requests.tookUp(count)
            logger.info(
                "requests of an earlier life taken up", metadata: ["requests": "\(count)", "instance": "\(instance.prefix)"])
            work.ring()
        }
    }

    public func submit(_ request: LLMV1.SubmitRequest, context: ServerContext) async throws -> LLMV1.SubmitResponse {
        let content = try request.encoded()
        let submission: RequestStore.Submission
        do {
            let parsed = try parser.parse(request)
            let origin = try RequestOrigin(context.metadata, request: request.requestID)
            // A batch has no part in the limits of a minute.
            if parsed.dispatch != .byBatch { try checkSize(parsed) }
            submission = try await store.submit(
                RequestStore.Offer(
                    request: request, content: content, origin: origin, cost: mostCost(of: request, parsed),
                    isSimulated: parsed.provider.isSimulated, life: parsed.life), bounds: configuration.queueBounds)
            if case .accepted = submission {
                metrics.requests.accepted(MetricLabels(parsed))
                watch.look(at: request, parsed: parsed)
            }
        } catch let full as QueueBounds.Full {
            metrics.requests.overflowed(full)
            throw full.error(retryAfter: configuration.fullQueuePause)
        } catch let refusal as Account.Refusal {
            metrics.requests.refused(refusal.label)
            throw refusal.error
        } catch let fault as RPCError {
            // What was taken on stays so, whatever has become of its provider's configuration since.
            guard let known = try await store.known(request, content: content) else {
                metrics.requests.refused(.invalid)
                throw fault
            }
            submission = known
        }
        switch submission {
        case .accepted:
            work.ring()
            return LLMV1.SubmitResponse(state: .queued, alreadyKnown: false)
        case .known(let state):
            return LLMV1.SubmitResponse(state: state, alreadyKnown: true)
        case .differs:
            throw RPCError(.alreadyExists, "request_id: a request with other content has the id \(request.requestID.echoed)")
        }
    }

    /// The most that a request can cost: nothing where it is simulated; nil where its price is not known.
    private func mostCost(of request: LLMV1.SubmitRequest, _ parsed: SubmissionParser.Parsed) -> Int64? {
        guard !parsed.provider.isSimulated else { return 0 }
        let calls = configuration.retry.mostPaidCalls(asked: request.maxPaidCalls)
        return CostCeiling.nanodollars(of: parsed.call, paidCalls: calls, from: .today, isByBatch: parsed.dispatch == .byBatch)
    }

    /// Refuses what would wait for ever.
    private func checkSize(_ parsed: SubmissionParser.Parsed) throws(RPCError) {
        do throws(Pacer.Oversize) {
            try lanes.check(parsed)
        } catch {
            throw RPCError(
                .invalidArgument,
                """
                request: it takes about \(error.need) \(error.dimension.rawValue), more than the \(error.limit) a minute that \
                \(parsed.provider.name) allows
                """)
        }
    }

    public func get(_ request: LLMV1.GetRequest, context: ServerContext) async throws -> LLMV1.GetResponse {
        guard let status = try await store.status(of: request.requestID) else {
            throw RPCError(.notFound, "request_id: no request has the id \(request.requestID.echoed)")
        }
        return status
    }

    public func cancel(_ request: LLMV1.CancelRequest, context: ServerContext) async throws -> LLMV1.CancelResponse {
        let owner = Payer(tenant: request.tenant, owner: request.owner)
        var cancelled = 0
        // Before, so that none gets from a batch into the queue unseen, and afterwards, so that none does the other way; the few that did
        // may have come back by now.
        try await store.withdrawFromBatches(owner)
        repeat {
            cancelled += try await store.withdraw(.owned(owner), besides: worker.held) { [parser] in
                RequestStore.Withdrawal(of: $0, because: .cancelled, parser: parser)
            } committed: {
                metrics.requests.ended($0)
            }
        } while try await store.withdrawFromBatches(owner) > 0
        if cancelled > 0 { events.ring() }
        return LLMV1.CancelResponse(cancelled: UInt32(clamping: cancelled))
    }

    public func describeModel(
        _ request: LLMV1.DescribeModelRequest, context: ServerContext
    ) async throws -> LLMV1.DescribeModelResponse {
        let provider = try parser.provider(request.provider)
        let model = try parser.model(request.model, at: provider)
        return LLMV1.DescribeModelResponse(
            provider: provider.name, model: model.id, contextTokens: UInt32(model.contextTokens),
            maxOutputTokens: UInt32(model.maximumOutputTokens), acceptsTemperature: model.acceptsTemperature,
            minimumCacheableTokens: UInt32(model.minimumCacheableTokens),
            prices: model.prices?.tariff(on: .today).contract,
            simulated: provider.isSimulated)
    }
}
