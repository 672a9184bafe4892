import Contracts
import CurlClient
import Logging
import Postgres
import Wire

extension RequestWorker {
    /// Makes the one call of a request whose caller waits, as soon as its lane admits it.
    ///
    /// - Returns: what came of it.
    /// - Throws: a refusal where it was not sent; `CANCELLED` or `DEADLINE_EXCEEDED` where its caller waited no more.
    func pass(_ request: PreparedRequest, on passage: Passage) async throws(RPCError) -> Attempt {
        do throws(Lanes.Obstacle) {
            try lanes.pass(request)
        } catch {
            throw error.refusal
        }
        _ = sendDue()
        // The loop that sends learns when its turn is.
        if passage.isOpen { lanes.changed.ring() }
        // A bridge: the wait is a continuation, which a timer ends too.
        let timer = Task {
            try await Task.sleep(until: request.claim.deadline)
            _ = passage.arrive(.late)
        }
        defer { timer.cancel() }
        switch await passage.wait() {
        case .due(let due): return try await pass(due)
        case .late:
            lanes.leave(request)
            throw Self.late
        case .refused(let pause): throw Lanes.Obstacle.stopped(pause).refusal
        case .cancelled:
            lanes.leave(request)
            throw RPCError(.cancelled, "the caller waited no more; nothing was sent")
        }
    }

    private static let late = RPCError(.deadlineExceeded, "the request's time was over before it could be sent")

    private func pass(_ due: Lanes.Due) async throws(RPCError) -> Attempt {
        let request = due.request
        guard request.claim.deadline > .now, !Task.isCancelled else {
            await settle(lanes.finish(due, .unsent, usage: TokenUsage(), report: LimitReport()))
            throw Self.late
        }
        let labels = MetricLabels(request.parsed)
        metrics.requests.began(request.claim, labels)
        metrics.prompts.sent(request.parsed.call.blocks, labels)
        let attempt = await attempt(due)
        metrics.calls.ended(attempt.outcome, of: request.parsed, after: attempt.latency, on: attempt.day)
        metrics.prompts.answered(attempt.outcome.usage, labels)
        metrics.requests.passedOn(attempt.outcome, labels)
        await settle(lanes.finish(due, attempt.ending, usage: attempt.outcome.usage, report: attempt.report))
        return attempt
    }

    /// Puts on record what the vendor wants of all processes, and gives back what waited in vain.
    private func settle(_ aftermath: Lanes.Aftermath) async {
        guard !aftermath.refusals.isEmpty || !aftermath.inVain.isEmpty else { return }
        // A bridge: it concerns others, whatever has become of the caller.
        await Task {
            do {
                try await store.record(refusals: lanes.fromNow(aftermath.refusals))
                lanes.noteOnRecord(aftermath.refusals)
            } catch {
                // The next refusal puts it on record.
                logger.warning("what a vendor wants is not on record", metadata: ["reason": "\(error)"])
            }
            await putBack(aftermath.inVain)
        }.value
    }
}

extension Lanes.Obstacle {
    /// About as long as it takes to have the turn of a process that has ended.
    private static let handOver: Duration = .milliseconds(500)

    /// As the caller is told it.
    var refusal: RPCError {
        switch self {
        case .paced(let pause):
            RPCError(
                .resourceExhausted, "the provider's limits leave no room soon", isRefused: true,
                retryAfter: max(pause, .milliseconds(1)))
        case .stopped(let pause):
            RPCError(
                .unavailable, "nothing is sent to the provider for a while", isRefused: true,
                retryAfter: max(pause, .milliseconds(1)))
        case .elsewhere:
            RPCError(.unavailable, "another process sends to the provider", isRefused: true, retryAfter: Self.handOver)
        }
    }
}
