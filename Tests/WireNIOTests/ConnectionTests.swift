import NIOCore
import NIOPosix
import Testing
import Wire
import WireNIO

@Suite("Connections over TCP", .timeLimit(.minutes(2)))
struct ConnectionTests {
    @Test("that are lost fail the calls that wait as UNAVAILABLE, without claiming that none has run")
    func loss() async throws {
        let gate = Gate()
        let (calls, client) = try await withServer(TestService.standard(gate)) { address, _ in
            let client = WireClient(host: address.host, port: address.port, configuration: .init(), logger: silent)
            let calls = (0..<3).map { _ in
                Task { await failure { try await client.call(TestService.wait, payload: [], options: .timeout(.seconds(100))) } }
            }
            await gate.arrivals(3)
            return (calls, client)
        }
        for call in calls {
            let error = await call.value
            #expect(error?.code == .unavailable && error?.isRefused == false)
        }
        await gate.departures(3)
        await client.close()
    }

    @Test("are made again once the server is back on its port")
    func reconnect() async throws {
        var configuration = ClientConfiguration()
        configuration.shortestReconnectPause = .milliseconds(1)
        configuration.longestReconnectPause = .milliseconds(5)
        // An address of its own, so that no other test's server is found on the port meanwhile.
        let (address, client) = try await withServer(configuration: ServerConfiguration(host: "127.0.0.77")) { address, _ in
            let client = WireClient(host: address.host, port: address.port, configuration: configuration, logger: silent)
            try await expectEcho(of: [1], by: client)
            return (address, client)
        }
        // Until the client has noticed, a call may still be written to the connection that is gone.
        while true {
            let away = await failure {
                try await client.call(TestService.echo, payload: [2], options: .timeout(.milliseconds(50)))
            }
            let error = try #require(away)
            if error.code == .unavailable, error.isRefused { break }
        }
        // The call waits for the server, within its deadline.
        let waiting = Task { try await client.call(TestService.echo, payload: [3], options: .timeout(.seconds(100))) }
        let again = ServerConfiguration(host: address.host, port: address.port)
        try await withServer(configuration: again) { _, _ in
            let answer = try await waiting.value
            #expect(answer == [3])
            try await expectEcho(of: [4], by: client)
        }
        await client.close()
    }

    @Test("that go before a request has been written are made again, and the caller learns nothing of it")
    func goneBeforeUse() async throws {
        var configuration = ClientConfiguration()
        configuration.shortestReconnectPause = .milliseconds(1)
        configuration.longestReconnectPause = .milliseconds(2)
        // The hasty server would answer Hello, and go.
        configuration.features = []
        let hasty = try await HastyServer.start()
        let client = WireClient(host: "127.0.0.1", port: hasty.port, configuration: configuration, logger: silent)
        var answers = 0
        for _ in 0..<500 {
            let error = await failure {
                try await client.call(TestService.echo, payload: [], options: .timeout(.seconds(60)))
            }
            // The server is there all the time: a call may meet the end of its connection, but none may say that it was never sent.
            #expect(error == nil || error?.code == .unavailable && error?.isRefused == false, "\(String(describing: error))")
            answers += error == nil ? 1 : 0
        }
        #expect(answers > 0)
        await client.close()
        try await hasty.stop()
    }

    @Test("that nobody takes end at the caller's deadline, or when it gives up, not at the connection timeout's")
    func hangingAttempt() async throws {
        // A socket that listens, accepts nothing, and whose queue is full.
        let listener = try FullListener()
        var configuration = ClientConfiguration()
        configuration.connectTimeout = .seconds(3600)
        let client = WireClient(host: "127.0.0.1", port: listener.port, configuration: configuration, logger: silent)
        let late = await failure { try await client.call(TestService.echo, payload: [], options: .timeout(.milliseconds(20))) }
        #expect(late?.code == .deadlineExceeded && late?.isRefused == true)
        let call = Task {
            await failure { try await client.call(TestService.echo, payload: [], options: .timeout(.seconds(3600))) }
        }
        call.cancel()
        #expect(await call.value?.code == .cancelled)
        await client.close()
    }

    @Test("that the client closes fail what waits and what comes later")
    func closedClient() async throws {
        let gate = Gate()
        try await withServer(TestService.standard(gate)) { address, _ in
            let client = WireClient(host: address.host, port: address.port, configuration: .init(), logger: silent)
            let call = Task { await failure { try await client.call(TestService.wait, payload: [], options: CallOptions()) } }
            await gate.arrivals(1)
            await client.close()
            #expect(await call.value?.code == .unavailable)
            let later = await failure { try await client.call(TestService.echo, payload: [], options: CallOptions()) }
            #expect(later?.code == .unavailable && later?.isRefused == true)
            // The server cancels what runs for a connection that has gone.
            await gate.departures(1)
        }
    }

    @Test("let a graceful shutdown finish what runs, refuse what is new and say that it has not run")
    func gracefulShutdown() async throws {
        let gate = Gate()
        let server = WireServer(
            services: [TestService.standard(gate)], configuration: ServerConfiguration(), logger: silent)
        let address = try await server.start()
        let serving = Task { try await server.serve() }
        let raw = try await RawConnection.connect(to: address)
        let idle = try await RawConnection.connect(to: address)
        try await idle.request(1, TestService.echo)
        _ = try await idle.nextAnswer()
        try await raw.request(1, TestService.wait, payload: [9])
        await gate.arrivals(1)
        server.beginGracefulShutdown()
        await idle.closed()
        try await raw.request(3, TestService.echo)
        let refused = try #require(try await raw.nextAnswer())
        #expect(refused == (3, .unavailable, true))
        gate.open()
        let finished = try #require(try await raw.nextAnswer())
        #expect(finished == (1, .ok, false))
        #expect(await raw.next() == nil)
        try await serving.value
        await #expect(throws: (any Error).self) { try await RawConnection.connect(to: address) }
    }

    @Test("are not closed by a graceful shutdown before a slow peer has read the last answer to its end")
    func lastAnswer() async throws {
        let gate = Gate()
        let service = TestService(handlers: [
            "Long": { _, _ in
                try await gate.pass()
                return [UInt8](repeating: 0, count: 3 << 20)
            }
        ])
        let server = WireServer(services: [service], configuration: ServerConfiguration(), logger: silent)
        let address = try await server.start()
        let serving = Task { try await server.serve() }
        let raw = try await RawConnection.connect(to: address, reads: false)
        // More than the sockets' buffers hold.
        for number in 0..<8 { try await raw.request(UInt32(2 * number + 1), TestService.method("Long")) }
        await gate.arrivals(8)
        server.beginGracefulShutdown()
        gate.open()
        await gate.departures(8)
        try await raw.read()
        for _ in 0..<8 { #expect(try await raw.nextAnswer()?.code == .ok) }
        #expect(await raw.next() == nil)
        try await serving.value
    }

    @Test("are closed at the end of the grace period, whatever still runs")
    func gracePeriod() async throws {
        let gate = Gate()
        let service = TestService(handlers: [
            "Stubborn": { _, _ in
                await gate.passStubbornly()
                return []
            }
        ])
        var configuration = ServerConfiguration()
        configuration.gracePeriod = .milliseconds(10)
        let server = WireServer(services: [service], configuration: configuration, logger: silent)
        let address = try await server.start()
        let serving = Task { try await server.serve() }
        try await withClient(address) { client in
            let call = Task {
                await failure { try await client.call(TestService.method("Stubborn"), payload: [], options: CallOptions()) }
            }
            await gate.arrivals(1)
            server.beginGracefulShutdown()
            try await serving.value
            #expect(await call.value?.code == .unavailable)
        }
        gate.open()
        await gate.departures(1)
    }

    @Test("cannot be had where something else listens, or on an address that is not this machine's")
    func addresses() async throws {
        try await withServer { address, _ in
            let second = WireServer(
                services: [], configuration: ServerConfiguration(host: address.host, port: address.port), logger: silent)
            await #expect { _ = try await second.start() } throws: { ($0 as? ServerError)?.code == .addressInUse }
        }
        let elsewhere = WireServer(services: [], configuration: ServerConfiguration(host: "192.0.2.1"), logger: silent)
        await #expect { _ = try await elsewhere.start() } throws: { ($0 as? ServerError)?.code == .addressUnavailable }
    }
}
