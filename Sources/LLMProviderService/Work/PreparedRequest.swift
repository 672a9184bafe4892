import Contracts

/// A claimed request that can be sent, and what is known of its size.
struct PreparedRequest: Sendable {
    let claim: ClaimedRequest
    let parsed: SubmissionParser.Parsed
    let lane: LaneID
    let size: TokenEstimator.Request

    init(_ claim: ClaimedRequest, parsed: SubmissionParser.Parsed) {
        self.claim = claim
        self.parsed = parsed
        lane = LaneID(parsed.provider, model: parsed.call.model)
        size = TokenEstimator.Request(parsed)
    }
}

extension TokenEstimator.Request {
    init(_ parsed: SubmissionParser.Parsed) {
        let call = parsed.call
        let format = call.format
        let blocks = call.blocks
        let lastMark = blocks.lastIndex { $0.cacheMark != .none }
        self.init(
            model: parsed.provider.name + " " + call.model.id,
            bytes: blocks.reduce(format.byteCount) { $0 + $1.text.utf8.count },
            maximumOutputTokens: call.maximumOutputTokens,
            prefix: lastMark.map { last in
                var hasher = Hasher()
                hasher.combine(parsed.provider.name)
                hasher.combine(call.model.id)
                hasher.combine(format)
                hasher.combine(blocks[...last].map(\.text))
                return hasher.finalize()
            },
            prefixLife: (lastMark.map { blocks[$0].cacheMark == .oneHour } ?? false ? 60 : 5) * Rate.nanosecondsPerMinute,
            counting: parsed.provider.dialect.vendor.counting)
    }
}
