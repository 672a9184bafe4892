private import CPostgres
private import Glibc
import Synchronization

/// Waits for sockets, timers and work with one `epoll` on a thread of its own, and executes the jobs of ``PostgresLoop``.
///
/// There is one per process: a connection costs this thread little, while every further thread would compete with the cooperative
/// pool for the same cores. The thread is started by the first use and ends with the process.
///
/// Code of ``PostgresLoop`` runs for whoever has the loop's turn, and one thread has it at a time. Mostly that is the loop's own; but a
/// caller that finds the turn free takes it for as long as it needs to send a statement, because waking another thread for that costs
/// more than the sending. Tasks that prefer ``LoopTaskExecutor`` run on the thread that leads too, outside its turn; while there are such
/// tasks, the loop has further threads that stand by, and ``Leadership`` says which of them waits for the sockets.
final class EventLoop: SerialExecutor, @unchecked Sendable {
    static let shared = EventLoop()

    /// Is told when its descriptor can be read or written.
    @PostgresLoop
    protocol Handler: AnyObject {
        func descriptorIsReady(readable: Bool, writable: Bool)
    }

    struct Inbox {
        var jobs: [UnownedJob] = []
        var blocks: [@Sendable @PostgresLoop () -> Void] = []
        var tasks = TaskQueue()
        /// True while the thread that leads waits, or is about to, and nobody has woken it yet.
        var isThreadAsleep = false
        /// Threads that have been started; none but the first before there is a task.
        var threads = 1
        /// Threads that would take the lead from one that a task keeps. While there is none, no task is begun.
        var standingBy = 0

        var hasWork: Bool { !jobs.isEmpty || !blocks.isEmpty || hasTaskToBegin }
        var hasTaskToBegin: Bool { standingBy > 0 && !tasks.isEmpty }
    }

    struct Registration {
        let handler: any Handler
        let generation: UInt32
        /// Whether it is watched for room to write, too.
        var isWritable: Bool
    }

    let epollDescriptor: Int32
    let eventDescriptor: Int32
    let inbox = Mutex(Inbox())
    let turn = Mutex(())
    /// The thread that has the turn; zero while nobody has it.
    private let turnHolder = Atomic<UInt>(0)

    let leadership = Leadership()
    let watch: StandbyWatch

    // Touched only by whoever has the turn; that is what makes `@unchecked` true.
    var registrations: [Int32: Registration] = [:]
    private var lastGeneration: UInt32 = 0
    var timers = TimerQueue<@PostgresLoop () -> Void>()
    /// When the thread that leads looks at the timers by itself; nil for never. Only that thread changes it.
    var wakeDeadline: ContinuousClock.Instant?

    private init() {
        epollDescriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        eventDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epollDescriptor >= 0 && eventDescriptor >= 0, "the process has no file descriptors left for its event loop")
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: UInt64(UInt32(bitPattern: eventDescriptor))))
        precondition(epoll_ctl(epollDescriptor, EPOLL_CTL_ADD, eventDescriptor, &event) == 0, "epoll refused its own eventfd")
        watch = StandbyWatch()
        startFirstThread()
    }

    // MARK: Work from other threads

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        post { $0.jobs.append(job) }
    }

    /// Runs a block on the thread that leads, soon.
    ///
    /// This is the way for cancellation handlers: they run under a lock of their task, which a block may want to resume.
    func execute(_ block: @escaping @Sendable @PostgresLoop () -> Void) {
        post { $0.blocks.append(block) }
    }

    /// Runs a block now, on this thread, if the turn is free or this thread's already, and otherwise soon on the one that leads.
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

    func holdingTurn<R>(_ body: () -> R) -> R {
        turnHolder.store(Self.thisThread, ordering: .relaxed)
        defer { turnHolder.store(0, ordering: .relaxed) }
        return body()
    }

    func post(_ change: (inout Inbox) -> Void) {
        let wasAsleep = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isThreadAsleep = false }
            return inbox.isThreadAsleep
        }
        if wasAsleep { wake() }
    }

    func wake() {
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
}
