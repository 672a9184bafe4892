import Synchronization
import Wire

/// Answers of handlers on their way to the event loop of their connection, which is woken once for all that wait.
final class ReadyAnswers: Sendable {
    private let waiting = Mutex<[(StreamID, ResponseEnvelope)]>([])

    /// - Returns: whether nothing waited before, so that the event loop has to be woken.
    func add(_ stream: StreamID, _ answer: ResponseEnvelope) -> Bool {
        waiting.withLock { waiting in
            waiting.append((stream, answer))
            return waiting.count == 1
        }
    }

    /// Those that wait, which then do no longer.
    func take() -> [(StreamID, ResponseEnvelope)] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
