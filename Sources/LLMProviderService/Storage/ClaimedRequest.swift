import Contracts

/// A request that this worker holds.
struct ClaimedRequest: Sendable {
    let id: String
    let epoch: Int64
    /// Calls begun, the one to come among them.
    let attempts: Int64
    let waits: Int64
    /// What earlier attempts used.
    let usage: TokenUsage
    let request: LLMV1.SubmitRequest
}
