/// Everything that changes while the fake provider runs.
struct ProviderState: Sendable {
    /// Prompts whose repetitions are counted; when there are more, counting starts over.
    static let maxPrompts = 1_000_000

    private(set) var sequence: UInt64 = 0
    var ledger: Ledger
    var statistics = FakeProviderStatistics()
    var cache = PromptCache()
    var limiter: RateLimiter?
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
