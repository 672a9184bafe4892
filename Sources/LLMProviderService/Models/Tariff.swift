/// What a token of each class costs, in nano-dollars, from a day on.
struct Tariff: Sendable, Hashable {
    /// The day on which it was looked up; it is taken to hold from then on, until the next.
    let asOf: Day
    let input: Int64
    let output: Int64
    let cacheRead: Int64
    let cacheWriteFiveMinutes: Int64
    let cacheWriteOneHour: Int64

    func bill(for usage: TokenUsage) -> Bill {
        Bill(cost: cost(of: usage), cacheSavings: readSavings(of: usage) - writeSurcharge(of: usage))
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
