import Synchronization

/// The end of a call for its caller, which comes once.
final class CallEnding: Sendable {
    private enum State {
        case running([@Sendable (RPCError?) -> Void])
        case over(RPCError?)
    }

    private let state = Mutex(State.running([]))

    func onEnd(_ body: @escaping @Sendable (RPCError?) -> Void) {
        let end = state.withLock { state -> RPCError?? in
            switch state {
            case .running(let bodies):
                state = .running(bodies + [body])
                return nil
            case .over(let error): return .some(error)
            }
        }
        if let end { body(end) }
    }

    /// The first end counts.
    ///
    /// - Parameter error: nil for a call that went well.
    func end(_ error: RPCError?) {
        let bodies = state.withLock { state -> [@Sendable (RPCError?) -> Void] in
            guard case .running(let bodies) = state else { return [] }
            state = .over(error)
            return bodies
        }
        for body in bodies { body(error) }
    }
}
