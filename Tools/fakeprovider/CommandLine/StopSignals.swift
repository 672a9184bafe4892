import Glibc
import Synchronization

/// Lets a task wait for SIGTERM or SIGINT.
///
/// The signals are blocked in every thread and collected by one thread of their own, so that nothing has to be done in a signal
/// handler. It must be made before any other thread is started.
struct StopSignals {
    private let gate = Gate()

    init() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let context = Unmanaged.passRetained(Waiter(signals: signals, gate: gate)).toOpaque()
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let waiter = Unmanaged<Waiter>.fromOpaque(context).takeRetainedValue()
                var signal: Int32 = 0
                sigwait(&waiter.signals, &signal)
                waiter.gate.open()
                return nil
            }, context)
        precondition(result == 0, "no thread can be started")
        pthread_detach(thread)
    }

    /// Returns when the first of the signals has come.
    func wait() async {
        await gate.wait()
    }
}

private final class Waiter {
    var signals: sigset_t
    let gate: Gate

    init(signals: sigset_t, gate: Gate) {
        self.signals = signals
        self.gate = gate
    }
}

/// Holds one task until it is opened.
private final class Gate: Sendable {
    private enum State {
        case closed
        case awaited(CheckedContinuation<Void, Never>)
        case open
    }

    private let state = Mutex(State.closed)

    func open() {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            defer { state = .open }
            guard case .awaited(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume()
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard case .closed = state else { return true }
                state = .awaited(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
    }
}
