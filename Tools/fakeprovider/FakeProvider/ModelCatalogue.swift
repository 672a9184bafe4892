/// What the fake provider knows of a model, as far as requests are accepted or refused by it.
struct SimulatedModel: Sendable, Equatable {
    let id: String
    let displayName: String
    /// Tokens of prompt and answer together.
    let contextWindow: Int
    /// The largest `max_tokens`.
    let maxOutputTokens: Int
    /// Tokens below which a prefix is silently not cached.
    let minimumCacheablePrefix: Int
    /// Whether `temperature`, `top_p` and `top_k` are accepted.
    let acceptsSampling: Bool
    /// Whether `tool_choice` may force a tool.
    let acceptsForcedTools: Bool
    /// Whether the last message may be the assistant's.
    let acceptsPrefill: Bool
    /// UTF-8 bytes per token, for the estimate of usage.
    let bytesPerToken: Double
    /// The rate-limit pool that the model's calls count towards.
    let pool: String
}

/// The models that the fake provider serves.
///
/// Names and refusals are those of the real provider as of autumn 2026; `simulated-judge` and `gpt-simulated` exist only here and
/// accept everything.
enum ModelCatalogue {
    static let models: [SimulatedModel] = [
        SimulatedModel(
            id: "claude-haiku-4-5", displayName: "Claude Haiku 4.5 (simulated)", contextWindow: 200_000, maxOutputTokens: 64_000,
            minimumCacheablePrefix: 4096, acceptsSampling: true, acceptsForcedTools: true, acceptsPrefill: true,
            bytesPerToken: 4, pool: "haiku-4"),
        SimulatedModel(
            id: "claude-haiku-5-5", displayName: "Claude Haiku 5.5 (simulated)", contextWindow: 1_000_000,
            maxOutputTokens: 128_000,
            minimumCacheablePrefix: 1024, acceptsSampling: false, acceptsForcedTools: true, acceptsPrefill: false,
            bytesPerToken: 3, pool: "haiku-5-5"),
        SimulatedModel(
            id: "claude-sonnet-5-5", displayName: "Claude Sonnet 5.5 (simulated)", contextWindow: 1_000_000,
            maxOutputTokens: 128_000, minimumCacheablePrefix: 512, acceptsSampling: false, acceptsForcedTools: false,
            acceptsPrefill: false, bytesPerToken: 3, pool: "sonnet-5-5"),
        SimulatedModel(
            id: "claude-opus-5-5", displayName: "Claude Opus 5.5 (simulated)", contextWindow: 1_000_000, maxOutputTokens: 128_000,
            minimumCacheablePrefix: 512, acceptsSampling: false, acceptsForcedTools: false, acceptsPrefill: false,
            bytesPerToken: 3, pool: "opus-5-5"),
        SimulatedModel(
            id: "simulated-judge", displayName: "Simulated judge", contextWindow: 1_000_000, maxOutputTokens: 128_000,
            minimumCacheablePrefix: 512, acceptsSampling: true, acceptsForcedTools: true, acceptsPrefill: true,
            bytesPerToken: 4, pool: "simulated"),
    ]

    /// The model that the OpenAI-compatible route serves beside `simulated-judge`.
    static let chatModel = SimulatedModel(
        id: "gpt-simulated", displayName: "Simulated judge", contextWindow: 400_000, maxOutputTokens: 128_000,
        minimumCacheablePrefix: 1024, acceptsSampling: true, acceptsForcedTools: true, acceptsPrefill: true,
        bytesPerToken: 4, pool: "gpt-simulated")

    static func model(_ id: String) -> SimulatedModel? {
        models.first { $0.id == id }
    }

    /// A model of the OpenAI-compatible route.
    static func chatModel(_ id: String) -> SimulatedModel? {
        id == chatModel.id ? chatModel : id == "simulated-judge" ? model(id) : nil
    }
}
