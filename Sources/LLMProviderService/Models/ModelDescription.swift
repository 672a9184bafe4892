/// What a model can do and what it costs.
struct ModelDescription: Sendable, Hashable {
    /// The vendor's own name.
    let id: String
    /// Other names it goes by.
    var aliases: [String] = []
    /// The pool of models that it shares its vendor's limits with; nil where it shares them with none.
    var pool: String?
    let contextTokens: Int
    let maximumOutputTokens: Int
    /// Takes a temperature.
    let acceptsTemperature: Bool
    /// Can be made to call a tool; one that can't is asked for structured output instead.
    let acceptsForcedTool: Bool
    /// Shorter prefixes are not kept in the vendor's cache; zero where there is none.
    let minimumCacheableTokens: Int
    /// Nil where the price is not known.
    let prices: PriceHistory?
}

/// Tokens that a call used, in the classes that are priced apart.
struct TokenUsage: Sendable, Hashable {
    /// Neither read from the cache nor written to it.
    var input: Int64 = 0
    var output: Int64 = 0
    var cacheRead: Int64 = 0
    var cacheWriteFiveMinutes: Int64 = 0
    var cacheWriteOneHour: Int64 = 0

    /// More than any model reads or writes in one call; no sum or price of such counts overflows, whatever a vendor reports.
    static let largestCount: Int64 = 1_000_000_000

    /// A count as a vendor reported it, if it did.
    static func count(_ reported: Int64?) -> Int64 { min(max(0, reported ?? 0), largestCount) }

    static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: left.input + right.input, output: left.output + right.output, cacheRead: left.cacheRead + right.cacheRead,
            cacheWriteFiveMinutes: left.cacheWriteFiveMinutes + right.cacheWriteFiveMinutes,
            cacheWriteOneHour: left.cacheWriteOneHour + right.cacheWriteOneHour)
    }
}
