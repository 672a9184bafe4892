import Contracts
import JobQueue

/// A request that this worker holds, or takes back.
struct ClaimedRequest: Sendable {
    let id: String
    /// The claim; nil for a request that is taken back.
    let job: Job?
    let payer: Payer
    /// What is set aside for it, in nano-dollars.
    let reserved: Int64
    /// No language model stood behind its provider when it was taken on.
    let isSimulated: Bool
    /// Calls begun, without those that the vendor let wait; the one to come is among them once a worker holds the request.
    let attempts: Int64
    let waits: Int64
    /// It is not sent after this.
    let deadline: ContinuousClock.Instant
    /// What earlier attempts used.
    let usage: TokenUsage
    /// What earlier attempts cost, each by the tariff of its own day; nil where that is not priced yet.
    let bill: Bill?
    let request: LLMV1.SubmitRequest
    let origin: RequestOrigin
    /// How long ago it had come when it was claimed, by the database's clock.
    let ageWhenClaimed: Duration
    let claimedAt = ContinuousClock.now

    /// How long ago it came.
    var age: Duration { ageWhenClaimed + claimedAt.duration(to: .now) }

    /// What earlier attempts cost; nil where the price is not known.
    func bill(at prices: PriceHistory?, on day: Day) -> Bill? {
        bill ?? prices?.bill(for: usage, on: day)
    }
}
