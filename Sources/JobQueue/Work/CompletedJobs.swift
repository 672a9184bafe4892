import Postgres
import Synchronization

/// Jobs that are done and whose end is to be written.
final class CompletedJobs: Sendable {
    private let jobs = Mutex<[Job]>([])
    let bell = Bell()

    func add(_ job: Job) {
        jobs.withLock { $0.append(job) }
        bell.ring()
    }

    /// Takes what there is, as far as one statement takes it.
    func take() -> [Job] {
        jobs.withLock { jobs in
            let taken = Array(jobs.prefix(JobQueue.maximumBatch))
            jobs.removeFirst(taken.count)
            return taken
        }
    }
}
