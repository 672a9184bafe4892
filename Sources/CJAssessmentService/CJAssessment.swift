import CJCore
public import Contracts
import Crypto
public import EventLog
public import Logging
public import Postgres
public import Wire

/// The assessment service: takes assessments on, keeps them going and tells how they stand.
public struct CJAssessment: CJV1.CJAssessmentService {
    /// Longest wait that a watcher may ask for.
    public static let longestWait: Duration = .seconds(30)
    private static let pollInterval: Duration = .milliseconds(250)
    private static let answerMargin: Duration = .milliseconds(50)

    let store: AssessmentStore
    let driver: AssessmentDriver
    let parser: RequestParser
    private let provider: LLMV1.LLMProviderClient
    private let configuration: CJAssessmentConfiguration
    let changes: Bell
    private let logger: Logger

    /// - Parameters:
    ///   - provider: reaches the LLM provider service, its methods and its event feed.
    ///   - changes: rung when an assessment has changed; give it to the sequencer of the service's log too.
    public init(
        pool: Pool, provider transport: any ClientTransport, changes: Bell, configuration: CJAssessmentConfiguration,
        logger: Logger
    ) {
        let store = AssessmentStore(pool: pool)
        let provider = LLMV1.LLMProviderClient(transport)
        self.store = store
        self.provider = provider
        self.configuration = configuration
        self.changes = changes
        self.logger = logger
        parser = RequestParser(configuration: configuration)
        driver = AssessmentDriver(
            store: store, provider: transport, configuration: configuration, changes: changes, logger: logger)
    }

    /// The service's own record of what happened, for its event feed.
    public static let log = AssessmentStore.log

    /// Brings the service's schema up to date.
    ///
    /// - Returns: how many migrations were applied.
    @discardableResult
    public static func migrate(_ pool: Pool) async throws -> Int {
        try await AssessmentStore.migrator.migrate(pool)
    }

    /// Keeps assessments going until cancelled.
    ///
    /// It begins by handing over again whatever is claimed and not marked as handed over, instead of waiting for the claims of a process
    /// that died to grow old. What a living process is about to hand over is then handed over twice, and taken on once.
    public func run() async throws {
        try await driver.run()
    }

    // MARK: - Starting

    public func uploadEssays(
        _ request: CJV1.UploadEssaysRequest, context: ServerContext
    ) async throws -> CJV1.UploadEssaysResponse {
        let (assessment, essays) = try parsing { () throws(RequestFault) in try parser.upload(request) }
        let kept = try await store.pool.unitOfWork("upload essays") { unit in
            try await store.lockUploads(of: assessment, in: unit)
            guard try await store.startedContent(of: assessment, in: unit) == nil else {
                throw RPCError(.failedPrecondition, "assessment_id: assessment \(assessment) has been started already")
            }
            store.forgetUploads(olderThanSeconds: configuration.uploadLifetimeSeconds, in: unit)
            let kept = try await store.upload(essays, for: assessment, in: unit)
            guard kept.count <= configuration.maximumEssays else {
                throw RPCError(
                    .invalidArgument, "essays: expected at most \(configuration.maximumEssays) essays in all, got \(kept.count)")
            }
            guard kept.bytes <= configuration.maximumPileBytes else {
                throw RPCError(
                    .invalidArgument,
                    "essays: expected at most \(configuration.maximumPileBytes) bytes in all, got \(kept.bytes)")
            }
            return kept
        }
        return CJV1.UploadEssaysResponse(essays: UInt32(kept.count))
    }

    public func startAssessment(
        _ request: CJV1.StartAssessmentRequest, context: ServerContext
    ) async throws -> CJV1.StartAssessmentResponse {
        let id = try parsing { () throws(RequestFault) in try parser.assessmentID(request.assessmentID) }
        let uploaded = try await store.pool.unitOfWork("read uploads") { try await store.uploaded(for: id, in: $0) }
        // Once an assessment has started its uploads are gone, so a repeated start is recognised by what it says itself.
        let hash = Array(SHA256.hash(data: try request.encoded()))
        if let known = try await alreadyStarted(id, hash: hash) { return known }
        let plan = try parsing { () throws(RequestFault) in try parser.plan(request, uploaded: uploaded) }
        let terms = try await terms(of: plan, context: context)
        let suspects = await plan.suspects()
        let started = try await store.pool.unitOfWork("start assessment") { unit in
            try await store.lockUploads(of: id, in: unit)
            guard try await store.uploaded(for: id, in: unit) == uploaded else {
                // Somebody else's start has taken them, or essays came while this one was made ready.
                guard try await store.startedContent(of: id, in: unit) == nil else { return false }
                throw RPCError(.aborted, "essays: more were uploaded while the assessment was started; start it again")
            }
            return try await store.insert(plan, terms: terms, suspects: suspects, contentHash: hash, in: unit)
        }
        guard started else {
            return try await alreadyStarted(id, hash: hash) ?? CJV1.StartAssessmentResponse(state: .running, alreadyKnown: true)
        }
        await advanceNow(id)
        return CJV1.StartAssessmentResponse(state: .running, alreadyKnown: false)
    }

    /// Decides what follows at once, as far as that can be done now; the sweep does it otherwise.
    func advanceNow(_ id: String) async {
        do {
            try await driver.advance(id)
        } catch {
            logger.warning("assessment not advanced yet", metadata: ["assessment": "\(id)", "reason": "\(error)"])
        }
    }

    public func estimateAssessment(
        _ request: CJV1.StartAssessmentRequest, context: ServerContext
    ) async throws -> CJV1.EstimateAssessmentResponse {
        let id = try parsing { () throws(RequestFault) in try parser.assessmentID(request.assessmentID) }
        let uploaded = try await store.pool.unitOfWork("read uploads") { try await store.uploaded(for: id, in: $0) }
        let plan = try parsing { () throws(RequestFault) in try parser.plan(request, uploaded: uploaded) }
        let terms = try await terms(of: plan, context: context)
        return CJV1.EstimateAssessmentResponse(
            essays: UInt32(plan.essays.count), expectedComparisons: UInt32(terms.expectedComparisons),
            maxComparisons: UInt32(plan.stopping.maximumComparisons), model: terms.model,
            costPerComparisonNanodollars: terms.estimatedCost.map { UInt64(clamping: $0) }, simulated: terms.isSimulated,
            maxCostNanodollars: terms.callCostAtMost.map { UInt64(clamping: most(plan.stopping, call: $0)) },
            maxCallsPerComparison: UInt32(configuration.maximumAttempts),
            dispatch: terms.dispatch.contract, dispatchReason: terms.dispatch.reason)
    }

    /// Nano-dollars that an assessment can cost at most.
    private func most(_ stopping: AssessmentPlan.Stopping, call: Int64) -> Int64 {
        let calls = Int64(stopping.maximumComparisons * configuration.maximumAttempts)
        let (cost, overflow) = call.multipliedReportingOverflow(by: calls)
        return min(overflow ? .max : cost, stopping.maximumCost ?? .max)
    }

    private func alreadyStarted(_ id: String, hash: [UInt8]) async throws -> CJV1.StartAssessmentResponse? {
        let known = try await store.pool.unitOfWork("look for assessment") { try await store.startedContent(of: id, in: $0) }
        guard let known else { return nil }
        guard known.hash == hash else {
            throw RPCError(.alreadyExists, "assessment_id: an assessment with other content has the id \(id)")
        }
        return CJV1.StartAssessmentResponse(state: known.state.contract, alreadyKnown: true)
    }

    private func terms(of plan: AssessmentPlan, context: ServerContext) async throws -> AssessmentTerms {
        let model: LLMV1.DescribeModelResponse
        do {
            model = try await provider.describeModel(
                LLMV1.DescribeModelRequest(provider: plan.judge.provider, model: plan.judge.model),
                options: CallOptions(deadline: context.deadline))
        } catch let error as RPCError where error.code == .notFound || error.code == .invalidArgument {
            // The provider service names its own field, which is ours by the same name.
            throw RPCError(.invalidArgument, "judge.\(error.message)", cause: error)
        } catch let error as RPCError where error.code == .unavailable {
            throw RPCError(.unavailable, "the provider service can't be reached", cause: error)
        }
        if plan.judge.temperature != nil, !model.acceptsTemperature {
            throw RPCError(.invalidArgument, "judge.temperature: \(model.model) takes none")
        }
        if model.maxOutputTokens > 0, plan.judge.maximumOutputTokens > model.maxOutputTokens {
            throw RPCError(
                .invalidArgument, "judge.max_output_tokens: \(model.model) writes at most \(model.maxOutputTokens)")
        }
        let expected = plan.stopping.expectedComparisons(essays: plan.essays.count)
        let dispatch = try parsing { () throws(RequestFault) in
            try DispatchChoice(
                plan.dispatch, model: model.model, percent: model.prices?.batchPercent ?? 0, comparisons: expected,
                inFlight: plan.maximumInFlight, limit: plan.stopping.maximumSeconds)
        }
        let cost = CostEstimate(plan: plan, model: model, isByBatch: dispatch.isByBatch)
        if plan.stopping.maximumCost != nil, cost.nanodollarsPerComparison == nil {
            throw RPCError(
                .failedPrecondition,
                "stopping.max_cost_nanodollars: the price of \(model.model) is not known; limit the comparisons instead")
        }
        return AssessmentTerms(
            model: model.model,
            promptVersion: PromptTemplate(language: plan.instructions.language, levels: plan.judge.levels)?.version ?? "",
            isSimulated: model.simulated, estimatedCost: cost.nanodollarsPerComparison,
            callCostAtMost: cost.nanodollarsPerCallAtMost,
            expectedComparisons: expected, dispatch: dispatch)
    }

    // MARK: - Looking

    public func getAssessment(
        _ request: CJV1.GetAssessmentRequest, context: ServerContext
    ) async throws -> CJV1.GetAssessmentResponse {
        let (snapshot, history) = try await store.pool.unitOfWork("read assessment", isolation: .repeatableRead) { unit in
            guard let snapshot = try await store.snapshot(of: request.assessmentID, in: unit) else {
                throw Self.unknown(request.assessmentID)
            }
            return (snapshot, try await store.history(of: request.assessmentID, in: unit))
        }
        return await AssessmentView(snapshot: snapshot, scales: driver.workflow.scales).response(history: history)
    }

    public func watchAssessment(
        _ request: CJV1.WatchAssessmentRequest, context: ServerContext
    ) async throws -> CJV1.WatchAssessmentResponse {
        guard request.waitMilliseconds <= UInt64(Self.longestWait.components.seconds) * 1000 else {
            throw RPCError(.invalidArgument, "wait_milliseconds: expected at most 30000, got \(request.waitMilliseconds)")
        }
        let end = min(
            ContinuousClock.now + .milliseconds(Int64(request.waitMilliseconds)), context.deadline.instant - Self.answerMargin)
        while true {
            let generation = changes.generation
            guard let known = try await store.revision(of: request.assessmentID) else {
                throw Self.unknown(request.assessmentID)
            }
            let left = ContinuousClock.now.duration(to: end)
            // An assessment that has ended changes no more: there is nothing to wait for.
            if UInt64(clamping: known.revision) > request.afterRevision || known.hasEnded || left <= .zero || Task.isCancelled {
                break
            }
            await changes.wait(after: generation, upTo: min(left, Self.pollInterval))
        }
        let standing = try await store.pool.unitOfWork("read progress", isolation: .repeatableRead) {
            try await store.standing(of: request.assessmentID, in: $0)
        }
        guard let standing else { throw Self.unknown(request.assessmentID) }
        return CJV1.WatchAssessmentResponse(
            progress: AssessmentView.progress(of: standing.snapshot, counts: standing.counts))
    }

    public func listComparisons(
        _ request: CJV1.ListComparisonsRequest, context: ServerContext
    ) async throws -> CJV1.ListComparisonsResponse {
        guard (1...1000).contains(request.limit) else {
            throw RPCError(.invalidArgument, "limit: expected 1 to 1000, got \(request.limit)")
        }
        guard try await store.revision(of: request.assessmentID) != nil else { throw Self.unknown(request.assessmentID) }
        return CJV1.ListComparisonsResponse(
            comparisons: try await store.comparisons(
                of: request.assessmentID, after: Int64(request.afterNumber), limit: Int(request.limit)))
    }

    // MARK: - Ending

    public func cancelAssessment(
        _ request: CJV1.CancelAssessmentRequest, context: ServerContext
    ) async throws -> CJV1.CancelAssessmentResponse {
        guard let isEnding = try await driver.workflow.cancel(request.assessmentID) else {
            throw Self.unknown(request.assessmentID)
        }
        if isEnding { try await withdraw(request.assessmentID) }
        let ended = try await store.pool.unitOfWork("look for assessment") {
            try await store.startedContent(of: request.assessmentID, in: $0)
        }
        return CJV1.CancelAssessmentResponse(state: ended?.state.contract ?? .unspecified)
    }

    /// Takes back what had been handed over, as far as that can be done, and looks whether that is the end.
    private func withdraw(_ id: String) async throws {
        changes.ring()
        do {
            try await driver.taker.withdraw(assessment: id)
        } catch {
            // The assessment is cancelled all the same, and the sweep asks again.
            logger.warning("requests not withdrawn yet", metadata: ["assessment": "\(id)", "reason": "\(error)"])
        }
        try await driver.advance(id)
    }

    static func unknown(_ id: String) -> RPCError {
        RPCError(.notFound, "assessment_id: no assessment has the id \(id.prefix(100))")
    }

    func parsing<Value>(_ parse: () throws(RequestFault) -> Value) throws(RPCError) -> Value {
        do {
            return try parse()
        } catch {
            throw error.rpcError
        }
    }
}
