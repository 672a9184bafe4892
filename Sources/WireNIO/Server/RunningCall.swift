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

    /// Of its method; nil where there is no such method.
    private let counts: MethodCounts?
    let begun = ContinuousClock.now
    var handler: Task<Void, Never>?
    /// When its caller stops waiting; nil once it is over for its caller.
    var deadline: NIODeadline?
    var streaming: Streaming?
    /// How it has ended for its caller, where that was before its handler's end.
    var ending: StatusCode?
    /// Of payloads.
    var receivedBytes = 0
    var sentBytes = 0

    /// A call begins.
    init(countedIn counts: MethodCounts?) {
        self.counts = counts
        counts?.began()
    }

    /// Its handler has ended.
    ///
    /// - Parameter code: how, for a caller who has not been told otherwise before.
    func end(as code: StatusCode) {
        stopClocks()
        counts?.ended(self, as: ending ?? code)
    }

    /// Stops the clocks of a call that is over for its caller.
    func stopClocks() {
        deadline = nil
        streaming?.idle?.cancel()
    }
}
