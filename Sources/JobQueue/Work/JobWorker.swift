public import Logging
public import Postgres

/// Claims jobs as far as it has room, has them handled, and writes down what came of them.
///
/// A handler may be cut short anywhere and run again, here or elsewhere: it has its effects in one unit of work that also ends the job
/// (``JobQueue/complete(_:in:)``), or effects that may happen twice.
public final class JobWorker: Sendable {
    /// Does what a job asks for. An error means that it is tried again after a growing pause.
    public typealias Handler = @Sendable (Job) async throws -> Step

    let queue: JobQueue
    let pool: Pool
    let hints: JobHints
    let configuration: Configuration
    let logger: Logger
    let kinds: @Sendable () -> [String: Int]
    let chance: @Sendable () -> Double
    private let handler: Handler
    let held = HeldJobs()
    let completed = CompletedJobs()

    /// - Parameters:
    ///   - kinds: asked before each claim: what may be worked on now, and how many of each kind at once in this worker.
    ///   - chance: numbers from 0 to 1, which spread the pauses of jobs that failed together.
    public init(
        queue: JobQueue, pool: Pool, hints: JobHints, configuration: Configuration, logger: Logger,
        kinds: @escaping @Sendable () -> [String: Int], chance: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        handler: @escaping Handler
    ) {
        precondition(
            (1...JobQueue.maximumBatch).contains(configuration.maximumJobs), "a worker has 1 to \(JobQueue.maximumBatch) jobs")
        self.queue = queue
        self.pool = pool
        self.hints = hints
        self.configuration = configuration
        self.logger = logger
        self.kinds = kinds
        self.chance = chance
        self.handler = handler
    }

    /// Jobs in hand now.
    public var jobCount: Int { held.count }

    /// Works until cancelled. Jobs in hand may then end within the grace period; after it they are cancelled and given back.
    public func run() async {
        // Bridges: leases are renewed and completions written for as long as there are jobs in hand, beyond the end of the loop
        // that claimed them, and whatever the handlers do with the threads that they run on.
        let leases = Task { await repeating("leases") { try await self.renew() } }
        let completions = Task { await self.writeCompletions() }
        await withTaskExecutorPreference(Pool.taskExecutor) { await claimUntilCancelled() }
        // This task is cancelled already, so the end is another's.
        await Task { await self.finish() }.value
        leases.cancel()
        completions.cancel()
    }

    // MARK: One job

    /// The bridge that lets a job outlive the cancellation of the loop that claimed it; ``finish()`` bounds how long.
    func start(_ job: Job) {
        held.add(job)
        let task = Task(executorPreference: Pool.taskExecutor) { await self.process(job) }
        held.set(task, for: job)
    }

    private func process(_ job: Job) async {
        let outcome: Result<Step, any Error>
        do {
            outcome = .success(try await handler(job))
        } catch {
            outcome = .failure(error)
        }
        let step = Self.step(outcome, of: job, backoff: configuration.backoff, chance: chance())
        // Completions are written together, and the job stays in hand until then.
        if step == .complete { return completed.add(job) }
        // What came of a job is written down also when its task has been cancelled.
        await Task(executorPreference: Pool.taskExecutor) { await self.settle(job, step) }.value
        held.remove([job])
        hints.look()
    }

    private func settle(_ job: Job, _ step: Step) async {
        await persisting([job]) {
            let isHeld =
                switch step {
                case .complete, .settled: true
                case .postpone(let pause): try await self.queue.retry(job, after: pause, countsAsAttempt: false, on: self.pool)
                case .retry(_, let reason) where job.isLastAttempt:
                    try await self.queue.discard(job, .exhausted, reason: reason, on: self.pool)
                case .retry(let pause, _): try await self.queue.retry(job, after: pause, on: self.pool)
                case .discard(let reason): try await self.queue.discard(job, reason: reason, on: self.pool)
                }
            if !isHeld { self.logLost(1) }
        }
    }

    func logLost(_ count: Int) {
        logger.warning("jobs were another worker's by the time they ended", metadata: ["jobs": "\(count)"])
    }

    /// Writes until it succeeds, within the patience; work whose outcome is in doubt is asked for again, as the fence makes that safe.
    func persisting(_ jobs: [Job], _ write: @Sendable () async throws -> Void) async {
        let end = ContinuousClock.now + configuration.storagePatience
        var pause: Duration = .milliseconds(50)
        while true {
            do {
                return try await write()
            } catch {
                logger.error("jobs not settled", metadata: ["jobs": "\(jobs.count)", "reason": "\(error)"])
                guard ContinuousClock.now < end, (error as? PostgresError)?.code != .poolClosed else { return }
            }
            do {
                try await Task.sleep(for: pause * (0.5 + chance() / 2))
            } catch {
                return
            }
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
