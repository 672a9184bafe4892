/// Runs tasks on the caller's thread, one at a time, and decides which of those that wait goes on.
///
/// Tasks that prefer this executor run until they park. Between two parks nothing else runs, so a simulation is the same on every
/// machine, for the same choices. Everything in a simulation is confined to the one thread that drives its scheduler, which is why its
/// classes are `@unchecked Sendable`: the compiler asks for the word, and nothing is ever shared.
final class Scheduler: TaskExecutor, @unchecked Sendable {
    private var jobs: [UnownedJob] = []
    private var parked: [UnsafeContinuation<Void, Never>] = []

    /// Tasks that wait to be chosen.
    var waiting: Int { parked.count }

    func enqueue(_ job: consuming ExecutorJob) {
        jobs.append(UnownedJob(job))
    }

    /// Begins a task; it runs up to its first park.
    func begin(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) { await body() }
        drain()
    }

    /// Lets the caller wait until it is chosen.
    func park() async {
        await withUnsafeContinuation { parked.append($0) }
    }

    /// Lets one of those that wait go on, up to its next park.
    func resume(_ index: Int) {
        parked.swapAt(index, parked.count - 1)
        parked.removeLast().resume()
        drain()
    }

    private func drain() {
        var next = 0
        while next < jobs.count {
            jobs[next].runSynchronously(on: asUnownedTaskExecutor())
            next += 1
        }
        jobs.removeAll(keepingCapacity: true)
    }
}
