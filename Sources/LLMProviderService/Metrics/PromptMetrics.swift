import ServiceKit

/// What prompts are made of, and what the vendor's cache does with them.
struct PromptMetrics: Sendable {
    let cacheEvents = CounterFamily(
        "llm_provider_prompt_cache_events_total",
        help: "Answered calls: hit where they read from the vendor's cache, miss where they only wrote to it, else bypass.",
        labels: ["provider", "model", "result"])
    let cacheTokens = CounterFamily(
        "llm_provider_prompt_cache_tokens_total",
        help: "Tokens of prompts: read from the vendor's cache, written to it, or neither.",
        labels: ["provider", "model", "direction"])
    let tokens = HistogramFamily(
        "llm_provider_prompt_tokens_histogram",
        help:
            "Tokens of an answered call's prompt: static those read from the vendor's cache or written to it, dynamic the others.",
        labels: ["provider", "model", "section"],
        bounds: [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768])
    let blocks = CounterFamily(
        "llm_provider_prompt_blocks_total",
        help: "Blocks of prompts that were sent; cacheable where the vendor was asked to keep them, and for how long.",
        labels: ["provider", "model", "target", "cacheable", "ttl"])
    let blockChanges = CounterFamily(
        "llm_provider_prompt_block_changes_total",
        help: "Blocks of prompts that were said to stay the same and were others than in the request before.",
        labels: ["provider", "model", "target"])

    var families: [any MetricFamily] { [cacheEvents, cacheTokens, tokens, blocks, blockChanges] }

    func expect(_ labels: MetricLabels) {
        for isSystem in [true, false] { blockChanges.add(0, labels.provider, labels.model, Self.target(isSystem: isSystem)) }
    }

    /// A call ended.
    ///
    /// - Parameter usage: nothing where the vendor does not say; then nothing is counted.
    func answered(_ usage: TokenUsage, _ labels: MetricLabels) {
        guard usage != TokenUsage() else { return }
        let written = usage.cacheWriteFiveMinutes + usage.cacheWriteOneHour
        let result = usage.cacheRead > 0 ? "hit" : written > 0 ? "miss" : "bypass"
        cacheEvents.add(1, labels.provider, labels.model, result)
        for (direction, count) in [("read", usage.cacheRead), ("write", written), ("none", usage.input)] where count > 0 {
            cacheTokens.add(UInt64(count), labels.provider, labels.model, direction)
        }
        for (section, count) in [("static", usage.cacheRead + written), ("dynamic", usage.input)] where count > 0 {
            tokens.observe(Double(count), labels.provider, labels.model, section)
        }
    }

    /// A call begins.
    func sent(_ blocks: [VendorCall.Block], _ labels: MetricLabels) {
        var mark = VendorCall.CacheMark.none
        // A mark keeps what stands before it as well.
        for block in blocks.reversed() {
            if block.cacheMark != .none { mark = block.cacheMark }
            self.blocks.add(
                1, labels.provider, labels.model, Self.target(isSystem: block.isSystem), mark == .none ? "false" : "true",
                mark.label)
        }
    }

    /// A block did not stay the same.
    func changed(_ change: StaticBlocks.Change, _ labels: MetricLabels) {
        blockChanges.add(1, labels.provider, labels.model, Self.target(isSystem: change.isSystem))
    }

    private static func target(isSystem: Bool) -> String { isSystem ? "system" : "user_content" }
}

extension VendorCall.CacheMark {
    /// As metrics call it.
    fileprivate var label: String {
        switch self {
        case .none: "none"
        case .fiveMinutes: "5m"
        case .oneHour: "1h"
        }
    }
}
