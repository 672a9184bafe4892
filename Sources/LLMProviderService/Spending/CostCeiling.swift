/// The most that a request can cost, as far as replies tell: a call whose reply was lost is billed by the vendor and not known here.
enum CostCeiling {
    /// Tokens that a vendor adds for a forced tool and around the messages; the vendors' own figures are below 700.
    static let addedTokens: Int64 = 1000

    /// Nano-dollars of all the calls that may be billed, by the dearest tariff from a day on; nil where the price is not known. A request may
    /// wait, and each call costs what holds on the day on which it is made.
    ///
    /// A token stands for a byte at least, in every tokeniser of bytes. All of the prompt is priced as written to the cache for the dearest
    /// life, where something is to be kept there: for how long is decided anew when it is sent. The reply is as long as it may be.
    ///
    /// - Parameters:
    ///   - paidCalls: calls that may be billed.
    ///   - isByBatch: none of them is made outside a batch.
    static func nanodollars(of call: VendorCall, paidCalls: Int64, from day: Day, isByBatch: Bool = false) -> Int64? {
        guard let prices = call.model.prices else { return nil }
        return prices.tariffs(from: day).map { tariff in
            let price = once(call, at: tariff)
            return (isByBatch ? tariff.inBatch(price) : price) * paidCalls
        }.max()
    }

    private static func once(_ call: VendorCall, at tariff: Tariff) -> Int64 {
        let bytes = call.blocks.reduce(call.format.byteCount) { $0 + $1.text.utf8.count }
        let isKept = call.blocks.contains { $0.cacheMark != .none }
        let input = isKept ? max(tariff.input, tariff.cacheWriteFiveMinutes, tariff.cacheWriteOneHour) : tariff.input
        return (Int64(bytes) + addedTokens) * input + Int64(call.maximumOutputTokens) * tariff.output
    }
}
