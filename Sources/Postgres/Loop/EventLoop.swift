private import CPostgres
private import Glibc
private import Synchronization

/// A thread that waits for sockets, timers and work with one `epoll`, and executes the jobs of ``PostgresLoop``.
///
/// There is one per process: a connection costs this thread little, while every further thread would compete with the cooperative
/// pool for the same cores. The thread is started by the first use and ends with the process.
final class EventLoop: SerialExecutor, @unchecked Sendable {
    static let shared = EventLoop()

    /// Is told when its descriptor can be read or written.
    @PostgresLoop
    protocol Handler: AnyObject {
        func descriptorIsReady(readable: Bool, writable: Bool)
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var blocks: [@Sendable @PostgresLoop () -> Void] = []
        /// True from the first entry until the thread has taken the inbox, so that it is woken once.
        var isWakeUnderWay = false
    }

    private struct Registration {
        let handler: any Handler
        let generation: UInt32
        /// Whether it is watched for room to write, too.
        var isWritable: Bool
    }

    private let epollDescriptor: Int32
    private let eventDescriptor: Int32
    private let inbox = Mutex(Inbox())
    private let threadID = Atomic<UInt>(0)

    // Touched by the loop's thread only; that is what makes `@unchecked` true.
    private var registrations: [Int32: Registration] = [:]
    private var lastGeneration: UInt32 = 0
    private var timers = TimerQueue<@PostgresLoop () -> Void>()

    private init() {
        epollDescriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        eventDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epollDescriptor >= 0 && eventDescriptor >= 0, "the process has no file descriptors left for its event loop")
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: UInt64(UInt32(bitPattern: eventDescriptor))))
        precondition(epoll_ctl(epollDescriptor, EPOLL_CTL_ADD, eventDescriptor, &event) == 0, "epoll refused its own eventfd")
        DetachedThread.start(name: "postgres-loop") { [self] in run() }
    }

    // MARK: Work from other threads

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        post { $0.jobs.append(job) }
    }

    /// Runs a block on the loop's thread, soon.
    func execute(_ block: @escaping @Sendable @PostgresLoop () -> Void) {
        post { $0.blocks.append(block) }
    }

    func checkIsolated() {
        precondition(isLoopThread, "code of PostgresLoop runs on another thread")
    }

    func isIsolatingCurrentContext() -> Bool? { isLoopThread }

    private var isLoopThread: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func post(_ change: (inout Inbox) -> Void) {
        let needsWake = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isWakeUnderWay = true }
            return !inbox.isWakeUnderWay
        }
        guard needsWake, !isLoopThread else { return }
        var one: UInt64 = 1
        // Fails only when the counter is at its maximum, and then the thread has been woken anyway.
        _ = write(eventDescriptor, &one, 8)
    }

    // MARK: Descriptors and timers, on the loop's thread

    /// Watches a descriptor, or changes what is watched for. The loop keeps the handler until ``unregister(_:)``.
    @PostgresLoop
    func register(_ descriptor: Int32, writable: Bool, handler: any Handler) {
        let operation: Int32
        let generation: UInt32
        if let registration = registrations[descriptor] {
            guard registration.isWritable != writable else { return }
            registrations[descriptor]?.isWritable = writable
            operation = EPOLL_CTL_MOD
            generation = registration.generation
        } else {
            operation = EPOLL_CTL_ADD
            lastGeneration &+= 1
            generation = lastGeneration
            registrations[descriptor] = Registration(handler: handler, generation: generation, isWritable: writable)
        }
        let interest = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | (writable ? EPOLLOUT.rawValue : 0)
        let tag = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        var event = epoll_event(events: interest, data: epoll_data_t(u64: tag))
        // A descriptor that epoll refuses would never be heard of again: the connection's timers then end it.
        _ = epoll_ctl(epollDescriptor, operation, descriptor, &event)
    }

    /// Stops watching a descriptor; call it before the descriptor is closed.
    @PostgresLoop
    func unregister(_ descriptor: Int32) {
        guard registrations.removeValue(forKey: descriptor) != nil else { return }
        var event = epoll_event()
        // The library may have closed the descriptor already, which took it out of the set.
        _ = epoll_ctl(epollDescriptor, EPOLL_CTL_DEL, descriptor, &event)
    }

    @PostgresLoop
    func schedule(at deadline: ContinuousClock.Instant, _ action: @escaping @PostgresLoop () -> Void) -> TimerToken {
        timers.add(at: deadline, action)
    }

    @PostgresLoop
    func cancel(_ timer: TimerToken) {
        timers.cancel(timer)
    }

    /// Waits, also in a task that has been cancelled.
    @PostgresLoop
    func pause(_ duration: Duration) async {
        await withCheckedContinuation { continuation in
            _ = schedule(at: .now + duration) { continuation.resume() }
        }
    }

    typealias TimerToken = TimerQueue<@PostgresLoop () -> Void>.Token

    // MARK: The thread

    /// Events taken per `epoll_wait`; more wait for the next round.
    private static let eventsPerRound = 64

    private func run() {
        threadID.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsPerRound)
        while true {
            let count = epoll_wait(epollDescriptor, &events, Int32(events.count), waitMilliseconds())
            for event in events.prefix(Int(max(0, count))) {
                dispatch(event)
            }
            fireTimers()
            drainInbox()
        }
    }

    private func waitMilliseconds() -> Int32 {
        guard inbox.withLock({ $0.jobs.isEmpty && $0.blocks.isEmpty }) else { return 0 }
        guard let deadline = timers.nextDeadline() else { return -1 }
        let left = ContinuousClock.now.duration(to: deadline)
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

    private func fireTimers() {
        let now = ContinuousClock.now
        while let action = timers.popDue(now: now) {
            PostgresLoop.assumeIsolated(action)
        }
    }

    /// Runs what is in the inbox now; what those jobs add waits for the next round, so that sockets are never starved.
    private func drainInbox() {
        let taken = inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox
        }
        for block in taken.blocks {
            PostgresLoop.assumeIsolated(block)
        }
        for job in taken.jobs {
            job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }
}
