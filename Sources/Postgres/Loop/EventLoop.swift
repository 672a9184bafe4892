private import CPostgres
private import Glibc
private import Synchronization

/// A thread that waits for sockets, timers and work with one `epoll`, and executes the jobs of ``PostgresLoop``.
///
/// There is one per process: a connection costs this thread little, while every further thread would compete with the cooperative
/// pool for the same cores. The thread is started by the first use and ends with the process.
///
/// Code of ``PostgresLoop`` runs for whoever has the loop's turn, and one thread has it at a time. Mostly that is the loop's own; but a
/// caller that finds the turn free takes it for as long as it needs to send a statement, because waking another thread for that costs
/// more than the sending.
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
        /// True while the thread waits, or is about to, and nobody has woken it yet.
        var isThreadAsleep = false

        var isEmpty: Bool { jobs.isEmpty && blocks.isEmpty }
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
    private let turn = Mutex(())
    /// The thread that has the turn; zero while nobody has it.
    private let turnHolder = Atomic<UInt>(0)

    // Touched only by whoever has the turn; that is what makes `@unchecked` true.
    private var registrations: [Int32: Registration] = [:]
    private var lastGeneration: UInt32 = 0
    private var timers = TimerQueue<@PostgresLoop () -> Void>()
    /// When the thread looks at the timers by itself; nil for never. Changed by the thread only.
    private var wakeDeadline: ContinuousClock.Instant?

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
    ///
    /// This is the way for cancellation handlers: they run under a lock of their task, which a block may want to resume.
    func execute(_ block: @escaping @Sendable @PostgresLoop () -> Void) {
        post { $0.blocks.append(block) }
    }

    /// Runs a block now, on this thread, if the turn is free or this thread's already, and otherwise soon on the loop's thread.
    func perform(_ block: @escaping @Sendable @PostgresLoop () -> Void) {
        if performIfFree(block) == nil { execute(block) }
    }

    /// Runs `body` now, on this thread, if the turn is free or this thread's already.
    ///
    /// - Returns: nil, without having run it, if it is not.
    func performIfFree<R: Sendable>(_ body: @PostgresLoop () -> R) -> R? {
        switch turnHolder.load(ordering: .relaxed) {
        case Self.thisThread: PostgresLoop.assumeIsolated(body)
        case 0: turn.withLockIfAvailable { _ in holdingTurn { PostgresLoop.assumeIsolated(body) } }
        default: nil
        }
    }

    func checkIsolated() {
        precondition(hasTurn, "code of PostgresLoop runs on a thread that has not its turn")
    }

    func isIsolatingCurrentContext() -> Bool? { hasTurn }

    private static var thisThread: UInt { UInt(pthread_self()) }

    /// Only this thread sets the holder to itself, so another's change can be missed without harm.
    private var hasTurn: Bool { turnHolder.load(ordering: .relaxed) == Self.thisThread }

    private func holdingTurn<R>(_ body: () -> R) -> R {
        turnHolder.store(Self.thisThread, ordering: .relaxed)
        defer { turnHolder.store(0, ordering: .relaxed) }
        return body()
    }

    private func post(_ change: (inout Inbox) -> Void) {
        let wasAsleep = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isThreadAsleep = false }
            return inbox.isThreadAsleep
        }
        if wasAsleep { wake() }
    }

    private func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is at its maximum, and then the thread has been woken anyway.
        _ = write(eventDescriptor, &one, 8)
    }

    // MARK: Descriptors and timers

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
        if wakeDeadline.map({ deadline < $0 }) ?? true { wake() }
        return timers.add(at: deadline, action)
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
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsPerRound)
        while true {
            let count = epoll_wait(epollDescriptor, &events, Int32(events.count), waitMilliseconds())
            inbox.withLock { $0.isThreadAsleep = false }
            turn.withLock { _ in
                holdingTurn {
                    let now = ContinuousClock.now
                    wakeDeadline = now
                    for event in events.prefix(Int(max(0, count))) { dispatch(event) }
                    fireTimers(now)
                    drainInbox()
                    wakeDeadline = timers.nextDeadline()
                }
            }
        }
    }

    private func waitMilliseconds() -> Int32 {
        let isIdle = inbox.withLock { inbox in
            inbox.isThreadAsleep = inbox.isEmpty
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

    /// Runs what is in the inbox now; what those jobs add waits for the next round, so that sockets are never starved.
    private func drainInbox() {
        let taken = inbox.withLock { inbox in
            let taken = inbox
            if !taken.isEmpty { inbox = Inbox() }
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
