import Contracts
import JobQueue

/// A request in a batch. Its claim names no job: that is scheduled, not held.
struct BatchItem: Sendable {
    let job: Int64
    /// The kind of its job.
    let kind: String
    let claim: ClaimedRequest
    /// The owner wants it no more.
    let isWithdrawn: Bool
}

/// What becomes of a request in a batch.
struct BatchSettlement: Sendable {
    enum Step: Sendable {
        case end(FinalState, LLMV1.Result, LedgerEntry)
        /// It goes back to the queue.
        case requeue(Requeued)
    }

    let item: BatchItem
    /// What came of the attempt; nil where there was none.
    let outcome: AttemptOutcome?
    /// Nil for a request that no longer passes.
    let parsed: SubmissionParser.Parsed?
    let step: Step

    var isEnd: Bool { if case .end = step { true } else { false } }

    struct Requeued: Sendable {
        let flow: RequestFlow
        let pause: Duration
        /// Otherwise the vendor let it wait.
        let countsAsAttempt: Bool
        /// As if it had not been in a batch: it has not waited, either.
        var isUntouched = false
        let usage: TokenUsage
        let bill: Bill?
    }

    /// Back to the queue, as if it had not been claimed.
    ///
    /// - Parameter flow: nil for the one that it came from.
    static func untouched(_ item: BatchItem, flow: RequestFlow? = nil) -> Self {
        Self(
            item: item, outcome: nil, parsed: nil,
            step: .requeue(
                Requeued(
                    flow: flow ?? RequestFlow(kind: item.kind), pause: .zero, countsAsAttempt: false, isUntouched: true,
                    usage: item.claim.usage, bill: item.claim.bill)))
    }
}

/// Where a request goes that was claimed for a batch.
enum BatchPlace: Sendable {
    /// Into the batch, where it takes so many bytes.
    case bytes(Int)
    case settled(BatchSettlement)
}
