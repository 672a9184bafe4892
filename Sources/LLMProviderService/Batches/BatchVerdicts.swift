import Contracts
import Wire

/// Decides what becomes of requests in batches.
struct BatchVerdicts: Sendable {
    let parser: SubmissionParser
    let configuration: LLMProviderConfiguration

    /// Where a request goes that was claimed for a batch, as far as it still passes and has the time.
    func place(_ item: BatchItem) -> BatchPlace {
        do {
            let parsed = try parser.parse(item.claim.request)
            let left = ContinuousClock.now.duration(to: item.claim.deadline)
            if parsed.dispatch == .byBatchWhileTime, left < configuration.batches.leastTime {
                return .settled(.untouched(item, flow: RequestFlow(item.claim.request, isByBatch: false)))
            }
            let bytes = AnthropicDialect().batchItem(parsed.call, customID: String(repeating: "0", count: 36)).count
            return .bytes(bytes + Self.slack)
        } catch {
            return .settled(refusal(of: item, error.message))
        }
    }

    /// Bytes that the marks for the vendor's cache may add until the batch is handed over, and the comma.
    private static let slack = 512

    /// The end of a request that the configuration does not let pass any more.
    func refusal(of item: BatchItem, _ message: String) -> BatchSettlement {
        settlement(
            of: item, after: .failure(AttemptFailure(kind: .invalidRequest, message: message, remedy: .none)), on: .today)
    }

    /// What follows a line of results.
    ///
    /// - Parameter standstill: how long the account takes nothing, where that is all that was the matter.
    func settlement(
        of item: BatchItem, after line: BatchResultLine.Outcome, on day: Day, standstill: Duration? = nil
    ) -> BatchSettlement {
        do {
            let parsed = try parser.parse(item.claim.request)
            switch AnthropicDialect().outcome(of: line, schema: parsed.schema) {
            case .reply(let reply): return settlement(of: item, parsed, after: .reply(reply), on: day)
            case .failure(let failure):
                let told = failure.withholding(key: parsed.provider.apiKey, prompt: parsed.call.blocks)
                return settlement(of: item, parsed, after: .failure(told), on: day, standstill: standstill)
            }
        } catch {
            return refusal(of: item, error.message)
        }
    }

    /// What follows an attempt, by the rules for those that are made by themselves: a request whose owner wants it no more ends, unless
    /// there is a reply.
    ///
    /// - Parameter day: on which the attempt was begun, whose prices hold.
    func settlement(of item: BatchItem, after outcome: AttemptOutcome, on day: Day) -> BatchSettlement {
        // One that no longer passes has no price.
        settlement(of: item, try? parser.parse(item.claim.request), after: outcome, on: day)
    }

    private func settlement(
        of item: BatchItem, _ parsed: SubmissionParser.Parsed?, after outcome: AttemptOutcome, on day: Day,
        standstill: Duration? = nil
    ) -> BatchSettlement {
        let claim = item.claim
        let prices = parsed?.call.model.prices
        let usage = claim.usage + outcome.usage
        let earlier = claim.bill(at: prices, on: day)
        let bill = prices.map { (earlier ?? Bill()) + $0.bill(for: outcome.usage, on: day, isByBatch: true) } ?? earlier
        func end(_ state: FinalState, _ outcome: AttemptOutcome) -> BatchSettlement {
            BatchSettlement(
                item: item, outcome: outcome, parsed: parsed,
                step: .end(
                    state,
                    LLMV1.Result(
                        claim, outcome: outcome, usage: usage, bill: bill, provider: parsed, latency: .zero, isByBatch: true),
                    LedgerEntry(claim, parsed: parsed, day: day, usage: usage, bill: bill, isByBatch: true)))
        }
        func requeue(after pause: Duration, countsAsAttempt: Bool) -> BatchSettlement {
            BatchSettlement(
                item: item, outcome: outcome, parsed: parsed,
                step: .requeue(
                    BatchSettlement.Requeued(
                        flow: RequestFlow(claim.request), pause: pause, countsAsAttempt: countsAsAttempt, usage: usage, bill: bill
                    )))
        }
        guard case .failure(let failure) = outcome else { return end(.succeeded, outcome) }
        guard !item.isWithdrawn else { return end(.cancelled, .failure(.cancelled)) }
        let step = configuration.retry.step(
            after: failure, standstill: standstill,
            paidCalls: claim.request.maxPaidCalls == 0 ? nil : Int64(claim.request.maxPaidCalls),
            attempts: claim.attempts, waits: claim.waits, chance: .random(in: 0...1))
        return switch step {
        case .giveUp: end(.failed, outcome)
        case .retry(let pause): requeue(after: pause, countsAsAttempt: true)
        case .wait(let pause): requeue(after: pause, countsAsAttempt: false)
        }
    }

    /// The end of a request that is not to be sent any more; nil where it is.
    func ending(of item: BatchItem) -> BatchSettlement? {
        if item.isWithdrawn { return settlement(of: item, after: .failure(.cancelled), on: .today) }
        guard item.claim.deadline <= .now else { return nil }
        return settlement(of: item, after: .failure(.expired), on: .today)
    }
}
