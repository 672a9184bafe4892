import Synchronization

/// The jobs that a worker has in its hands, and the tasks that work on them.
final class HeldJobs: Sendable {
    private struct Entry {
        let job: Job
        var task: Task<Void, Never>?
    }

    private let entries = Mutex<[Int64: Entry]>([:])

    var jobs: [Job] { entries.withLock { $0.values.map(\.job) } }
    var count: Int { entries.withLock { $0.count } }

    /// How many there are of each kind.
    var countByKind: [String: Int] {
        entries.withLock { $0.values.reduce(into: [:]) { $0[$1.job.kind, default: 0] += 1 } }
    }

    func add(_ job: Job) { entries.withLock { $0[job.epoch] = Entry(job: job) } }

    /// Names the task that works on a job; it may have ended already.
    func set(_ task: Task<Void, Never>, for job: Job) { entries.withLock { $0[job.epoch]?.task = task } }

    func remove(_ jobs: [Job]) {
        entries.withLock { entries in
            for job in jobs { entries[job.epoch] = nil }
        }
    }

    /// Cancels the work on these jobs; they stay until it has ended.
    func cancel(where isWanted: (Job) -> Bool = { _ in true }) {
        let tasks = entries.withLock { $0.values.filter { isWanted($0.job) }.compactMap(\.task) }
        for task in tasks { task.cancel() }
    }
}
