/// What is expected of the requests that begin alike.
struct ExpectedRun: Sendable, Hashable {
    /// How many there will be; nil where it is not known.
    var requests: Int64?
    /// Least time from one to the next that the limits allow, in nanoseconds.
    var interval: Int64 = 0

    /// A run is held up about once in so many seconds for longer than five minutes, and its beginning is then written anew: the vendor
    /// refuses for a while, a limit on spending is reached, a process is restarted, the caller thinks. Assumed, not measured.
    static let secondsBetweenBreaks: Int64 = 3600

    /// The life that makes the beginning cheapest, none where plain input is, the shorter of two that cost the same.
    ///
    /// While requests come, each renews what it reads. So five minutes, the cheaper to write, cost a write at the start and one after each
    /// break, and an hour one at the start. Where requests are further apart than a life lasts, each of them writes.
    ///
    /// - Parameter wish: a longer life than this is not chosen.
    func cheapest(upTo wish: VendorCall.CacheMark, by tariff: Tariff) -> VendorCall.CacheMark {
        guard let requests, wish != .none else { return wish }
        var best = VendorCall.CacheMark.none
        // Costs of a token over all requests, in parts: as many as make one write.
        let parts = Self.secondsBetweenBreaks
        var least = requests * parts * tariff.input
        func consider(_ mark: VendorCall.CacheMark, _ life: WarmPrefixes.Life, write: Int64, breaks: Int64) {
            let isRenewed = interval < life.rawValue - WarmPrefixes.margin
            let writes = isRenewed ? min(parts + breaks, requests * parts) : requests * parts
            let cost = writes * write + (requests * parts - writes) * tariff.cacheRead
            // What costs as much as plain input is kept: what is read need not count towards limits.
            guard best == .none ? cost <= least : cost < least else { return }
            (best, least) = (mark, cost)
        }
        consider(.fiveMinutes, .fiveMinutes, write: tariff.cacheWriteFiveMinutes, breaks: seconds)
        if wish == .oneHour { consider(.oneHour, .oneHour, write: tariff.cacheWriteOneHour, breaks: 0) }
        return best
    }

    /// How long it takes at least, as far as it matters.
    private var seconds: Int64 {
        guard let requests else { return 0 }
        let length = Int128(max(0, requests - 1)) * Int128(max(0, interval)) / 1_000_000_000
        return Int64(min(length, Int128(requests) * Int128(Self.secondsBetweenBreaks)))
    }
}
