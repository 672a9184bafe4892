package import Contracts

/// A request that has come to its end, together with what that means for its comparison.
package struct FinishedRequest: Sendable, Hashable {
    package let requestID: String
    package let assessment: String
    package let comparison: Int64
    package let attempt: Int64
    package let result: LLMV1.Result
    package let effect: ResultIntake.Effect

    package init(
        requestID: String, assessment: String, comparison: Int64, attempt: Int64, result: LLMV1.Result,
        effect: ResultIntake.Effect
    ) {
        self.requestID = requestID
        self.assessment = assessment
        self.comparison = comparison
        self.attempt = attempt
        self.result = result
        self.effect = effect
    }
}

/// What the results of one batch change about one assessment's own row.
package struct AssessmentTally: Sendable, Hashable {
    package var results: Int64 = 0
    package var calls: Int64 = 0
    /// Nano-dollars.
    package var cost: Int64 = 0
    package var cacheSavings: Int64 = 0
    /// Failures since the last judgement of the batch; added to those before only when the batch holds no judgement.
    package var trailingFailures: Int64 = 0
    package var hasJudgement = false
    package var lastFailure: String?
    package var permanentFailure: String?
    package var budgetRefusal: String?

    /// One tally for each assessment, in the order of their ids.
    package static func tallies(_ finished: [FinishedRequest]) -> [(assessment: String, tally: AssessmentTally)] {
        var tallies: [String: AssessmentTally] = [:]
        for request in finished { tallies[request.assessment, default: AssessmentTally()].add(request) }
        return tallies.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Counts one more result, in the order in which they arrived.
    package mutating func add(_ request: FinishedRequest) {
        results += 1
        calls += Int64(request.result.attempts)
        cost += Int64(clamping: request.result.costNanodollars ?? 0)
        cacheSavings += request.result.cacheSavingsNanodollars ?? 0
        switch request.effect {
        case .judged:
            hasJudgement = true
            trailingFailures = 0
        case .retry(let reason), .giveUp(let reason):
            trailingFailures += 1
            lastFailure = reason
        case .judgeUnusable(let reason):
            trailingFailures += 1
            lastFailure = reason
            permanentFailure = permanentFailure ?? reason
        case .unaffordable(let reason):
            budgetRefusal = budgetRefusal ?? reason
        case .withdrawn:
            break
        }
    }
}
