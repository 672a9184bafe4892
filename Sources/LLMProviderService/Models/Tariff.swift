/// What a token of each class costs, in nano-dollars, from a day on.
struct Tariff: Sendable, Hashable {
    /// The day on which it was looked up; it is taken to hold from then on, until the next.
    let asOf: Day
    let input: Int64
    let output: Int64
    let cacheRead: Int64
    let cacheWriteFiveMinutes: Int64
    let cacheWriteOneHour: Int64
    /// What a token of any class costs in a batch, in hundredths of what it costs else; nil for a model that takes no batches.
    var batchPercent: Int64?

    /// - Parameter isByBatch: the tokens were used in a batch.
    func bill(for usage: TokenUsage, isByBatch: Bool = false) -> Bill {
        let bill = Bill(cost: cost(of: usage), cacheSavings: readSavings(of: usage) - writeSurcharge(of: usage))
        return isByBatch ? Bill(cost: inBatch(bill.cost), cacheSavings: inBatch(bill.cacheSavings)) : bill
    }

    /// What an amount comes to in a batch; where it is no whole number, the next one up.
    func inBatch(_ nanodollars: Int64) -> Int64 {
        guard let batchPercent else { return nanodollars }
        let hundredths = nanodollars * batchPercent
        return hundredths / 100 + (hundredths % 100 > 0 ? 1 : 0)
    }

    func cost(of usage: TokenUsage) -> Int64 {
        usage.input * input + usage.output * output + usage.cacheRead * cacheRead
            + usage.cacheWriteFiveMinutes * cacheWriteFiveMinutes + usage.cacheWriteOneHour * cacheWriteOneHour
    }

    /// What tokens read from the vendor's cache would have cost more as plain input.
    func readSavings(of usage: TokenUsage) -> Int64 {
        usage.cacheRead * (input - cacheRead)
    }

    /// What tokens written to the vendor's cache cost more than as plain input.
    func writeSurcharge(of usage: TokenUsage) -> Int64 {
        usage.cacheWriteFiveMinutes * (cacheWriteFiveMinutes - input) + usage.cacheWriteOneHour * (cacheWriteOneHour - input)
    }
}

/// What calls cost, in nano-dollars.
struct Bill: Sendable, Hashable {
    var cost: Int64 = 0
    /// What the cached tokens would have cost more as plain input, less what writing the cache cost beyond that.
    var cacheSavings: Int64 = 0

    static func + (left: Bill, right: Bill) -> Bill {
        Bill(cost: left.cost + right.cost, cacheSavings: left.cacheSavings + right.cacheSavings)
    }
}
