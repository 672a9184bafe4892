package import Contracts

/// Records what the results of requests mean for their assessments: judgements, further attempts, failures.
///
/// A result counts once: its request is open before it and closed after it, however often and in whatever order results come.
package struct ResultRecorder<Store: WorkflowStore>: Sendable {
    let store: Store
    let intake: ResultIntake

    package init(store: Store, intake: ResultIntake) {
        self.store = store
        self.intake = intake
    }

    /// - Returns: the assessments that have something new to decide about.
    package func record(_ results: [LLMV1.Result], in unit: Store.Unit) async throws -> Set<String> {
        var open = try await store.openRequests(results.map(\.requestID), in: unit)
        var purses = try await store.purses(of: Set(open.values.map(\.assessment)), in: unit)
        let finished = results.compactMap { result -> FinishedRequest? in
            // A request ends once, whatever comes after its first result.
            guard let request = open.removeValue(forKey: result.requestID) else { return nil }
            var purse = purses[request.assessment] ?? Purse()
            purse.settle(cost: Int64(clamping: result.costNanodollars ?? 0))
            let effect = intake.effect(
                of: result, levels: request.levels, attempt: Int(request.attempt), isStopping: request.isStopping,
                mayPay: purse.calls > 0)
            if case .retry = effect { purse.reserve(1) }
            purses[request.assessment] = purse
            return FinishedRequest(
                requestID: result.requestID, assessment: request.assessment, comparison: request.comparison,
                attempt: request.attempt, result: result, effect: effect)
        }
        try await store.record(finished, in: unit)
        return Set(finished.map(\.assessment))
    }
}
