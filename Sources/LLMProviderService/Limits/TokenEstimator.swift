/// Guesses what a request will take, from what requests to the same model took.
struct TokenEstimator: Sendable {
    /// Models that are remembered; beyond it all is forgotten and learned anew.
    static let maximumModels = 256
    /// Before anything is known: tokens of a byte, tools and schema among the bytes; a little more than any tokeniser makes of English.
    static let seedTokensPerByte = 0.35
    static let seedOutputTokens = 256.0

    private struct Model {
        var tokensPerByte = MovingEstimate(seed: TokenEstimator.seedTokensPerByte)
        var outputTokens = MovingEstimate(seed: TokenEstimator.seedOutputTokens)
    }

    private var models: [String: Model] = [:]

    /// What is known of a request before it is sent.
    struct Request: Sendable, Hashable {
        let model: String
        let bytes: Int
        let maximumOutputTokens: Int
        let counting: TokenCounting
    }

    /// What to reserve, where the vendor keeps nothing of the request yet.
    func charge(_ request: Request) -> Charge {
        let model = models[request.model] ?? Model()
        let input = Int64((Double(request.bytes) * model.tokensPerByte.upper).rounded(.up))
        let output = min(Int64(request.maximumOutputTokens), Int64(model.outputTokens.upper.rounded(.up)))
        return request.counting.charge(
            inputTokens: max(1, input), outputTokens: output, maximumOutputTokens: Int64(request.maximumOutputTokens))
    }

    /// What a request took after all, by its usage.
    mutating func learn(_ usage: TokenUsage, of request: Request) {
        let total = usage.input + usage.cacheRead + usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        guard request.bytes > 0, total > 0 else { return }
        if models.count >= Self.maximumModels, models[request.model] == nil { models = [:] }
        models[request.model, default: Model()].tokensPerByte.learn(Double(total) / Double(request.bytes))
        models[request.model, default: Model()].outputTokens.learn(Double(usage.output))
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
