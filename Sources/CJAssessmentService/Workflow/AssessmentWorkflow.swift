/// What can happen to an assessment between its start and its end, each as one handler: decide, end early, go on again.
///
/// A handler reads, decides and writes in one unit of work, so it may die at any instruction; whoever is next finds it done or not
/// begun. Results and hand-overs are the business of ``ResultRecorder`` and ``ComparisonSubmitter``.
package struct AssessmentWorkflow<Store: WorkflowStore>: Sendable {
    /// What looking at an assessment came to.
    package enum Look: Sendable {
        /// Nothing to decide without new results.
        case settled
        case decided(AssessmentMachine.Decision)
        /// Others have decided each time; the next sweep looks again.
        case overtaken
    }

    let store: Store
    let machine: AssessmentMachine
    /// What this process has estimated.
    let scales: RecentScales

    package init(store: Store, machine: AssessmentMachine, scales: RecentScales) {
        self.store = store
        self.machine = machine
        self.scales = scales
    }

    /// Looks in a row that others may overtake before the rest is left to the next sweep.
    private static var looksAtOnce: Int { 5 }

    /// Decides about one assessment until there is nothing more to decide without new results.
    ///
    /// - Parameter each: called after every decision that was written.
    package func advance(_ id: String, each: (AssessmentMachine.Decision) -> Void = { _ in }) async throws -> Look {
        var last = Look.settled
        for _ in 0..<Self.looksAtOnce {
            last = try await look(at: id)
            switch last {
            case .settled: return last
            case .overtaken: continue
            case .decided(let decision):
                each(decision)
                // One that has just stopped is looked at again: what nobody had claimed is withdrawn by now.
                guard decision.stop != nil, decision.finish == nil else { return last }
            }
        }
        return last
    }

    private func look(at id: String) async throws -> Look {
        guard try await store.isUndecided(id) else { return .settled }
        let read = try await store.unit("read assessment", isSnapshot: true) { try await store.snapshot(of: id, in: $0) }
        guard let snapshot = read, snapshot.state == .running else { return .settled }
        let decision = await decide(snapshot)
        guard snapshot.reason == nil || decision.finish != nil else { return .settled }
        // Nothing is under way when an assessment ends, so nothing can come that the conclusion does not know of.
        let conclusion = decision.finish == nil ? nil : await Conclusion(of: snapshot.applying(decision), scales: scales)
        return try await store.unit("advance assessment") { unit in
            guard try await store.lock(snapshot, in: unit) else { return .overtaken }
            var decision = decision
            if snapshot.stopping.maximumCost != nil, !decision.start.isEmpty {
                // Answers that came while it was decided may have left less than the snapshot knew of.
                let purse = try await store.purses(of: [id], in: unit)[id] ?? Purse()
                decision.start.removeLast(max(0, decision.start.count - purse.calls))
            }
            try await store.apply(decision, conclusion: conclusion, to: snapshot, in: unit)
            return .decided(decision)
        }
    }

    /// Estimation takes milliseconds to fractions of a second of a processor, so it leaves the caller's executor.
    @concurrent private func decide(_ snapshot: AssessmentSnapshot) async -> AssessmentMachine.Decision {
        machine.advance(snapshot, scales: scales)
    }

    /// Starts nothing more of an assessment; what is with the judge is waited for or withdrawn by whoever is told.
    ///
    /// - Returns: whether it is on its way to an end now; false when it has ended. Nil when there is no such assessment.
    package func cancel(_ id: String) async throws -> Bool? {
        try await store.unit("cancel assessment") { unit in
            guard try await store.lock(id, in: unit), let snapshot = try await store.standing(of: id, in: unit)?.snapshot
            else { return nil }
            guard snapshot.state == .running else { return false }
            guard snapshot.reason == nil else { return true }
            try await store.apply(
                AssessmentMachine.Decision(stop: .cancelled), conclusion: nil, to: snapshot, in: unit)
            return true
        }
    }

    /// Sets an assessment going again where other limits could bring it to another end.
    ///
    /// - Parameter limits: the limits to go on under, made from how the assessment stands.
    /// - Returns: whether it goes on. Nil when there is no such assessment.
    package func takeUp(
        _ id: String, under limits: (AssessmentSnapshot) throws -> (stopping: AssessmentPlan.Stopping, maximumInFlight: Int)
    ) async throws -> Bool? {
        try await store.unit("continue assessment") { unit in
            guard try await store.lock(id, in: unit), let snapshot = try await store.standing(of: id, in: unit)?.snapshot
            else { return nil }
            let (stopping, maximumInFlight) = try limits(snapshot)
            guard snapshot.isToBeTakenUp(stopping: stopping, maximumInFlight: maximumInFlight) else { return false }
            try await store.takeUp(snapshot, stopping: stopping, maximumInFlight: maximumInFlight, in: unit)
            return true
        }
    }
}
