import ChaosProxy
import Testing
import Wire

@testable import WireNIO

@Suite("Two peers that have said Hello, and one of them silent", .timeLimit(.minutes(1)))
struct LivenessTests {
    private static var hasty: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.silence = .milliseconds(100)
        configuration.silencePatience = .milliseconds(200)
        return configuration
    }

    @Test("notice a dead server though only streams run")
    func deadServer() async throws {
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await Gate().pass()
        }
        try await withServer(service) { address, _ in
            let proxy = try await ChaosProxy.start(to: .address(host: address.host, port: address.port))
            let line = BoundAddress(host: proxy.host, port: proxy.port)
            try await withClient(line, configuration: Self.hasty) { client in
                var messages = try await client.stream().makeAsyncIterator()
                #expect(try await messages.next() == [1])
                try await proxy.apply(.blackHole)
                let error = await #expect(throws: RPCError.self) { try await messages.next() }
                #expect(error?.code == .unavailable)
            }
            await proxy.stop()
        }
    }

    @Test("keep a connection over which nothing is said but pings and pongs")
    func quiet() async throws {
        let gate = Gate()
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await gate.pass()
            try await responses.send([2])
        }
        try await withServer(service) { address, _ in
            let proxy = try await ChaosProxy.start(to: .address(host: address.host, port: address.port))
            let line = BoundAddress(host: proxy.host, port: proxy.port)
            var configuration = ClientConfiguration()
            configuration.silence = .milliseconds(100)
            configuration.silencePatience = .seconds(20)
            try await withClient(line, configuration: configuration) { client in
                var messages = try await client.stream().makeAsyncIterator()
                #expect(try await messages.next() == [1])
                let before = proxy.statistics.downstreamBytes
                // Five pongs, of eighteen bytes each.
                await proxy.wait { $0.downstreamBytes >= before + 90 }
                gate.open()
                #expect(try await messages.next() == [2])
                #expect(proxy.statistics.accepted == 1)
            }
            await proxy.stop()
        }
    }

    private static var watchful: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.silence = .milliseconds(50)
        configuration.silencePatience = .milliseconds(100)
        return configuration
    }

    @Test("notice a dead client, whose calls are then cancelled")
    func deadClient() async throws {
        let gate = Gate()
        try await withServer(TestService.standard(gate), configuration: Self.watchful) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == .all)
            try await raw.request(3, TestService.wait)
            await gate.arrivals(1)
            let question = await raw.next()
            #expect(question?.type == .ping && question?.stream == .control)
            await raw.closed()
            await gate.departures(1)
        }
    }

    @Test("are answered by our client, while it waits for a call and has nothing else to say")
    func livingClient() async throws {
        let gate = Gate()
        var configuration = Self.watchful
        configuration.silencePatience = .seconds(20)
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            let proxy = try await ChaosProxy.start(to: .address(host: address.host, port: address.port))
            // It asks nothing itself, which would bring its answers along.
            var quiet = ClientConfiguration()
            quiet.silence = .seconds(3600)
            try await withClient(BoundAddress(host: proxy.host, port: proxy.port), configuration: quiet) { client in
                async let answer = client.call(TestService.wait, payload: [5], options: .timeout(.seconds(60)))
                await gate.arrivals(1)
                let before = proxy.statistics.upstreamBytes
                // Three pongs, of eighteen bytes each.
                await proxy.wait { $0.upstreamBytes >= before + 54 }
                gate.open()
                let payload = try await answer
                #expect(payload == [5])
            }
            await proxy.stop()
        }
    }

    @Test("leave a client alone that answers, or has not said that it would")
    func living() async throws {
        let gate = Gate()
        var configuration = Self.watchful
        configuration.silencePatience = .seconds(20)
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == .all)
            try await raw.request(3, TestService.wait)
            let plain = try await RawConnection.connect(to: address)
            try await plain.request(1, TestService.wait)
            for _ in 0..<5 {
                guard let frame = await raw.next(), case .ping(let token) = try ControlFrame(frame) else {
                    return #expect(Bool(false), "the client was not asked")
                }
                try await raw.send(ControlFrame.pong(token).frame)
            }
            gate.open()
            for (connection, stream) in [(raw, UInt32(3)), (plain, 1)] {
                var answer = await connection.next()
                while answer?.type == .ping { answer = await connection.next() }
                #expect(answer?.stream.rawValue == stream && answer?.type == .response)
                await connection.close()
            }
        }
    }

    // MARK: - Peers that do what they should not

    @Test("answer pings, and a flood of them with the end")
    func flood() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == .all)
            var pongs: [UInt64] = []
            for token: UInt64 in 0..<1000 {
                // A connection that has been closed takes no more, which is what is waited for.
                try? await raw.send(ControlFrame.ping(token).frame)
            }
            while let frame = await raw.next() {
                switch try ControlFrame(frame) {
                case .pong(let token): pongs.append(token)
                case .goAway(let goAway): #expect(goAway.code == .resourceExhausted && goAway.lastAccepted.rawValue == 1)
                default: #expect(Bool(false), "\(frame)")
                }
            }
            #expect(pongs.count >= 16 && pongs.count < 1000 && pongs == (0..<UInt64(pongs.count)).map { $0 })
            await raw.closed()
        }
    }

    @Test("ignore what says nothing to a peer that has not said Hello, and go on")
    func unmet() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            for type: UInt8 in 0x80...0xFF {
                try await raw.send(Frame(stream: .control, type: FrameType(rawValue: type), payload: [1, 2, 3]))
            }
            try await raw.request(1, TestService.echo, payload: [7])
            #expect(try await raw.nextAnswer()?.code == .ok)
            // Too late, and too late again.
            for stream: UInt32 in [3, 5] {
                try await raw.request(stream, Hello.method, payload: Hello(features: .all, maximumFrameBytes: 1 << 20).encoded())
                let refused = try await raw.nextAnswer()
                #expect(refused?.stream == stream && refused?.code == .failedPrecondition && refused?.isRefused == true)
            }
            try await raw.send(ControlFrame.ping(1).frame)
            try await raw.request(7, TestService.echo, payload: [7])
            let answer = try await raw.nextAnswer()
            #expect(answer?.stream == 7 && answer?.code == .ok)
            await raw.close()
        }
    }

    @Test("end a connection at a frame that cannot be read")
    func unreadable() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == .all)
            try await raw.send(Frame(stream: .control, type: .goAway, payload: [1, 2, 3]))
            guard let frame = await raw.next(), case .goAway(let goAway) = try ControlFrame(frame) else {
                return #expect(Bool(false), "nothing was said")
            }
            #expect(goAway.code == .invalidArgument)
            await raw.closed()
        }
    }

    @Test("are told why they are a flood, where they come all at once")
    func toldOfFlood() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == .all)
            // In one piece, so that the server has read all of it when it closes: what is unread then takes along what was said last.
            try await raw.send((0..<40).flatMap { ControlFrame.ping($0).frame.encoded() })
            var pongs = 0
            var said: GoAway?
            while let frame = await raw.next() {
                switch try ControlFrame(frame) {
                case .pong: pongs += 1
                case .goAway(let goAway): said = goAway
                default: #expect(Bool(false), "\(frame)")
                }
            }
            #expect(pongs >= 16 && pongs < 40)
            #expect(said?.code == .resourceExhausted && said?.lastAccepted.rawValue == 1)
        }
    }

    @Test("agree on what both have, and calls go on", arguments: [Features.all, .ping, []])
    func agreement(offered: Features) async throws {
        var configuration = ServerConfiguration()
        configuration.features = [.ping, .cancel]
        try await withServer(configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello(offered) == offered.intersection([.ping, .cancel]))
            try await raw.request(3, TestService.echo, payload: [1])
            #expect(try await raw.nextAnswer()?.code == .ok)
            await raw.close()
        }
        // A server that offers nothing has no such method.
        configuration.features = []
        try await withServer(configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, Hello.method)
            #expect(try await raw.nextAnswer()?.code == .unimplemented)
            await raw.close()
            try await withClient(address) { client in
                try await expectEcho(of: [1], by: client)
                try await expectEcho(of: [2], by: client)
            }
        }
    }

    @Test("agree on nothing where one takes too little, and neither asks the other", arguments: [true, false], [16_383, 16_384])
    func leastLimit(isServers: Bool, bytes: Int) async throws {
        var server = Self.watchful
        server.silencePatience = bytes < 16_384 ? .milliseconds(100) : .seconds(20)
        var client = ClientConfiguration()
        if isServers { server.maximumMessageBytes = bytes } else { client.maximumMessageBytes = bytes }
        let service = TestService(handlers: [
            "Echo": { payload, _ in
                // Longer than a client may be silent that has said Hello.
                try await Task.sleep(for: .milliseconds(300))
                return payload
            }
        ])
        try await withServer(service, configuration: server) { address, _ in
            try await withClient(address, configuration: client) { client in
                try await expectEcho(of: [1], by: client)
                try await expectEcho(of: [2], by: client)
            }
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == (isServers && bytes < 16_384 ? [] : .all))
            await raw.close()
        }
    }

    @Test("send each other nothing that is too long for the other")
    func limits() async throws {
        var server = ServerConfiguration()
        server.maximumMessageBytes = 1 << 16
        let seen = Seen()
        let service = TestService.working(seen)
        try await withServer(service, configuration: server) { address, _ in
            try await withClient(address) { client in
                _ = try await client.call(TestService.unsafe, payload: [1], options: .timeout(.seconds(60)))
                let error = await failure {
                    try await client.call(
                        TestService.unsafe, payload: [UInt8](repeating: 0, count: 1 << 16), options: .timeout(.seconds(60)))
                }
                #expect(error?.code == .resourceExhausted && error?.isRefused == true)
                #expect(error?.message.contains("the server takes 65536") == true)
                #expect(seen.count == 1)
            }
        }
        // The other way round: the answer is longer than the client takes, and the server says so instead.
        var configuration = ClientConfiguration()
        configuration.maximumMessageBytes = 1 << 16
        let long = TestService(handlers: ["Echo": { _, _ in [UInt8](repeating: 0, count: 1 << 16) }])
        try await withServer(long) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                let error = await failure {
                    try await client.call(TestService.echo, payload: [], options: .timeout(.seconds(60)))
                }
                #expect(error?.code == .resourceExhausted)
                #expect(error?.message.contains("at most 65536 are sent") == true)
            }
        }
    }
}
