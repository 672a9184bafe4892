import Contracts

/// What follows from the kind of a failure: for its request, its lane, the bill, those who watch and those who asked.
///
/// A remedy that counts as an attempt is ``AttemptFailure/Remedy/retry``; one that waits does not count. What is told of the lane decides
/// what its breaker learns, see ``Lane/Ending/sign``. A failure of wider reach than its request stops its lane or its account, whatever
/// stands here. Calls that brought no answer at all have what ``CurlClient/CurlError`` says of them instead of `lane`.
struct FailureRules: Sendable, Hashable {
    /// What a lane is told of the vendor.
    enum Word: Sendable, Hashable {
        /// It did its work.
        case answered
        /// It takes no requests for a while.
        case refused
        /// It has too much to do, or fails.
        case overloaded
        /// Nothing about its load.
        case failed
    }

    /// What may follow, unless the vendor says otherwise.
    let remedy: AttemptFailure.Remedy
    /// Whether the vendor did its work and may send a bill for it.
    let isPaid: Bool
    let lane: Word
    /// As metrics call it.
    let label: String
    /// As the result's event tells it, when no attempt is left.
    let contract: LLMV1.FailureKind

    fileprivate init(
        _ remedy: AttemptFailure.Remedy, isPaid: Bool = false, lane: Word, _ label: String, _ contract: LLMV1.FailureKind
    ) {
        self.remedy = remedy
        self.isPaid = isPaid
        self.lane = lane
        self.label = label
        self.contract = contract
    }
}

extension AttemptFailure.Kind {
    /// The pause after a refusal that does not say how long.
    private static let usualWait: Duration = .seconds(5)

    var rules: FailureRules {
        switch self {
        case .invalidRequest: FailureRules(.none, lane: .failed, "invalid_request", .invalidRequest)
        case .authentication: FailureRules(.none, lane: .failed, "authentication", .authentication)
        case .billing: FailureRules(.none, lane: .failed, "billing", .billing)
        case .rateLimited: FailureRules(.wait(Self.usualWait), lane: .refused, "rate_limit", .rateLimited)
        case .overloaded: FailureRules(.retry, lane: .overloaded, "overloaded", .overloaded)
        case .unreachable: FailureRules(.retry, lane: .failed, "unreachable", .unreachable)
        case .unreadableReply:
            FailureRules(.retry, isPaid: true, lane: .answered, "unreadable_reply", .unreadableReply)
        case .refusal: FailureRules(.none, isPaid: true, lane: .answered, "refusal", .refusal)
        case .truncated: FailureRules(.none, isPaid: true, lane: .answered, "truncated", .truncated)
        case .cancelled: FailureRules(.none, lane: .failed, "cancelled", .cancelled)
        case .expired: FailureRules(.none, lane: .failed, "expired", .expired)
        }
    }
}
