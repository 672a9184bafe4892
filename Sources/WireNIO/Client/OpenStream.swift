import NIOCore
import Wire

/// What a client's connection keeps of a streaming call.
final class OpenStream {
    let responses: MessageBuffer
    var deadline: Scheduled<Void>?
    /// How long it may be silent, and when it last was not.
    let silence: TimeAmount?
    var lastMessage: NIODeadline = .now()
    var silenceEnd: Scheduled<Void>?
    /// Told how it ended.
    let ended: @Sendable (RPCError?) -> Void

    init(responses: MessageBuffer, silence: TimeAmount?, ended: @escaping @Sendable (RPCError?) -> Void) {
        self.responses = responses
        self.silence = silence
        self.ended = ended
    }

    func stopClocks() {
        deadline?.cancel()
        silenceEnd?.cancel()
    }
}
