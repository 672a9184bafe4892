import NIOCore
import NIOEmbedded

extension EmbeddedChannel {
    /// A channel that counts as connected, and has no socket.
    static func connected(_ handlers: [any ChannelHandler], loop: EmbeddedEventLoop = EmbeddedEventLoop()) throws
        -> EmbeddedChannel
    {
        let channel = EmbeddedChannel(handlers: handlers, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }
}
