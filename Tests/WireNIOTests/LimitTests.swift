import NIOCore
import Testing
import Wire
import WireNIO

@Suite("The limits of a server and of a client", .timeLimit(.minutes(2)))
struct LimitTests {
    /// A payload with which an echo request's envelope is so many bytes.
    private func payload(forEnvelopeOf count: Int) -> [UInt8] {
        let empty = RequestEnvelope(method: TestService.echo, payload: [1]).encoded().count - 3
        var payload = [UInt8](repeating: 7, count: count - empty)
        while RequestEnvelope(method: TestService.echo, payload: payload).encoded().count > count { payload.removeLast() }
        return payload
    }

    @Test("take a request at the limit; one byte more is RESOURCE_EXHAUSTED, and the connection stays usable")
    func requestSize() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumMessageBytes = 1000
        try await withServer(configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            let fits = payload(forEnvelopeOf: 1000)
            for (stream, payload, code) in [
                (UInt32(1), fits, StatusCode.ok), (3, fits + [1], .resourceExhausted), (5, fits, .ok),
            ] {
                try await raw.request(stream, TestService.echo, payload: payload)
                let answer = try #require(try await raw.nextAnswer())
                #expect(answer == (stream, code, code != .ok))
            }
        }
    }

    @Test("send an answer at the limit, and instead of a longer one the error that says so")
    func answerSize() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumMessageBytes = 1000
        let service = TestService(handlers: [
            "Long": { payload, _ in [UInt8](repeating: 0, count: 900 + Int(payload.first ?? 0)) }
        ])
        try await withServer(service, configuration: configuration) { address, _ in
            try await withClient(address) { client in
                // An answer's envelope takes three bytes here.
                let fits = try await client.call(TestService.method("Long"), payload: [97], options: CallOptions())
                #expect(fits.count == 997)
                let error = await failure {
                    try await client.call(TestService.method("Long"), payload: [98], options: CallOptions())
                }
                #expect(error?.code == .resourceExhausted)
            }
        }
    }

    @Test("let a client refuse what it would not send and what it would not take")
    func clientSizes() async throws {
        var configuration = ClientConfiguration()
        configuration.maximumMessageBytes = 1000
        let service = TestService(handlers: [
            "Echo": { payload, _ in payload },
            "Long": { payload, _ in [UInt8](repeating: 0, count: payload.isEmpty ? 997 : 998) },
        ])
        try await withServer(service) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                let sent = await failure {
                    try await client.call(TestService.echo, payload: [UInt8](repeating: 0, count: 1001), options: CallOptions())
                }
                #expect(sent?.code == .resourceExhausted && sent?.isRefused == true)
                let long = TestService.method("Long")
                let fits = try await client.call(long, payload: [], options: CallOptions())
                #expect(fits.count == 997)
                let taken = await failure { try await client.call(long, payload: [1], options: CallOptions()) }
                #expect(taken?.code == .resourceExhausted && taken?.isRefused == false)
                try await expectEcho(of: [1], by: client)
            }
        }
    }

    @Test("run as many handlers on a connection as they may, and refuse one more until one has ended")
    func handlers() async throws {
        var configuration = ServerConfiguration()
        configuration.connection.handlers = 2
        let gate = Gate()
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, TestService.wait)
            try await raw.request(3, TestService.wait)
            await gate.arrivals(2)
            try await raw.request(5, TestService.echo)
            let refused = try #require(try await raw.nextAnswer())
            #expect(refused == (5, .resourceExhausted, true))
            let other = try await RawConnection.connect(to: address)
            try await other.request(1, TestService.echo)
            let elsewhere = try #require(try await other.nextAnswer())
            #expect(elsewhere == (1, .ok, false), "the limit is each connection's own")
            gate.open()
            let streams = [try await raw.nextAnswer()?.stream, try await raw.nextAnswer()?.stream]
            #expect(Set(streams) == [1, 3])
            try await raw.request(7, TestService.echo)
            let answer = try #require(try await raw.nextAnswer())
            #expect(answer == (7, .ok, false))
        }
    }

    /// Whether the server answers on a new connection, which is then kept.
    private func answered(_ address: BoundAddress, from local: String? = nil) async throws -> RawConnection? {
        let raw = try await RawConnection.connect(to: address, from: local)
        do {
            try await raw.request(1, TestService.echo)
        } catch {
            return nil
        }
        return try await raw.nextAnswer() == nil ? nil : raw
    }

    @Test("accept as many connections as they may, close one more, and accept again once one has gone")
    func connections() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumConnections = 2
        try await withServer(configuration: configuration) { address, _ in
            let first = try #require(try await answered(address))
            let second = try #require(try await answered(address))
            #expect(try await answered(address) == nil)
            await first.close()
            while try await answered(address) == nil {}
            await second.close()
        }
    }

    @Test("accept as many connections from one address as they may, and still some from another")
    func connectionsPerAddress() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumConnectionsPerAddress = 1
        try await withServer(configuration: configuration) { address, _ in
            let first = try #require(try await answered(address, from: "127.0.0.1"))
            #expect(try await answered(address, from: "127.0.0.1") == nil)
            let other = try #require(try await answered(address, from: "127.0.0.2"))
            #expect(try await answered(address, from: "127.0.0.2") == nil)
            await first.close()
            while try await answered(address, from: "127.0.0.1") == nil {}
            await other.close()
        }
    }

    @Test("close a connection whose frame takes too long to arrive, and no other")
    func partialFrame() async throws {
        var configuration = ServerConfiguration()
        configuration.partialFrameTimeout = .milliseconds(10)
        try await withServer(configuration: configuration) { address, _ in
            let other = try #require(try await answered(address))
            for count in [1, 9, 10, 12] {
                let slow = try await RawConnection.connect(to: address)
                let request = RequestEnvelope(method: TestService.echo, payload: [1, 2, 3])
                let frame = Frame(stream: StreamID(rawValue: 1), type: .request, payload: request.encoded())
                try await slow.send(Array(frame.encoded().prefix(count)))
                await slow.closed()
            }
            try await other.request(3, TestService.echo)
            let answer = try #require(try await other.nextAnswer())
            #expect(answer == (3, .ok, false))
        }
    }

    @Test("close a connection whose peer does not read, and serve others meanwhile")
    func writeStall() async throws {
        var configuration = ServerConfiguration()
        configuration.writeStallTimeout = .milliseconds(50)
        configuration.maximumUnwrittenBytes = 1
        configuration.maximumConnectionsPerAddress = 1
        let service = TestService(handlers: [
            "Echo": { payload, _ in payload }, "Long": { _, _ in [UInt8](repeating: 0, count: 3 << 20) },
        ])
        try await withServer(service, configuration: configuration) { address, _ in
            let deaf = try await RawConnection.connect(to: address, reads: false, from: "127.0.0.3")
            for stream in stride(from: UInt32(1), to: 40, by: 2) {
                // Once it has been closed, it can't be written to.
                try? await deaf.request(stream, TestService.method("Long"))
            }
            let other = try #require(try await answered(address))
            // The deaf connection's place becomes free only when it is closed.
            while try await answered(address, from: "127.0.0.3") == nil {}
            await other.close()
        }
    }

    @Test("answer everything once a peer that was slow to read reads again")
    func backPressure() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumUnwrittenBytes = 1
        let service = TestService(handlers: ["Long": { _, _ in [UInt8](repeating: 0, count: 1 << 20) }])
        try await withServer(service, configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address, reads: false)
            for number in 0..<20 { try await raw.request(UInt32(2 * number + 1), TestService.method("Long")) }
            try await raw.read()
            var streams: Set<UInt32> = []
            for _ in 0..<20 { streams.insert(try #require(try await raw.nextAnswer()).stream) }
            #expect(streams.count == 20)
        }
    }
}
