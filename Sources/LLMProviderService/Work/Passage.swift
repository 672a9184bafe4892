import Synchronization

/// The way of a request that is passed on: its caller waits here until it may be sent, and then sends it himself.
final class Passage: Sendable {
    /// How the wait ends.
    enum Turn: Sendable {
        /// It is to be sent now.
        case due(Lanes.Due)
        /// Its lane stands still beyond what it may wait.
        case refused(after: Duration)
        /// The caller waits no more.
        case cancelled
        /// The request's own time is over.
        case late
    }

    private enum State {
        case open
        case waiting(CheckedContinuation<Turn, Never>)
        case arrived(Turn)
        case over
    }

    private let state = Mutex(State.open)

    /// Ends the wait.
    ///
    /// - Returns: false where it has ended; whoever brought a turn has it back.
    func arrive(_ turn: Turn) -> Bool {
        let (isFirst, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Turn, Never>?) in
            switch state {
            case .open:
                state = .arrived(turn)
                return (true, nil)
            case .waiting(let continuation):
                state = .over
                return (true, continuation)
            case .arrived, .over: return (false, nil)
            }
        }
        waiter?.resume(returning: turn)
        return isFirst
    }

    /// Whether the wait has not ended.
    var isOpen: Bool {
        state.withLock { state in
            switch state {
            case .open, .waiting: true
            case .arrived, .over: false
            }
        }
    }

    /// Waits, once.
    func wait() async -> Turn {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let turn = state.withLock { state -> Turn? in
                    guard case .arrived(let turn) = state else {
                        state = .waiting(continuation)
                        return nil
                    }
                    state = .over
                    return turn
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            _ = arrive(.cancelled)
        }
    }
}
