public import ServiceKit

/// What the provider service counts.
///
/// A model that is in no manifest has a name of its caller's choice and is counted as ``ServiceKit/CounterFamily/otherValue``.
public struct LLMProviderMetrics: Sendable {
    /// Answered calls by what they had of the vendor's cache.
    let promptCacheEvents = CounterFamily(
        "llm_provider_prompt_cache_events_total",
        help: "Answered calls: hit where they read from the vendor's cache, miss where they only wrote to it, else bypass.",
        labels: ["provider", "model", "result"])
    /// Tokens of prompts by what was done with them.
    let promptCacheTokens = CounterFamily(
        "llm_provider_prompt_cache_tokens_total",
        help: "Tokens of prompts: read from the vendor's cache, written to it, or neither.",
        labels: ["provider", "model", "direction"])
    /// Blocks that a caller's request had other than the one before.
    let promptBlockChanges = CounterFamily(
        "llm_provider_prompt_block_changes_total",
        help: "Blocks of prompts that were said to stay the same and were others than in the request before.",
        labels: ["provider", "model", "target"])
    /// Changes of the breakers that stop lanes; the last one tells how a lane stands.
    let breakerChanges = CounterFamily(
        "llm_provider_circuit_breaker_state_changes_total",
        help:
            "Times that a lane was stopped (open), let one request find out (half-open) or went on (closed), and why it stood still.",
        labels: ["provider", "pool", "from_state", "to_state", "reason"])

    public init() {}

    /// All of them.
    public var families: [CounterFamily] { [promptCacheEvents, promptCacheTokens, promptBlockChanges, breakerChanges] }

    /// Counts what a call used.
    ///
    /// - Parameter usage: nothing where the vendor does not say; then nothing is counted.
    func count(_ usage: TokenUsage, of parsed: SubmissionParser.Parsed) {
        guard usage != TokenUsage() else { return }
        let provider = parsed.provider.name
        let model = Self.label(of: parsed.call.model.id, at: parsed.provider)
        let written = usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        promptCacheEvents.add(1, provider, model, usage.cacheRead > 0 ? "hit" : written > 0 ? "miss" : "bypass")
        for (direction, tokens) in [("read", usage.cacheRead), ("write", written), ("none", usage.input)] where tokens > 0 {
            promptCacheTokens.add(UInt64(tokens), provider, model, direction)
        }
    }

    /// Counts a block that did not stay the same.
    func count(_ change: StaticBlocks.Change, of parsed: SubmissionParser.Parsed) {
        promptBlockChanges.add(
            1, parsed.provider.name, Self.label(of: parsed.call.model.id, at: parsed.provider),
            change.isSystem ? "system" : "user_content")
    }

    /// Counts what became of a breaker.
    func count(_ change: BreakerChange, providers: [ProviderConfiguration]) {
        let provider = providers.first { $0.name == change.lane.provider }
        let isKnown = provider.map { ModelManifest.pools(of: $0).contains(change.lane.pool) } ?? false
        breakerChanges.add(
            1, change.lane.provider, isKnown ? change.lane.pool : CounterFamily.otherValue, change.from.rawValue,
            change.to.rawValue, change.reason.rawValue)
    }

    private static func label(of model: String, at provider: ProviderConfiguration) -> String {
        ModelManifest.names(of: provider).contains(model) ? model : CounterFamily.otherValue
    }
}
