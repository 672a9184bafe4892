import NIOCore
import Wire

/// What a server's connection keeps of a call while its handler runs.
final class RunningCall {
    /// What it keeps of a call that streams.
    struct Streaming {
        let kind: StreamKind
        let requests: MessageBuffer
        let drain: DrainSignal
        var lastMessage: NIODeadline
        var idle: Scheduled<Void>?
    }

    var handler: Task<Void, Never>?
    var deadline: Scheduled<Void>?
    var streaming: Streaming?

    /// Stops the clocks of a call that is over for its caller.
    func stopClocks() {
        deadline?.cancel()
        streaming?.idle?.cancel()
    }
}
