import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import WireNIO

/// The patience of a server by a clock that the test moves.
@Suite("A server's patience with a frame")
struct PartialFrameTests {
    private func channel() throws -> (EmbeddedChannel, EmbeddedEventLoop) {
        var configuration = ServerConfiguration()
        configuration.partialFrameTimeout = .seconds(30)
        let loop = EmbeddedEventLoop()
        let router = Router([]) { _, _ in }
        let handler = ServerHandler(
            router: router, configuration: configuration, load: ServerLoad(configuration), peer: "test", isFromThisMachine: true,
            logger: silent,
            log: PacedLog(silent))
        let channel = EmbeddedChannel(handler: handler, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return (channel, loop)
    }

    /// A frame that the server ignores.
    private let frame = Frame(stream: StreamID(rawValue: 1), type: FrameType(rawValue: 0x81), payload: [1, 2, 3, 4]).encoded()

    @Test("ends when its time is over, and not before")
    func timeout() throws {
        let (channel, loop) = try channel()
        try channel.writeInbound(ByteBuffer(bytes: frame.prefix(3)))
        loop.advanceTime(by: .seconds(20))
        try channel.writeInbound(ByteBuffer(bytes: frame[3..<12]))
        loop.advanceTime(by: .nanoseconds(9_999_999_999))
        #expect(channel.isActive)
        loop.advanceTime(by: .nanoseconds(1))
        #expect(!channel.isActive)
    }

    @Test("begins anew with each frame, however many follow one another without a pause")
    func steadyTraffic() throws {
        let (channel, loop) = try channel()
        try channel.writeInbound(ByteBuffer(bytes: frame.prefix(5)))
        for _ in 0..<10 {
            loop.advanceTime(by: .seconds(20))
            try channel.writeInbound(ByteBuffer(bytes: frame.dropFirst(5) + frame.prefix(5)))
            #expect(channel.isActive)
        }
        loop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }

    @Test("does not matter while no frame has begun")
    func idle() throws {
        let (channel, loop) = try channel()
        try channel.writeInbound(ByteBuffer(bytes: frame))
        loop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        try channel.close().wait()
    }
}
