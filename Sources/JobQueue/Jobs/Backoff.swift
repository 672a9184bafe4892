/// How long a failed job waits for its next attempt.
///
/// The wait is drawn evenly between zero and a bound that doubles with each attempt ("full jitter"), so that jobs which failed
/// together do not come back together.
public struct Backoff: Sendable, Hashable {
    /// The bound after the first attempt.
    public var first: Duration
    /// The bound that is never exceeded.
    public var longest: Duration

    public init(first: Duration = .seconds(1), longest: Duration = .seconds(300)) {
        self.first = first
        self.longest = longest
    }

    /// The longest wait after an attempt, counted from 1.
    public func bound(afterAttempt attempt: Int64) -> Duration {
        // Doubling ends at 2^30 times the first bound, beyond any longest one.
        min(longest, first * (1 << min(max(attempt - 1, 0), 30)))
    }

    /// - Parameter chance: from 0 to 1.
    public func delay(afterAttempt attempt: Int64, chance: Double) -> Duration {
        bound(afterAttempt: attempt) * chance
    }
}
