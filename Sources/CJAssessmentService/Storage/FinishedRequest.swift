import CJCore
import Contracts

/// A request that has come to its end, together with what that means for its comparison.
struct FinishedRequest: Sendable, Hashable {
    let requestID: String
    let assessment: String
    let comparison: Int64
    let attempt: Int64
    let result: LLMV1.Result
    let effect: ResultIntake.Effect
}

/// What the results of one batch change about one assessment's own row.
struct AssessmentTally: Sendable, Hashable {
    var results: Int64 = 0
    var calls: Int64 = 0
    /// Nano-dollars.
    var cost: Int64 = 0
    var cacheSavings: Int64 = 0
    /// Failures since the last judgement of the batch; added to those before only when the batch holds no judgement.
    var trailingFailures: Int64 = 0
    var hasJudgement = false
    var lastFailure: String?
    var permanentFailure: String?

    /// Counts one more result, in the order in which they arrived.
    mutating func add(_ request: FinishedRequest) {
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
        case .withdrawn:
            break
        }
    }
}
