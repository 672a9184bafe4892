/// Guesses what a request will take, from what requests to the same model took.
struct TokenEstimator: Sendable {
    /// Models that are remembered; beyond it all is forgotten and learned anew.
    static let maximumModels = 256
    /// Prefixes that are remembered, likewise.
    static let maximumPrefixes = 1024
    /// Before anything is known: tokens of a byte, tools and schema among the bytes; a little more than any tokeniser makes of English.
    static let seedTokensPerByte = 0.35
    static let seedOutputTokens = 256.0
    /// A prefix is no longer counted on so long before its end, in nanoseconds.
    static let prefixMargin: Int64 = 15_000_000_000

    private struct Model {
        var tokensPerByte = MovingEstimate(seed: TokenEstimator.seedTokensPerByte)
        var outputTokens = MovingEstimate(seed: TokenEstimator.seedOutputTokens)
    }

    private struct Prefix {
        let tokens: Int64
        let until: Int64
    }

    private var models: [String: Model] = [:]
    private var prefixes: [Int: Prefix] = [:]

    /// What is known of a request before it is sent.
    struct Request: Sendable, Hashable {
        let model: String
        let bytes: Int
        let maximumOutputTokens: Int
        /// Of the part of the prompt that ends with the last cache mark, within the model; nil where nothing is marked.
        let prefix: Int?
        /// How long that part is kept, in nanoseconds.
        let prefixLife: Int64
        let counting: TokenCounting
    }

    /// What to reserve.
    func charge(_ request: Request, at now: Int64) -> Charge {
        let model = models[request.model] ?? Model()
        let input = Int64((Double(request.bytes) * model.tokensPerByte.upper).rounded(.up))
        let cached = request.prefix.flatMap { prefixes[$0] }.map { $0.until > now ? $0.tokens : 0 } ?? 0
        let output = min(Int64(request.maximumOutputTokens), Int64(model.outputTokens.upper.rounded(.up)))
        return request.counting.charge(
            inputTokens: max(1, input - cached), outputTokens: output, maximumOutputTokens: Int64(request.maximumOutputTokens))
    }

    /// What a request took after all, by its usage.
    mutating func learn(_ usage: TokenUsage, of request: Request, sentAt: Int64) {
        let total = usage.input + usage.cacheRead + usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        guard request.bytes > 0, total > 0 else { return }
        if models.count >= Self.maximumModels, models[request.model] == nil { models = [:] }
        models[request.model, default: Model()].tokensPerByte.learn(Double(total) / Double(request.bytes))
        models[request.model, default: Model()].outputTokens.learn(Double(usage.output))
        guard let prefix = request.prefix else { return }
        if prefixes.count >= Self.maximumPrefixes, prefixes[prefix] == nil { prefixes = [:] }
        // The next one reads what this one read or wrote.
        let cached = usage.cacheRead + usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        prefixes[prefix] = Prefix(tokens: cached, until: sentAt + request.prefixLife - Self.prefixMargin)
    }
}

/// How a vendor counts tokens for its limits.
enum TokenCounting: Sendable, Hashable {
    /// What was read, but for what came from the cache, and what was written.
    case used
    /// The larger of what the request may write and what it holds, in one count.
    case allowed

    func charge(inputTokens: Int64, outputTokens: Int64, maximumOutputTokens: Int64) -> Charge {
        switch self {
        case .used: Charge(inputTokens: inputTokens, outputTokens: outputTokens)
        case .allowed: Charge(inputTokens: max(inputTokens, maximumOutputTokens), outputTokens: 0)
        }
    }

    /// The charge of a request that was answered.
    func charge(_ usage: TokenUsage, maximumOutputTokens: Int) -> Charge {
        let written = usage.input + usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        return charge(
            inputTokens: self == .allowed ? written + usage.cacheRead : written, outputTokens: usage.output,
            maximumOutputTokens: Int64(maximumOutputTokens))
    }
}
