import NIOCore

/// Hears one end of a connection.
final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let relay: Relay
    private let direction: Direction

    init(relay: Relay, direction: Direction) {
        self.relay = relay
        self.direction = direction
    }

    func channelActive(context: ChannelHandlerContext) {
        if direction == .upstream { relay.begin() }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        relay.received(Array(unwrapInboundIn(data).readableBytesView), direction)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { relay.inputEnded(direction) }
    }

    func channelInactive(context: ChannelHandlerContext) { relay.inputEnded(direction) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
