import Testing
import Watching
import Wire

@testable import WireNIO

@Suite("A server that goes away", .timeLimit(.minutes(2)))
struct GoingAwayTests {
    private static func goAway(after last: UInt32) -> Frame {
        ControlFrame.goAway(GoAway(lastAccepted: StreamID(rawValue: last), code: .unavailable, reason: "shutting down")).frame
    }

    /// Takes nothing on its first connection, and answers on all later ones.
    private static func going() async throws -> ScriptedServer {
        try await ScriptedServer.start { connection, stream, _ in
            connection == 1 ? .init(frames: [goAway(after: 1)], closes: true) : .answer(stream)
        }
    }

    @Test("is called again, over another connection, for what it has not seen, whatever the method does")
    func client() async throws {
        let server = try await Self.going()
        let address = BoundAddress(host: "127.0.0.1", port: server.port)
        try await withClient(address) { client in
            let answer = try await client.call(TestService.unsafe, payload: [1], options: .timeout(.seconds(60)))
            #expect(answer.isEmpty)
        }
        try await server.stop()
    }

    @Test("leaves what it has not seen to another, which costs neither an attempt nor anything of the budget")
    func pool() async throws {
        let seen = Seen()
        let going = try await ScriptedServer.start { _, stream, request in
            request.method == TestService.unsafe
                ? .init(frames: [Self.goAway(after: stream.rawValue - 1)], closes: true)
                : .init(frames: [
                    Frame(
                        stream: stream, type: .response,
                        payload: ResponseEnvelope.failure(RPCError(.unimplemented, "no such method")).encoded())
                ])
        }
        let staying = try await PoolServer.start([TestService.working(seen)])
        var configuration = WirePoolConfiguration.quick
        configuration.maximumAttempts = 1
        configuration.budgetTokens = 1
        let pool = WirePool([going.name, staying.name], configuration: configuration, logger: silent)
        try await pool.run(beside: {
            try await pool.members { $0.count == 2 && $0.allSatisfy(\.isOpen) }
            for number: UInt8 in 0..<50 {
                let answer = try await pool.call(TestService.unsafe, payload: [number], options: .timeout(.seconds(60)))
                #expect(answer == [number])
            }
        })
        #expect(seen.all == (0..<50).map { [UInt8($0)] })
        await staying.kill()
        try await going.stop()
    }

    @Test("is UNAVAILABLE and not refused for what it may have seen")
    func seenAndLost() async throws {
        let server = try await ScriptedServer.start { _, stream, _ in
            .init(frames: [Self.goAway(after: stream.rawValue)], closes: true)
        }
        try await withClient(BoundAddress(host: "127.0.0.1", port: server.port)) { client in
            let error = await failure { try await client.call(TestService.unsafe, payload: [], options: .timeout(.seconds(60))) }
            #expect(error?.code == .unavailable && error?.isRefused == false)
        }
        try await server.stop()
    }

    @Test("ends a stream that it has not seen as UNAVAILABLE and refused")
    func stream() async throws {
        let server = try await Self.going()
        try await withClient(BoundAddress(host: "127.0.0.1", port: server.port)) { client in
            let ended = await collect(try await client.stream())
            #expect(ended.error?.code == .unavailable && ended.error?.isRefused == true)
        }
        try await server.stop()
    }

    @Test("loses no call and makes none twice, while one after another drains under load")
    func drainUnderLoad() async throws {
        let services = (0..<4).map { _ in Seen() }
        var servers: [PoolServer] = []
        for seen in services {
            servers.append(try await PoolServer.start([TestService.working(seen) { _ in await Task.yield() }]))
        }
        let load = Watched((made: 0, isOver: false))
        let total = try await withPool(servers) { pool in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for worker: UInt8 in 0..<32 {
                    group.addTask {
                        var count: UInt32 = 0
                        while !load.withValue({ $0.isOver }) {
                            let request = [worker] + withUnsafeBytes(of: count) { Array($0) }
                            let answer = try await pool.call(
                                TestService.unsafe, payload: request, options: .timeout(.seconds(60)))
                            #expect(answer == request)
                            count += 1
                            load.change { $0.made += 1 }
                        }
                        return Int(count)
                    }
                }
                for server in servers.dropLast() {
                    let before = load.withValue { $0.made }
                    await load.wait { $0.made >= before + 300 }
                    server.beginDraining()
                    try await server.drained()
                }
                let before = load.withValue { $0.made }
                await load.wait { $0.made >= before + 300 }
                load.change { $0.isOver = true }
                return try await group.reduce(0, +)
            }
        }
        let all = services.flatMap(\.all)
        #expect(all.count == total && Set(all).count == total)
        for seen in services { #expect(seen.count > 0) }
        await servers[3].kill()
    }

    // MARK: - The server's side

    @Test(
        "tells a client that has said Hello, and lets it close first; one that does not is closed after a while",
        arguments: [true, false])
    func farewell(clientCloses: Bool) async throws {
        var configuration = ServerConfiguration()
        configuration.farewell = clientCloses ? .seconds(3600) : .milliseconds(50)
        configuration.gracePeriod = .seconds(3600)
        let server = try await PoolServer.start([TestService.standard()], configuration: configuration)
        let raw = try await RawConnection.connect(to: server.address)
        #expect(try await raw.hello() == .all)
        server.beginDraining()
        guard let frame = await raw.next(), case .goAway(let goAway) = try ControlFrame(frame) else {
            return #expect(Bool(false), "nothing was said")
        }
        #expect(goAway.lastAccepted.rawValue == 1 && goAway.code == .unavailable && goAway.grace == .seconds(3600))
        if clientCloses {
            try await raw.request(3, TestService.echo)
            let refused = try await raw.nextAnswer()
            #expect(refused?.code == .unavailable && refused?.isRefused == true)
            await raw.close()
        } else {
            await raw.closed()
        }
        try await server.drained()
    }

    @Test("waits longer for its client to close than a client may read nothing")
    func patience() {
        #expect(ServerConfiguration().farewell > ClientConfiguration().streamPatience)
        #expect(ServerConfiguration().farewell < ServerConfiguration().gracePeriod)
    }

    @Test("lets what runs end, and has its clients close at once when it has")
    func finishes() async throws {
        let gate = Gate()
        var configuration = ServerConfiguration()
        configuration.farewell = .seconds(3600)
        configuration.gracePeriod = .seconds(3600)
        let server = try await PoolServer.start([TestService.standard(gate)], configuration: configuration)
        try await withClient(server.address) { client in
            async let answer = client.call(TestService.wait, payload: [5], options: .timeout(.seconds(60)))
            await gate.arrivals(1)
            server.beginDraining()
            gate.open()
            let payload = try await answer
            #expect(payload == [5])
            try await server.drained()
        }
    }
}
