/// What a fake provider has done since it started or was reset.
public struct FakeProviderStatistics: Sendable, Equatable {
    /// Calls that arrived.
    public var calls = 0
    /// Requests that were answered in batches; they are no calls.
    public var batchRequests = 0
    /// Calls per status sent; zero stands for a reset connection.
    public var statuses: [Int: Int] = [:]
    /// Complete answers handed to the operating system.
    public var written = 0
    /// Calls answered with 200 whose prompt had been answered with 200 before: what a customer pays twice.
    public var repeated = 0
    /// Answers with a verdict for the first and for the second essay.
    public var verdicts: [String: Int] = [:]
    /// Things that went wrong on purpose.
    public var faults = 0
    /// Calls being worked on.
    public var inFlight = 0
    /// The most calls that were worked on at once.
    public var maxInFlight = 0
    /// Tokens neither read from the cache nor written to it.
    public var inputTokens = 0
    /// Tokens read from the cache.
    public var cacheReadTokens = 0
    /// Tokens written to the cache, whatever their lifetime.
    public var cacheWriteTokens = 0
    /// Tokens produced.
    public var outputTokens = 0

    mutating func add(_ usage: Usage) {
        inputTokens += usage.input
        cacheReadTokens += usage.cacheRead
        cacheWriteTokens += usage.cacheWrite5m + usage.cacheWrite1h
        outputTokens += usage.output
    }

    var json: JSON {
        func counts(_ pairs: [(String, Int)]) -> JSON {
            .object(pairs.sorted { $0.0 < $1.0 }.map { JSON.Member(name: $0.0, value: JSON($0.1)) })
        }
        return [
            "calls": JSON(calls), "batch_requests": JSON(batchRequests),
            "statuses": counts(statuses.map { (String($0.key), $0.value) }), "written": JSON(written),
            "repeated": JSON(repeated), "verdicts": counts(verdicts.map { ($0.key, $0.value) }), "faults": JSON(faults),
            "in_flight": JSON(inFlight), "max_in_flight": JSON(maxInFlight), "input_tokens": JSON(inputTokens),
            "cache_read_tokens": JSON(cacheReadTokens), "cache_write_tokens": JSON(cacheWriteTokens),
            "output_tokens": JSON(outputTokens),
        ]
    }
}
