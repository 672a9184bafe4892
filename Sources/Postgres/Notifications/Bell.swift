private import Synchronization

/// Wakes those in this process who wait for something that others may bring about at any moment.
///
/// It carries no message: whoever is woken looks for himself. Each ring raises a generation; waiting names the generation seen before
/// looking, so that a ring between the look and the wait is not missed.
public final class Bell: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// The number of rings so far.
    public var generation: UInt64 { state.withLock { $0.generation } }

    /// Those who wait now.
    package var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Wakes everyone who waits.
    public func ring() {
        let waiters = state.withLock { state in
            state.generation += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns at the first ring after `generation`, when `duration` is over, or when the task is cancelled.
    public func wait(after generation: UInt64, upTo duration: Duration) async {
        guard self.generation == generation, duration > .zero else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(after: generation) }
            group.addTask {
                // Cancelled when the ring comes first: nothing is lost by waking early.
                try? await Task.sleep(for: duration)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(after generation: UInt64) async {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
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
