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

    let method: MethodDescriptor
    /// Whether there is such a method; the others are not counted.
    let isServed: Bool
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

    init(_ method: MethodDescriptor, isServed: Bool) {
        self.method = method
        self.isServed = isServed
    }

    /// Stops the clocks of a call that is over for its caller.
    func stopClocks() {
        deadline = nil
        streaming?.idle?.cancel()
    }
}
