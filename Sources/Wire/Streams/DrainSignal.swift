import Synchronization

/// Tells that a server is shutting down: the handler of a stream, so that it may come to a good end before it is cut off, or the server's own
/// host.
public final class DrainSignal: Sendable {
    private struct State {
        var hasBegun = false
        var bodies: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Whether the handler should come to an end.
    public var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Runs something when the shutdown begins, at once where it has begun. It is held until then, or as long as the signal is.
    public func onBegin(_ body: @escaping @Sendable () -> Void) {
        let hasBegun = state.withLock { state in
            if !state.hasBegun { state.bodies.append(body) }
            return state.hasBegun
        }
        if hasBegun { body() }
    }

    /// Begins, once.
    public func begin() {
        let bodies = state.withLock { state in
            state.hasBegun = true
            defer { state.bodies = [] }
            return state.bodies
        }
        for body in bodies { body() }
    }
}
