/// How long to wait after failures: twice as long after each in a row, up to a bound, and half of each pause is chance.
struct Backoff: Sendable, Hashable {
    /// After the first failure.
    let shortest: Duration
    let longest: Duration

    /// - Parameters:
    ///   - failures: in a row, at least one.
    ///   - chance: from 0 to 1.
    func pause(afterFailures failures: Int, chance: Double) -> Duration {
        min(shortest * (1 << min(failures - 1, 16)), longest) * (0.5 + chance / 2)
    }
}
