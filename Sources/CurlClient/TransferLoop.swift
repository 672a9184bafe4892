private import CCurl
private import CCurlShims
private import Glibc
private import Synchronization

/// The thread that owns a multi handle, and the inbox through which everybody else talks to it.
///
/// libcurl's handles belong to one thread at a time; `curl_multi_wakeup` is the only call that others may make. A thread of our own
/// also means that waiting in `poll` never takes a thread from the cooperative pool.
final class TransferLoop: Sendable {
    enum Command {
        case submit(PendingTransfer)
        case cancel(UInt64)
        case resume(UInt64)
        case shutDown
    }

    private struct Inbox {
        var commands: [Command] = []
        var nextID: UInt64 = 0
        /// Requests taken in and not yet answered; bounded by `capacity`, and so is `commands`.
        var outstanding = 0
        var isShuttingDown = false
        /// Nil once the loop has ended.
        var multi: MultiHandle?
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let inbox: Mutex<Inbox>
    private let configuration: CurlClient.Configuration
    private let capacity: Int

    init(configuration: CurlClient.Configuration) {
        self.configuration = configuration
        capacity = configuration.maxTransfersInFlight + configuration.maxWaitingRequests
        inbox = Mutex(Inbox())
        guard let multi = MultiHandle(maxConnections: configuration.maxTransfersInFlight) else { return }
        inbox.withLock { $0.multi = multi }
        guard startThread(multi) else {
            inbox.withLock { $0.multi = nil }
            multi.close()
            return
        }
    }

    // MARK: From any thread

    /// An identifier for a transfer to come.
    func makeID() -> UInt64 {
        inbox.withLock { inbox in
            inbox.nextID += 1
            return inbox.nextID
        }
    }

    /// Hands a transfer over, or answers it at once when there is no room or no loop.
    func submit(_ transfer: PendingTransfer) {
        let refusal: CurlError? = inbox.withLock { inbox in
            guard !inbox.isShuttingDown else { return .notSent(.shutDown, "the client has been shut down") }
            guard let multi = inbox.multi else { return .notSent(.internalFailure, "the client's thread could not be started") }
            guard inbox.outstanding < capacity else {
                return .notSent(.overloaded, "\(capacity) requests are running or waiting already")
            }
            inbox.outstanding += 1
            inbox.commands.append(.submit(transfer))
            multi.wake()
            return nil
        }
        if let refusal { transfer.finish(.failure(refusal)) }
    }

    /// Ends a transfer if it has not ended yet.
    func cancel(_ id: UInt64) {
        tell(.cancel(id))
    }

    /// Lets a transfer go on that stands still.
    func resume(_ id: UInt64) {
        tell(.resume(id))
    }

    private func tell(_ command: Command) {
        inbox.withLock { inbox in
            guard let multi = inbox.multi else { return }
            inbox.commands.append(command)
            multi.wake()
        }
    }

    /// Ends every transfer; does not wait for it.
    func beginShutdown() {
        inbox.withLock { inbox in
            guard !inbox.isShuttingDown else { return }
            inbox.isShuttingDown = true
            guard let multi = inbox.multi else { return }
            inbox.commands.append(.shutDown)
            multi.wake()
        }
    }

    /// Returns once the thread has given back everything it held.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = inbox.withLock { inbox in
                guard inbox.multi != nil else { return true }
                inbox.waitingForEnd.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: On the loop's thread

    private func startThread(_ multi: MultiHandle) -> Bool {
        let context = Unmanaged.passRetained(ThreadStart(loop: self, multi: multi))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
                start.loop.run(start.multi)
                return nil
            }, context.toOpaque())
        if result != 0 { context.release() }
        return result == 0
    }

    private func run(_ multi: MultiHandle) {
        // With NOSIGNAL libcurl leaves SIGPIPE alone, so a peer that closes early must not end the process from here.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        var transfers = TransferTable(multi: multi, configuration: configuration)
        while !transfers.hasEnded {
            for command in takeCommands() { transfers.handle(command) }
            let answered = transfers.advance()
            inbox.withLock { $0.outstanding -= answered }
            guard !transfers.hasEnded else { break }
            multi.wait(transfers.timeUntilNextEvent)
        }
        end(multi)
    }

    private func takeCommands() -> [Command] {
        inbox.withLock { inbox in
            let commands = inbox.commands
            inbox.commands.removeAll(keepingCapacity: commands.count <= 1024)
            return commands
        }
    }

    /// Nobody can wake the multi handle any more once it has left the inbox, so it can be closed.
    private func end(_ multi: MultiHandle) {
        let waiting = inbox.withLock { inbox in
            inbox.multi = nil
            defer { inbox.waitingForEnd = [] }
            return inbox.waitingForEnd
        }
        multi.close()
        for continuation in waiting { continuation.resume() }
    }
}

/// What the thread gets to start with.
private final class ThreadStart {
    let loop: TransferLoop
    let multi: MultiHandle

    init(loop: TransferLoop, multi: MultiHandle) {
        self.loop = loop
        self.multi = multi
    }
}
