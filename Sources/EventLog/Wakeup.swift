import Synchronization

/// Tells those who wait in this process that something was committed.
///
/// It is a hint: another process's commits are not signalled, so whoever waits also polls. Each signal raises a generation; waiting names
/// the generation seen before looking, so that a signal between the look and the wait is not missed.
public final class Wakeup: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// The number of signals so far.
    public var generation: UInt64 { state.withLock { $0.generation } }

    /// Those who wait now.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Wakes everyone who waits.
    public func signal() {
        let waiters = state.withLock { state in
            state.generation += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns at the first signal after `generation`, when `duration` is over, or when the task is cancelled.
    public func wait(after generation: UInt64, upTo duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(after: generation) }
            group.addTask {
                // Cancelled when the signal comes first: nothing is lost by waking early.
                try? await Task.sleep(for: duration)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(after generation: UInt64) async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    guard state.generation == generation, !Task.isCancelled else { return true }
                    state.waiters[waiter] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume()
        }
    }
}
