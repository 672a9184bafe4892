extension Pool {
    /// Runs tasks on the thread that reads PostgreSQL's answers, so that a task which has waited for one goes on without waking another
    /// thread; for tasks that do little between their statements, that is the larger part of what a statement costs the client.
    ///
    /// ```swift
    /// group.addTask(executorPreference: Pool.taskExecutor) { try await pool.unitOfWork("grade") { … } }
    /// ```
    ///
    /// A task that computes for long, or blocks, delays answers to others by two milliseconds: then another thread reads them. There are
    /// as many such threads as processors, and one more that only reads.
    public static var taskExecutor: any TaskExecutor { LoopTaskExecutor.shared }
}

/// What ``EventLoop`` is to tasks; to actors it is an executor of its own.
final class LoopTaskExecutor: TaskExecutor {
    static let shared = LoopTaskExecutor()

    private init() {}

    func enqueue(_ job: consuming ExecutorJob) {
        EventLoop.shared.enqueueTask(UnownedJob(job))
    }
}
