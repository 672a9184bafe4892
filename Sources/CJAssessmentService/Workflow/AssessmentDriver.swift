import CJCore
import Contracts
import EventLog
import Logging
import Postgres
import ServiceKit
import Wire

/// Keeps every assessment going: records results, decides what follows, hands comparisons over.
///
/// Three loops run side by side and share nothing but the database and two hints. Any of them may die at any instruction; whichever
/// process runs them next finds in the database what is left to do.
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

    /// Runs until cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await RetryingLoop("results", logger: logger).run { try await self.consume() } }
            group.addTask { try await RetryingLoop("submissions", logger: logger).run { try await self.submit() } }
            group.addTask { try await RetryingLoop("sweep", logger: logger).run { try await self.sweep() } }
            try await group.waitForAll()
        }
    }

    /// Decides about one assessment until there is nothing more to decide without new results.
    func advance(_ id: String) async throws {
        // The second look is for an assessment that has just stopped: what nobody had claimed is withdrawn by then.
        for _ in 0..<2 {
            guard let decision = try await decide(about: id) else { return }
            changes.signal()
            if !decision.start.isEmpty { submissions.signal() }
            guard decision.stop != nil else { return }
            guard decision.finish == nil else { return log(decision, of: id) }
        }
    }

    private func decide(about id: String) async throws -> AssessmentMachine.Decision? {
        try await store.pool.unitOfWork("advance assessment") { unit in
            guard let snapshot = try await store.lockedSnapshot(of: id, in: unit), snapshot.state == .running else { return nil }
            let decision = await advance(snapshot)
            try await store.apply(decision, to: snapshot, in: unit)
            return decision
        }
    }

    /// Estimation takes milliseconds to fractions of a second of a processor, so it leaves the caller's executor.
    @concurrent private func advance(_ snapshot: AssessmentSnapshot) async -> AssessmentMachine.Decision {
        machine.advance(snapshot)
    }

    private func log(_ decision: AssessmentMachine.Decision, of id: String) {
        logger.info(
            "assessment ended",
            metadata: [
                "assessment": "\(id)", "state": "\(decision.finish?.rawValue ?? "")",
                "reason": "\(decision.stop?.rawValue ?? "")",
            ])
    }

    // MARK: - The loops

    private func consume() async throws {
        try await forEach(try await consumer.consumeNext().sorted()) { try await advance($0) }
    }

    private func submit() async throws {
        let generation = submissions.generation
        guard try await submitter.submitNext() == 0 else { return }
        await submissions.wait(after: generation, upTo: configuration.sweepInterval)
    }

    /// Looks after assessments that nothing reminds of: those of a process that died, and those that wait for their last results.
    private func sweep() async throws {
        try await forEach(try await store.unattended()) { assessment in
            try await advance(assessment.id)
            guard assessment.isStopping else { return }
            _ = try await provider.cancel(
                LLMV1.CancelRequest(owner: assessment.id), options: .timeout(configuration.callTimeout))
        }
        try await Task.sleep(for: configuration.sweepInterval)
    }

    /// Looks after each; one that fails holds none of the others up.
    private func forEach<Element>(_ elements: [Element], _ body: (Element) async throws -> Void) async throws {
        var failure: (any Error)?
        for element in elements {
            do {
                try await body(element)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
