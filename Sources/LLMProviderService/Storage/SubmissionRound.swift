import Contracts

/// Decides which of several requests are taken on together, one after the other as they came, by what has been read of the database.
struct SubmissionRound: Sendable {
    /// A request that is known.
    struct Known: Sendable, Hashable {
        let content: [UInt8]
        let state: LLMV1.RequestState

        /// What it is to another of its id.
        func submission(of content: [UInt8]) -> RequestStore.Submission {
            content == self.content ? .known(state) : .differs
        }
    }

    let bounds: QueueBounds
    /// Whether nobody takes requests on meanwhile.
    let isAlone: Bool
    /// By their ids; those that are taken on here come to be among them.
    private var known: [String: Known]
    private var waiting: WaitingRequests
    /// Of those who have a budget.
    private var accounts: [Payer: Account]

    init(
        bounds: QueueBounds, isAlone: Bool, known: [String: Known], waiting: WaitingRequests, accounts: [Payer: Account]
    ) {
        self.bounds = bounds
        self.isAlone = isAlone
        self.known = known
        self.waiting = waiting
        self.accounts = accounts
    }

    /// Decides about the next request; one that is taken on counts for all that come after it.
    ///
    /// - Throws: `QueueBounds.Full` or `Account.Refusal` where there is no room or no money for it; `QueueBounds.CloseToFull`.
    mutating func decide(_ offer: RequestStore.Offer) throws -> RequestStore.Submission {
        let (id, payer) = (offer.request.requestID, offer.payer)
        if let earlier = known[id] { return earlier.submission(of: offer.content) }
        try bounds.check((waiting.total, waiting.ofTenant[payer.tenant] ?? 0), isAlone: isAlone)
        let payers = [payer.wholeTenant, payer]
        try Account.check(payers.compactMap { accounts[$0] }, cost: offer.cost)
        known[id] = Known(content: offer.content, state: .queued)
        waiting.total += 1
        waiting.ofTenant[payer.tenant, default: 0] += 1
        for payer in payers { accounts[payer]?.reserved += offer.cost ?? 0 }
        return .accepted
    }
}

/// How many requests are not at their end.
struct WaitingRequests: Sendable, Hashable {
    var total: Int64
    var ofTenant: [String: Int64]
}
