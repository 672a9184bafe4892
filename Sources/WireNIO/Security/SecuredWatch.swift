import NIOCore

/// Tells a client when its new connection is secure, or why it is not, and then steps aside.
final class SecuredWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let secured: EventLoopPromise<Void>

    /// - Parameter secured: kept once both ends agree; broken with a ``ConnectionSecurityError`` where they do not.
    init(_ secured: EventLoopPromise<Void>) {
        self.secured = secured
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard event is ConnectionSecured else { return }
        secured.succeed()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        secured.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        secured.fail(ConnectionSecurityError("the connection was closed before it was secure", isPassing: true))
        context.fireChannelInactive()
    }
}
