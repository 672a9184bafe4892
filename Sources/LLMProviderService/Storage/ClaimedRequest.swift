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
    /// Without its prompt once that is a call's.
    private(set) var request: LLMV1.SubmitRequest
    let origin: RequestOrigin
    /// How long ago it had come when it was claimed, by the database's clock.
    let ageWhenClaimed: Duration
    let claimedAt = ContinuousClock.now

    init(
        id: String, job: Job?, payer: Payer, reserved: Int64, isSimulated: Bool, attempts: Int64, waits: Int64,
        deadline: ContinuousClock.Instant, usage: TokenUsage, bill: Bill?, request: LLMV1.SubmitRequest, origin: RequestOrigin,
        ageWhenClaimed: Duration
    ) {
        self.id = id
        self.job = job
        self.payer = payer
        self.reserved = reserved
        self.isSimulated = isSimulated
        self.attempts = attempts
        self.waits = waits
        self.deadline = deadline
        self.usage = usage
        self.bill = bill
        self.request = request
        self.origin = origin
        self.ageWhenClaimed = ageWhenClaimed
    }

    /// SHA-256 of the prompt, where it is kept no more.
    private var promptDigest: String?

    /// SHA-256 of what the model is asked.
    var promptSHA256: String { promptDigest ?? request.promptSHA256 }

    /// The same without the prompt, which may be long.
    func withoutPrompt() -> ClaimedRequest {
        var claim = self
        claim.promptDigest = promptSHA256
        claim.request.blocks = []
        return claim
    }

    /// How long ago it came.
    var age: Duration { ageWhenClaimed + claimedAt.duration(to: .now) }

    /// What earlier attempts cost; nil where the price is not known.
    func bill(at prices: PriceHistory?, on day: Day) -> Bill? {
        bill ?? prices?.bill(for: usage, on: day)
    }
}
