import JobQueue
import Synchronization

/// What the claiming loop remembers from one search to the next.
final class Search: Sendable {
    struct State: Sendable {
        var lowWater = LowWater()
        /// Whether what is set aside has been brought in line with the requests under way.
        var isReserveRestored = false
        /// When dead workers' claims are to be looked for.
        var rescueAt = ContinuousClock.now
        /// When requests whose time has come are to be looked for, at the latest.
        var promoteAt = ContinuousClock.now
    }

    private let stored = Mutex(State())

    var state: State {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
