import Contracts
import CurlClient

/// A claimed request that can be sent, and what is known of its size.
struct PreparedRequest: Sendable {
    let claim: ClaimedRequest
    let parsed: SubmissionParser.Parsed
    let lane: LaneID
    let size: TokenEstimator.Request
    /// Nil where the vendor is to keep nothing.
    let prefix: PromptPrefix?
    /// Where its caller waits for its turn; nil for one of the queue.
    let passage: Passage?

    init(_ claim: ClaimedRequest, parsed: SubmissionParser.Parsed, passage: Passage? = nil) {
        self.passage = passage
        self.claim = claim.withoutPrompt()
        self.parsed = parsed
        lane = LaneID(parsed.provider, model: parsed.call.model)
        size = TokenEstimator.Request(parsed)
        prefix = PromptPrefix(parsed)
    }
}

extension PreparedRequest {
    /// How long its call may take: no longer than a caller waits.
    func timeout(_ configuration: LLMProviderConfiguration) -> Duration {
        guard passage != nil else { return configuration.callTimeout }
        return min(configuration.callTimeout, max(.milliseconds(1), ContinuousClock.now.duration(to: claim.deadline)))
    }

    /// Whether its call ended because its caller waits no more, which says nothing about the vendor.
    func isCutShort(_ error: CurlError) -> Bool { passage != nil && error.code == .timeout && claim.deadline <= .now }
}

extension TokenEstimator.Request {
    /// What a model is called among those of all providers.
    static func model(_ model: ModelDescription, at provider: ProviderConfiguration) -> String {
        provider.name + " " + model.id
    }

    init(_ parsed: SubmissionParser.Parsed) {
        let call = parsed.call
        self.init(
            model: Self.model(call.model, at: parsed.provider),
            bytes: call.blocks.reduce(call.format.byteCount) { $0 + $1.text.utf8.count },
            maximumOutputTokens: call.maximumOutputTokens, counting: parsed.provider.dialect.vendor.counting)
    }
}

extension PromptPrefix {
    init?(_ parsed: SubmissionParser.Parsed) {
        let call = parsed.call
        guard let last = call.blocks.lastIndex(where: { $0.cacheMark != .none }) else { return nil }
        var hasher = Hasher()
        hasher.combine(parsed.provider.name)
        hasher.combine(call.model.id)
        hasher.combine(call.format)
        for block in call.blocks[...last] {
            hasher.combine(block.isSystem)
            hasher.combine(block.text)
        }
        self.init(digest: hasher.finalize(), countsReads: parsed.provider.dialect.vendor.counting == .allowed)
    }
}
