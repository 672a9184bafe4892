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

    /// Refuses a request that could exceed a budget: for good where one of the accounts does, before any that may have room later.
    ///
    /// - Parameters:
    ///   - accounts: that the request is paid from.
    ///   - cost: the most that it can cost; nil where its price is not known. What costs nothing is never refused.
    static func check(_ accounts: [Account], cost: Int64?) throws(Refusal) {
        guard cost != 0 else { return }
        for account in accounts {
            guard let budget = account.budget else { continue }
            guard let cost else { throw .unpriced(account) }
            // No budget, sum or price is near the largest number.
            guard account.spent + cost <= budget else { throw .exceeded(account, cost: cost) }
        }
        for account in accounts {
            guard let budget = account.budget, let cost else { continue }
            guard account.spent + account.reserved + cost <= budget else { throw .setAside(account, cost: cost) }
        }
    }
}
