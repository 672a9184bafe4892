/// When a client may try to connect: after each failure in a row it waits longer, and half of each pause is chance.
struct ReconnectPace: Sendable {
    private let backoff: Backoff
    /// Failures since there was a connection.
    private(set) var failures = 0
    private(set) var earliestAttempt: ContinuousClock.Instant
    private var lastLost: UInt64 = 0

    init(_ configuration: ClientConfiguration, now: ContinuousClock.Instant) {
        backoff = Backoff(shortest: configuration.shortestReconnectPause, longest: configuration.longestReconnectPause)
        earliestAttempt = now
    }

    mutating func connected() {
        failures = 0
    }

    /// - Parameter chance: from 0 to 1.
    mutating func failed(at now: ContinuousClock.Instant, chance: Double) {
        failures += 1
        earliestAttempt = now + backoff.pause(afterFailures: failures, chance: chance)
    }

    /// A connection had gone before it was of use, which counts as one failed attempt to make it, however many callers found it so.
    ///
    /// - Parameter connection: numbers rise from 1.
    mutating func lost(_ connection: UInt64, at now: ContinuousClock.Instant, chance: Double) {
        guard connection > lastLost else { return }
        lastLost = connection
        failed(at: now, chance: chance)
    }
}
