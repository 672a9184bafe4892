import JobQueue
import Synchronization

/// The claims that this process holds, for their leases to be renewed together.
final class HeldClaims: Sendable {
    private let jobs = Mutex<[Int64: Job]>([:])

    var all: [Job] { jobs.withLock { Array($0.values) } }
    var count: Int { jobs.withLock { $0.count } }

    func add(_ claim: ClaimedRequest) {
        guard let job = claim.job else { return }
        jobs.withLock { $0[job.epoch] = job }
    }

    func remove(_ claim: ClaimedRequest) {
        guard let job = claim.job else { return }
        jobs.withLock { $0[job.epoch] = nil }
    }
}

/// What the claiming loop remembers from one search to the next.
final class Search: Sendable {
    struct State: Sendable {
        var lowWater = LowWater()
        /// When dead workers' claims are to be looked for.
        var rescueAt = ContinuousClock.now
    }

    private let stored = Mutex(State())

    var state: State {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
