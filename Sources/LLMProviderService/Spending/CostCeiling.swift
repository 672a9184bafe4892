/// The most that a request can cost.
enum CostCeiling {
    /// Tokens that a vendor adds for a forced tool and around the messages; the vendors' own figures are below 700.
    static let addedTokens: Int64 = 1000

    /// Nano-dollars of all the calls that may be billed, by the tariff of a day; nil where the price is not known.
    ///
    /// A token stands for a byte at least, in every tokeniser of bytes. All of the prompt is priced as written to the cache for the dearest
    /// life, where something is to be kept there: for how long is decided anew when it is sent. The reply is as long as it may be.
    ///
    /// - Parameter paidCalls: calls that may be billed.
    static func nanodollars(of call: VendorCall, paidCalls: Int64, on day: Day) -> Int64? {
        guard let tariff = call.model.prices?.tariff(on: day) else { return nil }
        let bytes = call.blocks.reduce(call.format.byteCount) { $0 + $1.text.utf8.count }
        let isKept = call.blocks.contains { $0.cacheMark != .none }
        let input = isKept ? max(tariff.input, tariff.cacheWriteFiveMinutes, tariff.cacheWriteOneHour) : tariff.input
        let once = (Int64(bytes) + addedTokens) * input + Int64(call.maximumOutputTokens) * tariff.output
        return once * paidCalls
    }
}
