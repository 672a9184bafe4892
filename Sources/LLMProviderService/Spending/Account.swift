/// What a payer may spend, has spent and has set aside, in nano-dollars.
struct Account: Sendable, Hashable {
    let payer: Payer
    /// Nil where there is no limit.
    var budget: Int64?
    /// On requests that have ended.
    var spent: Int64 = 0
    /// The most that the requests under way can cost.
    var reserved: Int64 = 0

    /// Why a request is not taken on.
    enum Refusal: Error, Sendable, Hashable {
        /// It can cost more than is left.
        case exceeded(Account, cost: Int64)
        /// What requests under way may leave over could be enough for it.
        case setAside(Account, cost: Int64)
        /// Nobody knows what it can cost.
        case unpriced(Account)
    }

    /// Refuses a request that could exceed the budget.
    ///
    /// - Parameter cost: the most that it can cost; nil where its price is not known.
    func check(_ cost: Int64?) throws(Refusal) {
        guard let budget else { return }
        guard let cost else { throw .unpriced(self) }
        // No budget, sum or price is near the largest number.
        guard spent + cost <= budget else { throw .exceeded(self, cost: cost) }
        guard spent + reserved + cost <= budget else { throw .setAside(self, cost: cost) }
    }
}
