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
        /// When all requests whose time is over are to be looked for, however long it has been so.
        var sweepAt = ContinuousClock.now
        /// Flows that have requests ready, as far as is known.
        var flows: [RequestFlow] = []
        /// Where the search for them goes on.
        var kinds = KindSearch()
        /// When flows are to be looked for again, at the latest.
        var lookAt = ContinuousClock.now
        /// How the places at each provider are divided.
        var shares: [String: FairShare] = [:]
        /// When freezes are to be looked for again, while requests wait in lanes that other processes send to as well.
        var freezesAt = ContinuousClock.now
        /// When requests whose time has come are to be looked for, at the latest.
        var promoteAt = ContinuousClock.now
    }

    /// Between two looks for all requests whose time is over; in between, those are looked for whose time ended since the last.
    static let sweepInterval: Duration = .seconds(30)

    private let stored = Mutex(State())

    var state: State {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
