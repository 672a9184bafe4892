import Contracts

/// A claimed request that can be sent, and what is known of its size.
struct PreparedRequest: Sendable {
    let claim: ClaimedRequest
    let parsed: SubmissionParser.Parsed
    let lane: LaneID
    let size: TokenEstimator.Request
    /// Nil where the vendor is to keep nothing.
    let prefix: PromptPrefix?

    init(_ claim: ClaimedRequest, parsed: SubmissionParser.Parsed) {
        self.claim = claim
        self.parsed = parsed
        lane = LaneID(parsed.provider, model: parsed.call.model)
        size = TokenEstimator.Request(parsed)
        prefix = PromptPrefix(parsed)
    }
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
