/// So many units a minute, less a margin.
struct Rate: Sendable, Hashable {
    static let nanosecondsPerMinute: Int64 = 60_000_000_000
    /// Limits beyond it are taken for this one.
    static let largestLimit: Int64 = 1_000_000_000_000

    /// Units per minute.
    let limit: Int64
    /// Thousandths of the limit that are used.
    let share: Int64

    init(limit: Int64, share: Int64) {
        self.limit = min(max(1, limit), Self.largestLimit)
        self.share = min(max(1, share), 1000)
    }

    /// By how much the vendor's own count is behind after a request of this cost, in nanoseconds, because it does without the margin.
    func lag(after cost: Int64) -> Int64 { cost / 1000 * (1000 - share) }

    /// How long so many units take, in nanoseconds, rounded up and at most a year.
    func time(for units: Int64) -> Int64 {
        let divisor = Int128(limit) * Int128(share)
        let time = (Int128(max(0, units)) * Int128(Self.nanosecondsPerMinute) * 1000 + divisor - 1) / divisor
        return Int64(min(time, Int128(Self.nanosecondsPerMinute) * 60 * 24 * 366))
    }
}
