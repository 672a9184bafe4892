import Contracts

extension LLMV1.Result {
    /// What is told about a request that has ended.
    ///
    /// - Parameter usage: of all attempts.
    /// - Parameter bill: for all attempts; nil where the price is not known.
    init(
        _ claim: ClaimedRequest, outcome: AttemptOutcome, usage: TokenUsage, bill: Bill?, provider: SubmissionParser.Parsed?,
        latency: Duration, isByBatch: Bool = false
    ) {
        self.init(
            requestID: claim.id,
            owner: claim.request.owner,
            outcome: Self.outcome(outcome),
            provider: claim.request.provider,
            model: Self.model(outcome) ?? claim.request.model,
            attempts: UInt32(clamping: claim.attempts + claim.waits),
            usage: LLMV1.Usage(usage),
            costNanodollars: bill.map { UInt64(clamping: $0.cost) },
            cacheSavingsNanodollars: bill?.cacheSavings,
            latencyMilliseconds: UInt64(max(0, latency / .milliseconds(1))),
            vendorRequestID: Self.vendorRequestID(outcome),
            simulated: provider?.provider.isSimulated ?? claim.isSimulated,
            traceparent: claim.origin.traceparent,
            correlationID: claim.origin.correlationID,
            promptSha256: claim.promptSHA256,
            byBatch: isByBatch)
    }

    private static func outcome(_ outcome: AttemptOutcome) -> LLMV1.Result.Outcome {
        switch outcome {
        case .reply(let reply): .reply(LLMV1.Reply(json: reply.json))
        case .failure(let failure):
            .failure(
                LLMV1.Failure(
                    kind: failure.kind.rules.contract, message: failure.message, httpStatus: UInt32(max(0, failure.httpStatus))))
        }
    }

    private static func model(_ outcome: AttemptOutcome) -> String? {
        guard case .reply(let reply) = outcome, !reply.model.isEmpty else { return nil }
        return reply.model
    }

    private static func vendorRequestID(_ outcome: AttemptOutcome) -> String {
        switch outcome {
        case .reply(let reply): reply.vendorRequestID
        case .failure(let failure): failure.vendorRequestID
        }
    }
}

extension LLMV1.Usage {
    init(_ usage: TokenUsage) {
        self.init(
            inputTokens: UInt64(usage.input), outputTokens: UInt64(usage.output), cacheReadTokens: UInt64(usage.cacheRead),
            cacheWriteFiveMinutesTokens: UInt64(usage.cacheWriteFiveMinutes),
            cacheWriteOneHourTokens: UInt64(usage.cacheWriteOneHour))
    }
}
