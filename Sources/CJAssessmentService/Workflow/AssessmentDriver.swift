import CJCore
import Contracts
import Logging
import Postgres
import ServiceKit
import Wire

/// Keeps every assessment going: records results, decides what follows, hands comparisons over.
///
/// Its loops run side by side and share nothing but the database and hints. Any of them may die at any instruction; whichever process
/// runs them next finds in the database what is left to do.
struct AssessmentDriver: Sendable {
    let store: AssessmentStore
    let workflow: AssessmentWorkflow<AssessmentStore>
    let consumer: ResultConsumer
    let submitter: ComparisonSubmitter<AssessmentStore, RemoteRequestTaker>
    let taker: RemoteRequestTaker
    let monitor: RequestMonitor<AssessmentStore, RemoteRequestTaker>
    let configuration: CJAssessmentConfiguration
    /// Rung when an assessment has changed.
    let changes: Bell
    /// Rung when there is something to hand over.
    let submissions = Bell()
    let logger: Logger
    private let agenda = Agenda()

    /// - Parameters:
    ///   - provider: reaches the provider service, its methods and its event feed.
    ///   - changes: rung when an assessment has changed.
    init(
        store: AssessmentStore, provider: any ClientTransport, configuration: CJAssessmentConfiguration, changes: Bell,
        logger: Logger
    ) {
        self.store = store
        self.configuration = configuration
        self.changes = changes
        self.logger = logger
        workflow = AssessmentWorkflow(
            store: store, machine: AssessmentMachine(configuration: configuration), scales: RecentScales())
        taker = RemoteRequestTaker(provider: LLMV1.LLMProviderClient(provider), store: store, timeout: configuration.callTimeout)
        let intake = ResultIntake(maximumAttempts: configuration.maximumAttempts)
        monitor = RequestMonitor(
            store: store, taker: taker, recorder: ResultRecorder(store: store, intake: intake),
            patienceSeconds: configuration.resultPatienceSeconds, logger: logger)
        submitter = ComparisonSubmitter(
            store: store, taker: taker, atOnce: configuration.submissionsAtOnce,
            claimLifetimeSeconds: configuration.claimLifetimeSeconds, logger: logger)
        consumer = ResultConsumer(
            store: store, feed: EventsV1.EventFeedClient(provider),
            intake: intake, configuration: configuration, logger: logger)
    }

    /// Runs until cancelled.
    func run() async throws {
        do {
            try await store.releaseAllClaims()
        } catch {
            logger.warning("claims of an earlier life left to grow old", metadata: ["reason": "\(error)"])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            func start(_ name: String, _ work: @escaping @Sendable (_ progressed: () -> Void) async throws -> Void) {
                group.addTask(executorPreference: Pool.taskExecutor) { try await RetryingLoop(name, logger: logger).run(work) }
            }
            start("results") { try await self.follow(progressed: $0) }
            start("retries") { _ in try await self.retry() }
            start("submissions") { _ in try await self.submit() }
            start("sweep") { _ in try await self.sweep() }
            for _ in 0..<configuration.decisionsAtOnce {
                // Not with the others: to decide is to compute, for much longer than anybody should wait for answers.
                group.addTask { try await RetryingLoop("decisions", logger: logger).run { try await self.decideNext() } }
            }
            try await group.waitForAll()
        }
    }

    /// Decides about one assessment until there is nothing more to decide without new results.
    func advance(_ id: String) async throws {
        _ = try await workflow.advance(id) { decision in
            changes.ring()
            if !decision.start.isEmpty { submissions.ring() }
            if decision.finish != nil { log(decision, of: id) }
        }
    }

    private func log(_ decision: AssessmentMachine.Decision, of id: String) {
        logger.info(
            "assessment ended",
            metadata: [
                "assessment": "\(id)", "state": "\(decision.finish?.rawValue ?? "")",
                "reason": "\(decision.stop?.rawValue ?? "as before")",
            ])
    }

    // MARK: - The loops

    private func follow(progressed: () -> Void) async throws {
        try await consumer.follow { assessments in
            progressed()
            take(assessments)
        }
    }

    private func retry() async throws {
        take(try await consumer.retryNext())
    }

    private func take(_ assessments: Set<String>) {
        agenda.add(assessments)
        // What has come back makes room for what was chosen ahead.
        submissions.ring()
    }

    private func decideNext() async throws {
        let generation = agenda.additions.generation
        guard let assessment = agenda.take() else {
            return await agenda.additions.wait(after: generation, upTo: configuration.sweepInterval)
        }
        defer { agenda.finish(assessment) }
        do {
            try await advance(assessment)
        } catch {
            // The next sweep names it again; the others have their turn until then.
            logger.error("assessment not advanced", metadata: ["assessment": "\(assessment)", "reason": "\(error)"])
        }
    }

    private func submit() async throws {
        let generation = submissions.generation
        guard try await submitter.submitNext() == 0 else { return }
        await submissions.wait(after: generation, upTo: configuration.sweepInterval)
    }

    /// Looks after assessments that nothing reminds of: those of a process that died, and those that wait for their last results.
    private func sweep() async throws {
        let unattended = try await store.unattended()
        agenda.add(unattended.map(\.id))
        for assessment in unattended where assessment.isStopping {
            try await taker.withdraw(assessment: assessment.id)
        }
        agenda.add(try await monitor.askAfterOverdue())
        try await Task.sleep(for: configuration.sweepInterval)
    }
}
