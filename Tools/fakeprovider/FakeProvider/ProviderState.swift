/// Everything that changes while the fake provider runs.
struct ProviderState: Sendable {
    /// Prompts whose repetitions are counted; when there are more, counting starts over.
    static let maxPrompts = 1_000_000

    private(set) var sequence: UInt64 = 0
    var ledger: Ledger
    var statistics = FakeProviderStatistics()
    var cache = PromptCache()
    var limiter: RateLimiter?
    /// In the order of their creation.
    var batches: [MessageBatch] = []
    private var batchCount = 0
    private var scriptPosition = 0
    private var attempts: [String: Int] = [:]
    private var answeredPrompts: Set<String> = []
    private let limits: RateLimits?

    init(_ configuration: FakeProviderConfiguration) {
        ledger = Ledger(capacity: configuration.maxLedgerEntries)
        limits = configuration.limits
        limiter = configuration.limits.map { RateLimiter(limits: $0) }
    }

    mutating func nextSequence() -> UInt64 {
        sequence += 1
        statistics.calls += 1
        statistics.inFlight += 1
        statistics.maxInFlight = max(statistics.maxInFlight, statistics.inFlight)
        return sequence
    }

    /// The number of a request that came in a batch.
    mutating func nextBatchSequence() -> UInt64 {
        sequence += 1
        statistics.batchRequests += 1
        return sequence
    }

    /// What is to go wrong with the next call that creates a batch, and its number.
    mutating func nextBatch(_ settings: BatchSettings) -> (fault: FaultPlan.Fault?, number: Int) {
        batchCount += 1
        return (batchCount <= settings.script.count ? settings.script[batchCount - 1] : nil, batchCount)
    }

    /// Lets a batch change together with everything else; nil where there is none of that id.
    mutating func changeBatch<Result>(
        _ id: String, _ change: (inout MessageBatch, inout ProviderState) -> Result
    ) -> Result? {
        guard let place = batches.firstIndex(where: { $0.id == id }) else { return nil }
        var batch = batches.remove(at: place)
        defer { batches.insert(batch, at: place) }
        return change(&batch, &self)
    }

    /// What is to go wrong with the next valid request, which asks this prompt.
    mutating func nextFault(_ plan: FaultPlan, prompt: String, draw: Draw) -> FaultPlan.Fault? {
        let attempt = countAttempt(prompt)
        if let always = plan.always { return always }
        if scriptPosition < plan.script.count {
            defer { scriptPosition += 1 }
            return plan.script[scriptPosition]
        }
        return plan.fault(at: draw.uniform("fault", prompt, String(attempt)))
    }

    /// Takes the next entry of the script if it is one that strikes before the body is read.
    mutating func takesEarlyReset(_ plan: FaultPlan) -> Bool {
        guard scriptPosition < plan.script.count, plan.script[scriptPosition] == .resetBeforeReading else { return false }
        scriptPosition += 1
        return true
    }

    /// Remembers that a prompt was answered; true when it had been before.
    mutating func isRepeated(_ prompt: String) -> Bool {
        if answeredPrompts.count >= Self.maxPrompts { answeredPrompts = [] }
        return !answeredPrompts.insert(prompt).inserted
    }

    /// Forgets everything but the number of the last call.
    mutating func reset() {
        ledger.removeAll()
        let inFlight = statistics.inFlight
        statistics = FakeProviderStatistics()
        statistics.inFlight = inFlight
        cache.removeAll()
        limiter = limits.map { RateLimiter(limits: $0) }
        batches = []
        batchCount = 0
        scriptPosition = 0
        attempts = [:]
        answeredPrompts = []
    }

    private mutating func countAttempt(_ prompt: String) -> Int {
        if attempts.count >= Self.maxPrompts { attempts = [:] }
        attempts[prompt, default: 0] += 1
        return attempts[prompt, default: 1]
    }
}
