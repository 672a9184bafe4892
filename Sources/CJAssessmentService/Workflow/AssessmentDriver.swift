import CJCore
import Contracts
import EventLog
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
    let machine: AssessmentMachine
    let consumer: ResultConsumer
    let submitter: ComparisonSubmitter
    let provider: LLMV1.LLMProviderClient
    let configuration: CJAssessmentConfiguration
    /// Signalled when an assessment has changed.
    let changes: Wakeup
    /// Signalled when there is something to hand over.
    let submissions: Wakeup
    let logger: Logger
    private let agenda = Agenda()
    private let spreads = KnownSpreads()

    init(
        store: AssessmentStore, machine: AssessmentMachine, consumer: ResultConsumer, submitter: ComparisonSubmitter,
        provider: LLMV1.LLMProviderClient, configuration: CJAssessmentConfiguration, changes: Wakeup, submissions: Wakeup,
        logger: Logger
    ) {
        self.store = store
        self.machine = machine
        self.consumer = consumer
        self.submitter = submitter
        self.provider = provider
        self.configuration = configuration
        self.changes = changes
        self.submissions = submissions
        self.logger = logger
    }

    /// Runs until cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await RetryingLoop("results", logger: logger).run { try await self.consume() } }
            group.addTask { try await RetryingLoop("submissions", logger: logger).run { try await self.submit() } }
            group.addTask { try await RetryingLoop("sweep", logger: logger).run { try await self.sweep() } }
            for _ in 0..<configuration.decisionsAtOnce {
                group.addTask { try await RetryingLoop("decisions", logger: logger).run { try await self.decideNext() } }
            }
            try await group.waitForAll()
        }
    }

    /// Decides about one assessment until there is nothing more to decide without new results.
    func advance(_ id: String) async throws {
        for _ in 0..<Self.looksAtOnce {
            switch try await look(at: id) {
            case .settled: return
            case .overtaken: continue
            case .decided(let decision):
                changes.signal()
                if !decision.start.isEmpty { submissions.signal() }
                if decision.finish != nil { return log(decision, of: id) }
                // One that has just stopped is looked at again: what nobody had claimed is withdrawn by now.
                guard decision.stop != nil else { return }
            }
        }
    }

    /// Looks in a row that others may overtake before the rest is left to the next sweep.
    private static let looksAtOnce = 5

    private enum Look {
        case settled
        case decided(AssessmentMachine.Decision)
        /// Somebody else has decided meanwhile.
        case overtaken
    }

    private func look(at id: String) async throws -> Look {
        guard try await store.isUndecided(id) else { return .settled }
        let read = try await store.pool.unitOfWork("read assessment", isolation: .repeatableRead) {
            try await store.snapshot(of: id, in: $0)
        }
        guard let snapshot = read, snapshot.state == .running else { return .settled }
        let decision = await advance(snapshot)
        guard snapshot.reason == nil || decision.finish != nil else { return .settled }
        return try await store.pool.unitOfWork("advance assessment") { unit in
            guard try await store.lock(snapshot, in: unit) else { return .overtaken }
            var decision = decision
            if snapshot.stopping.maximumCost != nil, !decision.start.isEmpty {
                // Answers that came while it was decided may have left less than the snapshot knew of.
                let purse = try await store.purses(of: [id], in: unit)[id] ?? Purse()
                decision.start.removeLast(max(0, decision.start.count - purse.calls))
            }
            try await store.apply(decision, to: snapshot, in: unit)
            return .decided(decision)
        }
    }

    /// Estimation takes milliseconds to fractions of a second of a processor, so it leaves the caller's executor.
    @concurrent private func advance(_ snapshot: AssessmentSnapshot) async -> AssessmentMachine.Decision {
        let decision = machine.advance(snapshot, knownSpread: spreads[snapshot.id])
        spreads[snapshot.id] = decision.finish == nil ? decision.figures?.spread : nil
        return decision
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

    private func consume() async throws {
        agenda.add(try await consumer.consumeNext())
        // What has come back makes room for what was chosen ahead.
        submissions.signal()
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
            _ = try await provider.cancel(
                LLMV1.CancelRequest(owner: assessment.id), options: .timeout(configuration.callTimeout))
        }
        try await Task.sleep(for: configuration.sweepInterval)
    }
}
