private import CPostgres
private import Glibc
import Synchronization

extension EventLoop {
    /// Events taken per `epoll_wait`; more wait for the next round.
    private static let eventsPerRound = 64
    /// Most threads: as many tasks are run at once as there are processors, and one thread is left for the sockets.
    static let maxThreads = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))) + 1

    // MARK: Threads

    func startFirstThread() {
        DetachedThread.start(name: "postgres-loop") { [self] in
            while true {
                lead()
                standBy()
            }
        }
    }

    /// Where the system allows no more threads there are fewer, and tasks wait until one is back from a long task.
    private func startThread() {
        let isStarted = DetachedThread.startIfPossible(name: "postgres-loop") { [self] in
            while true {
                standBy()
                lead()
            }
        }
        guard !isStarted else { return }
        let isAlone = inbox.withLock { inbox in
            inbox.threads -= 1
            return inbox.threads == 1
        }
        precondition(!isAlone, "the process may not start another thread")
    }

    /// Runs a task's job, soon, on the thread that leads.
    func enqueueTask(_ job: UnownedJob) {
        let isFirst = inbox.withLock { inbox in
            inbox.tasks.append(job)
            return Self.addThread(&inbox, unless: inbox.threads > 1)
        }
        if isFirst { startThread() } else { post { _ in } }
    }

    private func standBy() {
        post { $0.standingBy += 1 }
        watch.waitToLead(leadership)
        // Who leads now is not there any more to take the lead from the next one who is kept.
        let isLast = inbox.withLock { inbox in
            inbox.standingBy -= 1
            return Self.addThread(&inbox, unless: inbox.standingBy > 0)
        }
        if isLast { startThread() }
    }

    private static func addThread(_ inbox: inout Inbox, unless isEnough: Bool) -> Bool {
        guard !isEnough, inbox.threads < maxThreads else { return false }
        inbox.threads += 1
        return true
    }

    // MARK: The thread that leads

    /// Returns when another thread has taken the lead.
    private func lead() {
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsPerRound)
        repeat {
            let count = epoll_wait(epollDescriptor, &events, Int32(events.count), waitMilliseconds())
            inbox.withLock { $0.isThreadAsleep = false }
            inTurn {
                let now = ContinuousClock.now
                wakeDeadline = now
                for event in events.prefix(Int(max(0, count))) { dispatch(event) }
                fireTimers(now)
                drainInbox()
            }
        } while runTasks()
    }

    private func inTurn(_ body: () -> Void) {
        turn.withLock { _ in holdingTurn(body) }
    }

    /// Runs tasks, for no longer than ``Leadership/patience`` allows one, so that the sockets are looked at again soon.
    ///
    /// - Returns: false when another thread has taken the lead meanwhile.
    private func runTasks() -> Bool {
        let beginning = Leadership.Mark.now
        var mark = beginning
        while !mark.isLaterThan(beginning, by: Leadership.patience),
            let job = inbox.withLock({ $0.hasTaskToBegin ? $0.tasks.popFirst() : nil })
        {
            leadership.begin(mark)
            watch.wakeIfAsleep()
            job.runSynchronously(on: LoopTaskExecutor.shared.asUnownedTaskExecutor())
            guard leadership.end(mark) else { return false }
            mark = .now
        }
        inTurn { wakeDeadline = timers.nextDeadline() }
        return true
    }

    private func waitMilliseconds() -> Int32 {
        let isIdle = inbox.withLock { inbox in
            inbox.isThreadAsleep = !inbox.hasWork
            return inbox.isThreadAsleep
        }
        guard isIdle else { return 0 }
        guard let wakeDeadline else { return -1 }
        let left = ContinuousClock.now.duration(to: wakeDeadline)
        guard left > .zero else { return 0 }
        // Rounded up: waking before the deadline would spin.
        let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(clamping: milliseconds)
    }

    private func dispatch(_ event: epoll_event) {
        let tag = event.data.u64
        let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: tag))
        guard descriptor != eventDescriptor else {
            var counter: UInt64 = 0
            _ = read(eventDescriptor, &counter, 8)
            return
        }
        // An event of the same round may belong to a descriptor closed and reused since.
        guard let registration = registrations[descriptor], registration.generation == UInt32(tag >> 32) else { return }
        let flags = event.events
        let failed = flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue | EPOLLRDHUP.rawValue) != 0
        PostgresLoop.assumeIsolated {
            registration.handler.descriptorIsReady(
                readable: failed || flags & EPOLLIN.rawValue != 0, writable: failed || flags & EPOLLOUT.rawValue != 0)
        }
    }

    private func fireTimers(_ now: ContinuousClock.Instant) {
        while let action = timers.popDue(now: now) {
            PostgresLoop.assumeIsolated(action)
        }
    }

    /// Runs the jobs and blocks that are in the inbox now; what they add waits for the next round, so that sockets are never starved.
    private func drainInbox() {
        let taken = inbox.withLock { inbox in
            let taken = (jobs: inbox.jobs, blocks: inbox.blocks)
            if !taken.jobs.isEmpty { inbox.jobs = [] }
            if !taken.blocks.isEmpty { inbox.blocks = [] }
            return taken
        }
        for block in taken.blocks {
            PostgresLoop.assumeIsolated(block)
        }
        for job in taken.jobs {
            job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }
}
