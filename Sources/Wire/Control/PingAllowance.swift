/// How many pings are answered: so many at once, and then one for each interval that has passed.
struct PingAllowance: Sendable {
    static let burst = 16
    static let interval = Duration.seconds(1)

    /// When as many pings as have come were due, had each come an interval after the one before.
    private var due: ContinuousClock.Instant?

    /// Takes a ping.
    ///
    /// - Returns: whether it was allowed.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        let next = max(due ?? now, now) + Self.interval
        guard now.duration(to: next) <= Self.interval * Self.burst else { return false }
        due = next
        return true
    }
}
