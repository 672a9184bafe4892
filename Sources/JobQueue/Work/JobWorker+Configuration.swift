extension JobWorker {
    /// How much a worker does at once, and how patient it is.
    public struct Configuration: Sendable {
        /// Who holds its claims, for people who look.
        public var name: String
        /// Jobs in hand at once, at most ``JobQueue/maximumBatch``.
        public var maximumJobs = 32
        /// How long a claimed job stays the worker's without a sign of life.
        public var lease: Duration = .seconds(30)
        /// How often it gives that sign, and hears of jobs that are to be withdrawn.
        public var heartbeat: Duration = .seconds(5)
        /// How often it looks when nobody rings.
        public var pollInterval: Duration = .milliseconds(250)
        /// How often it looks for jobs of dead workers.
        public var rescueInterval: Duration = .seconds(5)
        /// How long a failed job waits.
        public var backoff = Backoff()
        /// How long jobs in hand may still take when the worker is told to end.
        public var gracePeriod: Duration = .seconds(20)
        /// How long the worker tries to write down what came of a job while the database is away; after it the job is left to be rescued.
        public var storagePatience: Duration = .seconds(600)

        public init(name: String) {
            self.name = name
        }
    }

    /// What is to become of a job.
    public enum Step: Sendable, Hashable {
        /// It is done. The worker ends it, together with others that are done at that moment.
        case complete
        /// Its handler has ended it, or put it back, in a unit of work of its own.
        case settled
        /// It is to be tried again, unless its attempts are used up.
        case retry(after: Duration, reason: String)
        /// It is to be tried again as if it had not been begun.
        case postpone(Duration)
        /// It cannot be done.
        case discard(reason: String)
    }

    /// What became of a handler, as a step.
    ///
    /// - Parameter chance: from 0 to 1.
    static func step(_ outcome: Result<Step, any Error>, of job: Job, backoff: Backoff, chance: Double) -> Step {
        switch outcome {
        case .success(let step): step
        // The worker ends, the claim was lost or the job is to be withdrawn: none of it is the job's fault.
        case .failure(is CancellationError): .postpone(.zero)
        case .failure(let error):
            .retry(after: backoff.delay(afterAttempt: job.attempt, chance: chance), reason: "\(error)")
        }
    }
}
