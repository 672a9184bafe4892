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
