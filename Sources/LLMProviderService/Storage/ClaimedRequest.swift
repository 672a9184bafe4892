import Contracts
import JobQueue

/// A request that this worker holds, or takes back.
struct ClaimedRequest: Sendable {
    let id: String
    /// The claim; nil for a request that is taken back.
    let job: Job?
    /// Calls begun, without those that the vendor let wait; the one to come is among them once a worker holds the request.
    let attempts: Int64
    let waits: Int64
    /// What earlier attempts used.
    let usage: TokenUsage
    let request: LLMV1.SubmitRequest
}
