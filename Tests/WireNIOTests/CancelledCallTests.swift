import Testing
import Wire

@testable import WireNIO

@Suite("A call whose caller has gone", .timeLimit(.minutes(2)))
struct CancelledCallTests {
    /// One connection, over which Hello has been answered.
    private func met(_ client: WireClient) async throws {
        try await expectEcho(of: [1], by: client)
    }

    /// How many connections a server has had.
    private func accepted(_ load: ServerLoad) -> Int { load.statistics.acceptedConnections }

    @Test("ends for its handler at once, and the connection goes on")
    func unary() async throws {
        let gate = Gate()
        let load = ServerLoad(ServerConfiguration())
        try await withServer(TestService.standard(gate), load: load) { address, _ in
            try await withClient(address) { client in
                try await met(client)
                for number in 1...20 {
                    let call = Task { try await client.call(TestService.wait, payload: [], options: .timeout(.seconds(500))) }
                    await gate.arrivals(number)
                    call.cancel()
                    await gate.departures(number)
                    await #expect(throws: RPCError.self) { try await call.value }
                }
                try await expectEcho(of: [2], by: client)
                #expect(accepted(load) == 1)
                #expect(load.statistics.methods[TestService.wait]?.statuses == [.cancelled: 20])
            }
        }
    }

    @Test("ends for the handler of its stream when the responses are let go, as often as one likes")
    func stream() async throws {
        let gate = Gate()
        let load = ServerLoad(ServerConfiguration())
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await gate.pass()
        }
        try await withServer(service, load: load) { address, _ in
            try await withClient(address) { client in
                try await met(client)
                // More than a client of plain ttrpc leaves running on one connection.
                for number in 1...20 {
                    do {
                        var messages = try await client.stream().makeAsyncIterator()
                        #expect(try await messages.next() == [1])
                        await gate.arrivals(number)
                    }
                    await gate.departures(number)
                }
                try await expectEcho(of: [2], by: client)
                #expect(accepted(load) == 1)
            }
        }
    }

    @Test("is over for its handler when the client has heard nothing of it for too long, of which the server was not told")
    func silence() async throws {
        let gate = Gate()
        let service = TestService.streaming { _, _, _ in try await gate.pass() }
        var configuration = ServerConfiguration()
        // The request's own timeout is longer by far than what the client waits for a message.
        configuration.streamIdleTimeout = .seconds(3600)
        try await withServer(service, configuration: configuration) { address, _ in
            try await withClient(address) { client in
                try await met(client)
                let ended = await collect(try await client.stream(options: CallOptions(silence: .milliseconds(50))))
                #expect(ended.error?.code == .unavailable)
                await gate.departures(1)
            }
        }
    }

    @Test("is over for its handler, and counts, as its caller says", arguments: [StatusCode.deadlineExceeded, .cancelled])
    func code(_ code: StatusCode) async throws {
        let gate = Gate()
        let load = ServerLoad(ServerConfiguration())
        try await withServer(TestService.standard(gate), load: load) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == .all)
            try await raw.request(3, TestService.wait)
            await gate.arrivals(1)
            try await raw.send(ControlFrame.cancel(StreamID(rawValue: 3), code).frame)
            await gate.departures(1)
            // The handler has left the gate and is about to end.
            var stream: UInt32 = 5
            repeat {
                try await raw.request(stream, TestService.echo)
                let answer = try await raw.nextAnswer()
                #expect(answer?.stream == stream && answer?.code == .ok)
                stream += 2
            } while load.statistics.methods[TestService.wait]?.running != 0
            #expect(load.statistics.methods[TestService.wait]?.statuses == [code: 1])
            await raw.close()
        }
    }

    @Test(
        "goes on where the server has no word for it, and its connection is given up with the sixteenth",
        arguments: [true, false])
    func plain(isClientPlain: Bool) async throws {
        var server = ServerConfiguration()
        var configuration = ClientConfiguration()
        if isClientPlain { configuration.features = [] } else { server.features = [] }
        let gate = Gate()
        let load = ServerLoad(server)
        let service = TestService.streaming { _, _, _ in try await gate.pass() }
        try await withServer(service, configuration: server, load: load) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                try await met(client)
                for number in 1...16 {
                    do {
                        let messages = try await client.stream()
                        await gate.arrivals(number)
                        _ = messages
                    }
                }
                // The end of the connection is what tells the server.
                await gate.departures(16)
                try await expectEcho(of: [2], by: client)
                #expect(accepted(load) == 2)
            }
        }
    }

    @Test("that lost against a hedge ends for its handler")
    func hedge() async throws {
        let gate = Gate()
        let (slow, quick) = (Seen(), Seen())
        let servers = [
            try await PoolServer.start([TestService.working(slow) { _ in try await gate.pass() }]),
            try await PoolServer.start([TestService.working(quick)]),
        ]
        var configuration = WirePoolConfiguration.quick
        configuration.hedgeDelays = [TestService.safe: .milliseconds(1)]
        try await withPool(servers, configuration: configuration) { pool in
            while slow.count == 0 {
                let answer = try await pool.call(TestService.safe, payload: [9], options: .timeout(.seconds(500)))
                #expect(answer == [9])
            }
            await gate.departures(1)
        }
        for server in servers { await server.kill() }
    }

    @Test("may have been answered meanwhile, or be nobody's: then nothing is cancelled, and nothing is said")
    func strays() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            #expect(try await raw.hello() == .all)
            for stream: UInt32 in [3, 5, 99, 4] {
                try await raw.send(ControlFrame.cancel(StreamID(rawValue: stream), .cancelled).frame)
            }
            try await raw.request(3, TestService.echo, payload: [1])
            let answer = try await raw.nextAnswer()
            #expect(answer?.stream == 3 && answer?.code == .ok)
            await raw.close()
        }
    }
}
