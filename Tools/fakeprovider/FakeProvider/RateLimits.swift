/// The three budgets of a rate-limit pool. Each is a bucket that refills continuously.
public struct RateLimits: Sendable, Equatable {
    /// Requests per minute.
    public var requestsPerMinute: Int
    /// Input tokens per minute; what is read from the cache does not count.
    public var inputTokensPerMinute: Int
    /// Output tokens per minute; what is produced counts, not what was allowed.
    public var outputTokensPerMinute: Int
    /// How many seconds' worth a full bucket holds. Real providers enforce bursts shorter than a minute.
    public var burst: Duration

    /// Creates limits. Each must be positive.
    public init(
        requestsPerMinute: Int, inputTokensPerMinute: Int, outputTokensPerMinute: Int, burst: Duration = .seconds(60)
    ) {
        precondition(
            requestsPerMinute > 0 && inputTokensPerMinute > 0 && outputTokensPerMinute > 0 && burst > .zero,
            "a limit is positive")
        self.requestsPerMinute = requestsPerMinute
        self.inputTokensPerMinute = inputTokensPerMinute
        self.outputTokensPerMinute = outputTokensPerMinute
        self.burst = burst
    }
}
