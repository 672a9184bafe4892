import Synchronization

/// Which providers take requests now, as far as this process knows: one that said to wait is left alone until then.
final class Lanes: Sendable {
    private let pausedUntil = Mutex<[String: ContinuousClock.Instant]>([:])
    private let names: [String]
    private let now: @Sendable () -> ContinuousClock.Instant

    init(_ names: [String], now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.names = names
        self.now = now
    }

    /// The providers that may be sent to.
    var open: [String] {
        let now = now()
        return pausedUntil.withLock { paused in names.filter { paused[$0].map { $0 <= now } ?? true } }
    }

    /// Sends nothing to a provider for a while; a longer pause that is running stays.
    func pause(_ name: String, for duration: Duration) {
        let end = now() + duration
        pausedUntil.withLock { paused in paused[name] = max(paused[name] ?? end, end) }
    }
}
