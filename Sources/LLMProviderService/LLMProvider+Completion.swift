public import Contracts
public import Wire

extension LLMProvider {
    public func complete(_ request: LLMV1.CompleteRequest, context: ServerContext) async throws -> LLMV1.CompleteResponse {
        let asked = request.request ?? LLMV1.SubmitRequest()
        let parsed: SubmissionParser.Parsed
        let origin: RequestOrigin
        do throws(RPCError) {
            parsed = try parser.parse(asked)
            origin = try RequestOrigin(context.metadata, request: asked.requestID)
            try check(asked, parsed)
        } catch {
            metrics.requests.refused(.invalid)
            throw error
        }
        guard passages.enter() else {
            metrics.requests.crowded()
            throw RPCError(
                .resourceExhausted, "\(configuration.maximumPassing) requests are being passed on", isRefused: true,
                retryAfter: .milliseconds(100))
        }
        defer { passages.leave() }
        let cost = parsed.provider.isSimulated ? 0 : CostCeiling.nanodollars(of: parsed.call, paidCalls: 1, from: .today)
        let hold: Passages.Hold
        do {
            hold = try await passages.reserve(cost, for: Payer(asked))
        } catch let refusal as Account.Refusal {
            metrics.requests.refused(refusal.label)
            throw refusal.error
        }
        let claim = ClaimedRequest(
            passing: asked, origin: origin, isSimulated: parsed.provider.isSimulated, reserved: cost ?? 0,
            deadline: min(context.deadline.instant, .now + parsed.life))
        return try await pass(claim, parsed, hold)
    }

    private func check(_ request: LLMV1.SubmitRequest, _ parsed: SubmissionParser.Parsed) throws(RPCError) {
        guard parsed.dispatch == .immediately else {
            throw RPCError(.invalidArgument, "dispatch: expected DISPATCH_IMMEDIATELY, as the caller waits")
        }
        guard request.priority == .unspecified else {
            throw RPCError(.invalidArgument, "priority: expected none, as the request waits for no others")
        }
        try checkSize(parsed)
    }

    private func pass(
        _ claim: ClaimedRequest, _ parsed: SubmissionParser.Parsed, _ hold: Passages.Hold
    ) async throws -> LLMV1.CompleteResponse {
        let attempt: RequestWorker.Attempt
        let passage = Passage()
        let request = PreparedRequest(claim, parsed: parsed, passage: passage)
        do {
            attempt = try await worker.pass(request, on: passage)
        } catch {
            passages.release(hold)
            throw error
        }
        let usage = attempt.outcome.usage
        let bill = parsed.call.model.prices?.bill(for: usage, on: attempt.day)
        passages.settle(hold, LedgerEntry(claim, parsed: parsed, day: attempt.day, usage: usage, bill: bill).reserving(0))
        let result = LLMV1.Result(
            request.claim, outcome: attempt.outcome, usage: usage, bill: bill, provider: parsed, latency: attempt.latency)
        guard case .failure(let failure) = attempt.outcome, case .wait(let pause) = failure.remedy else {
            return LLMV1.CompleteResponse(result: result)
        }
        return LLMV1.CompleteResponse(result: result, retryAfterMilliseconds: UInt64(max(1, pause / .milliseconds(1))))
    }
}

extension ClaimedRequest {
    /// A request that is passed on: nobody holds it but its caller.
    fileprivate init(
        passing request: LLMV1.SubmitRequest, origin: RequestOrigin, isSimulated: Bool, reserved: Int64,
        deadline: ContinuousClock.Instant
    ) {
        self.init(
            id: request.requestID, job: nil, payer: Payer(request), reserved: reserved, isSimulated: isSimulated, attempts: 1,
            waits: 0,
            deadline: deadline, usage: TokenUsage(), bill: nil, request: request, origin: origin, ageWhenClaimed: .zero)
    }
}
