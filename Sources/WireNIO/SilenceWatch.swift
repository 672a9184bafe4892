import NIOCore

/// Notices that a connection stands and carries nothing any more, behind a gateway that has forgotten it for example, where the kernel's
/// own questions are answered.
///
/// While calls wait and nothing comes, the peer is asked something; whatever it answers is a sign of life. A peer that is merely slow to
/// answer a call, or to make one, stays connected.
final class SilenceWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let silence: TimeAmount
    private let patience: TimeAmount
    private let isWaiting: () -> Bool
    private let ask: () -> Bool
    private let lost: () -> Void
    private var heard = NIODeadline.uptimeNanoseconds(0)
    private var asked: NIODeadline?
    private var looks: RepeatedTask?

    /// - Parameters:
    ///   - silence: after which the peer is asked.
    ///   - patience: with which its answer is waited for.
    ///   - isWaiting: whether anybody waits for the peer.
    ///   - ask: sends something that the peer answers, and returns whether it could: from silence without a question nothing is concluded.
    ///   - lost: told before a connection is closed.
    init(
        silence: Duration, patience: Duration, isWaiting: @escaping () -> Bool, ask: @escaping () -> Bool,
        lost: @escaping () -> Void = {}
    ) {
        self.silence = TimeAmount(silence)
        self.patience = TimeAmount(patience)
        self.isWaiting = isWaiting
        self.ask = ask
        self.lost = lost
    }

    func handlerAdded(context: ChannelHandlerContext) {
        heard = context.eventLoop.now
        let interval = TimeAmount.nanoseconds(max(1, min(silence, patience).nanoseconds / 4))
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        looks = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            let (watch, context) = bound.value
            watch.look(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        looks?.cancel()
        looks = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard = context.eventLoop.now
        asked = nil
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        looks?.cancel()
        context.fireChannelInactive()
    }

    private func look(_ context: ChannelHandlerContext) {
        guard isWaiting() else { return }
        let now = context.eventLoop.now
        if let asked {
            guard asked + patience <= now else { return }
            looks?.cancel()
            lost()
            context.close(promise: nil)
        } else if heard + silence <= now, ask() {
            asked = now
        }
    }
}
