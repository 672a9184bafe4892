extension Pool {
    /// Runs tasks on the thread that reads PostgreSQL's answers, so that a task which has waited for one goes on without waking another
    /// thread; for tasks that do little between their statements, that is the larger part of what a statement costs the client.
    ///
    /// ```swift
    /// group.addTask(executorPreference: Pool.taskExecutor) { try await pool.unitOfWork("grade") { … } }
    /// ```
    ///
    /// Tasks are run one at a time, first come, first served, whatever their priorities. One that computes for long, or blocks, delays the
    /// others and all answers by some milliseconds: then another thread goes on. At most as many such tasks as there are processors run at
    /// once, and answers are read even then. A preference goes with a task wherever it calls, `@concurrent` functions included, so long
    /// computations are better sent away with `withTaskExecutorPreference(globalConcurrentExecutor)`.
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
