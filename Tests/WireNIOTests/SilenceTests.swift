import ChaosProxy
import Logging
import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import WireNIO

@Suite("A connection that stands and carries nothing", .timeLimit(.minutes(1)))
struct SilenceTests {
    private struct Line {
        let server: WireServer
        let proxy: ChaosProxy
        let client: WireClient
        let gate = Gate()

        init(silence: Duration = .milliseconds(100), patience: Duration = .milliseconds(200)) async throws {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            server = WireServer(services: [TestService.standard(gate)], configuration: ServerConfiguration(), logger: logger)
            let address = try await server.start()
            proxy = try await ChaosProxy.start(to: .address(host: address.host, port: address.port))
            var configuration = ClientConfiguration()
            configuration.silence = silence
            configuration.silencePatience = patience
            client = WireClient(host: proxy.host, port: proxy.port, configuration: configuration, logger: logger)
        }

        func echo() async throws -> [UInt8] {
            try await client.call(TestService.echo, payload: [7], options: .timeout(.seconds(30)))
        }

        func stop() async {
            await client.close()
            await proxy.stop()
        }
    }

    @Test("is given up, and the next call has another one", arguments: [Fault.blackHole, .halfOpen])
    func givenUp(fault: Fault) async throws {
        let line = try await Line()
        #expect(try await line.echo() == [7])
        try await line.proxy.apply(fault)
        let error = await #expect(throws: RPCError.self) { try await line.echo() }
        #expect(error?.code == .unavailable)
        // A connection that has lost bytes is silent for ever, so that only another one can answer.
        try await line.proxy.apply(.none)
        #expect(try await line.echo() == [7])
        #expect(line.proxy.statistics.accepted >= 2)
        await line.stop()
    }

    @Test("is kept while its server is only slow to answer a call, and says so when asked")
    func slow() async throws {
        // One question is long answered before the next is due, and a busy machine still has time to answer.
        let line = try await Line(silence: .milliseconds(20), patience: .seconds(20))
        async let answer = line.client.call(TestService.wait, payload: [8], options: .timeout(.seconds(30)))
        await line.proxy.wait { $0.downstreamBytes >= 200 }
        line.gate.open()
        #expect(try await answer == [8])
        #expect(line.proxy.statistics.accepted == 1)
        await line.stop()
    }

    @Test("is closed when a question has had no answer for too long, and only then", arguments: [true, false])
    func unasked(canBeAsked: Bool) throws {
        let loop = EmbeddedEventLoop()
        var asked = 0
        var isWaiting = false
        var isLost = false
        let watch = SilenceWatch(
            silence: .seconds(6), patience: .seconds(8), isWaiting: { isWaiting },
            ask: {
                asked += 1
                return canBeAsked
            }, lost: { isLost = true })
        let channel = try EmbeddedChannel.connected([watch], loop: loop)
        loop.advanceTime(by: .seconds(60))
        #expect(asked == 0 && channel.isActive)
        isWaiting = true
        loop.advanceTime(by: .seconds(2))
        if canBeAsked {
            #expect(asked == 1)
            try channel.writeInbound(ByteBuffer(bytes: [1]))
            loop.advanceTime(by: .seconds(9))
            #expect(asked == 2 && channel.isActive)
            loop.advanceTime(by: .seconds(9))
            #expect(asked == 2 && isLost && !channel.isActive)
        } else {
            loop.advanceTime(by: .seconds(60))
            #expect(asked > 2 && !isLost && channel.isActive)
        }
        // One that has been closed already says so with an error.
        _ = try? channel.finish()
    }

    @Test("is given up within twenty seconds where nobody says otherwise")
    func defaults() {
        let configuration = ClientConfiguration()
        #expect(configuration.silence + configuration.silencePatience < .seconds(20))
    }
}
