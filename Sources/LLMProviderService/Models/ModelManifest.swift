/// The models that are known, by the vendor that serves them.
struct ModelManifest: Sendable {
    /// The description of a model, by its name or an alias; nil for one that this provider does not have.
    ///
    /// An OpenAI-compatible endpoint may serve anything, so every name is taken there, without a price.
    static func description(of model: String, at provider: ProviderConfiguration) -> ModelDescription? {
        let known = models(of: provider).first { $0.id == model || $0.aliases.contains(model) }
        if known == nil, provider.dialect == .openAIChatCompletions {
            return ModelDescription(
                id: model, contextTokens: 0, maximumOutputTokens: 1 << 20, acceptsTemperature: true, acceptsForcedTool: true,
                minimumCacheableTokens: 0, prices: nil)
        }
        return known
    }

    /// Names to choose from, for an error to show.
    static func names(of provider: ProviderConfiguration) -> [String] {
        models(of: provider).map(\.id)
    }

    /// The pools that share their vendor's limits.
    static func pools(of provider: ProviderConfiguration) -> Set<String> {
        Set(models(of: provider).map { $0.pool ?? $0.id })
    }

    private static func models(of provider: ProviderConfiguration) -> [ModelDescription] {
        switch provider.dialect {
        case .anthropicMessages: provider.isSimulated ? simulated + anthropic : anthropic
        case .openAIChatCompletions: []
        }
    }

    private static let asOf = Day(2026, 10, 1)

    private static let anthropic = [
        ModelDescription(
            id: "claude-haiku-4-5", pool: "claude-haiku-4", contextTokens: 200_000, maximumOutputTokens: 64_000,
            acceptsTemperature: true,
            acceptsForcedTool: true, minimumCacheableTokens: 4096,
            prices: PriceHistory(
                Tariff(
                    asOf: asOf, input: 1000, output: 5000, cacheRead: 100, cacheWriteFiveMinutes: 1250, cacheWriteOneHour: 2000,
                    batchPercent: 50))),
        ModelDescription(
            id: "claude-sonnet-5-5", aliases: ["sonnet"], contextTokens: 1_000_000, maximumOutputTokens: 128_000,
            acceptsTemperature: false, acceptsForcedTool: false, minimumCacheableTokens: 512,
            prices: PriceHistory(
                Tariff(
                    asOf: asOf, input: 2000, output: 10_000, cacheRead: 100, cacheWriteFiveMinutes: 2500, cacheWriteOneHour: 4000,
                    batchPercent: 50)
            )),
        ModelDescription(
            id: "claude-opus-5-5", aliases: ["opus"], contextTokens: 1_000_000, maximumOutputTokens: 128_000,
            acceptsTemperature: false, acceptsForcedTool: false, minimumCacheableTokens: 512,
            prices: PriceHistory(
                Tariff(
                    asOf: asOf, input: 4000, output: 20_000, cacheRead: 200, cacheWriteFiveMinutes: 5000, cacheWriteOneHour: 8000,
                    batchPercent: 50)
            )),
    ]

    /// The fake provider's judge, priced like a small model so that budgets and estimates can be tried without a key.
    private static let simulated = [
        ModelDescription(
            id: "simulated-judge", contextTokens: 1_000_000, maximumOutputTokens: 128_000, acceptsTemperature: true,
            acceptsForcedTool: true, minimumCacheableTokens: 512,
            prices: PriceHistory(
                Tariff(
                    asOf: asOf, input: 1000, output: 5000, cacheRead: 100, cacheWriteFiveMinutes: 1250, cacheWriteOneHour: 2000,
                    batchPercent: 50)))
    ]
}
