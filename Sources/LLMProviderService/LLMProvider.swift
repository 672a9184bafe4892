public import Contracts
public import CurlClient
public import EventLog
public import Logging
public import Postgres
public import Wire

/// The provider service: takes requests to language models on, makes each until it has an answer or cannot have one, and tells what came
/// of it as an event.
public struct LLMProvider: LLMV1.LLMProviderService {
    let store: RequestStore
    let parser: SubmissionParser
    let worker: RequestWorker
    private let batches: BatchWorker
    let lanes: Lanes
    let watch: StaticBlockWatch
    let intake: SubmissionIntake
    let passages: Passages
    let configuration: LLMProviderConfiguration
    let work = Bell()
    private let events: Bell
    private let instance: InstanceName?
    let metrics: LLMProviderMetrics
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
        intake = SubmissionIntake { try await store.submit($0, bounds: configuration.queueBounds) }
        passages = Passages(store: store, configuration: configuration, metrics: metrics.requests, logger: logger)
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
        // A bridge: what was passed on is entered in the ledger until the last call has ended.
        let entries = Task { [passages] in await passages.run() }
        try await worker.run()
        batches.cancel()
        _ = await batches.result
        entries.cancel()
        await entries.value
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
