/// The money of an assessment: what it may spend, what it has spent, and what is set aside for calls that are not answered yet.
///
/// For each of those as much is set aside as a call can cost at most, so what is spent never passes the limit.
package struct Purse: Sendable, Hashable {
    /// Nano-dollars; nil for an assessment without a limit.
    package var limit: Int64? = nil
    package var spent: Int64 = 0
    /// Comparisons without an answer.
    package var underWay: Int64 = 0
    /// Nano-dollars that one call can cost at most; zero where that is not known.
    package var callCostAtMost: Int64 = 0

    package init(limit: Int64? = nil, spent: Int64 = 0, underWay: Int64 = 0, callCostAtMost: Int64 = 0) {
        self.limit = limit
        self.spent = spent
        self.underWay = underWay
        self.callCostAtMost = callCostAtMost
    }

    /// Calls that may still be begun.
    package var calls: Int {
        guard let limit else { return .max }
        let (reserved, overflow) = underWay.multipliedReportingOverflow(by: callCostAtMost)
        guard !overflow, spent < limit, limit - spent > reserved else { return 0 }
        return callCostAtMost > 0 ? Int((limit - spent - reserved) / callCostAtMost) : .max
    }

    /// A call was answered, for so many nano-dollars.
    package mutating func settle(cost: Int64) {
        underWay -= 1
        spent += cost
    }

    /// Sets money aside for calls to come.
    package mutating func reserve(_ calls: Int64) { underWay += calls }
}
