/// Jobs of tasks in the order in which they came.
struct TaskQueue {
    private var arrived: [UnownedJob] = []
    /// Those that came first, in reverse.
    private var next: [UnownedJob] = []

    var isEmpty: Bool { next.isEmpty && arrived.isEmpty }

    mutating func append(_ job: UnownedJob) {
        arrived.append(job)
    }

    mutating func popFirst() -> UnownedJob? {
        if next.isEmpty {
            swap(&next, &arrived)
            next.reverse()
        }
        return next.popLast()
    }
}
