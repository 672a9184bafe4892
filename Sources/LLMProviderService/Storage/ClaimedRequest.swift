import Contracts

/// A request that this worker holds, or takes back.
struct ClaimedRequest: Sendable {
    let id: String
    let epoch: Int64
    /// Calls begun, without those that the vendor let wait; the one to come is among them once a worker holds the request.
    let attempts: Int64
    let waits: Int64
    /// What earlier attempts used.
    let usage: TokenUsage
    let request: LLMV1.SubmitRequest
}
