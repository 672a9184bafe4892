internal import Synchronization

/// A value that tasks can wait on: whoever waits looks again at each change.
public final class Watched<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    public init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// Looks at the value, which does not change meanwhile.
    public func withValue<Result: Sendable>(_ body: @Sendable (Value) -> Result) -> Result {
        state.withLock { body($0.value) }
    }

    public func change(_ body: (inout Value) -> Void) {
        let waiters = state.withLock { state in
            body(&state.value)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once a condition holds. A cancelled task goes on waiting: what it waits for is to be made true then, or no longer wanted
    /// and a change made.
    public func wait(until condition: @Sendable (Value) -> Bool) async {
        while !withValue(condition) {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    guard !condition(state.value) else { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isDue { continuation.resume() }
            }
        }
    }
}
