import ChaosProxy
import NIOCore
import Synchronization
import Testing

@Suite("A proxy between a client and a server", .timeLimit(.minutes(1)))
struct ChaosProxyTests {
    /// A server that answers with what it gets, a proxy to it, and a connection through both.
    private struct Line {
        let listener: any Channel
        let proxy: ChaosProxy
        let client: Peer
        let server: Peer

        init(fault: Fault = .none, rules: [CutRule] = [], echoes: Bool = true) async throws {
            let (listener, port, peers) = try await Peer.serve(echoes: echoes)
            self.listener = listener
            proxy = try await ChaosProxy.start(to: .address(host: "127.0.0.1", port: port), fault: fault, rules: rules)
            client = try await Peer.connect(to: proxy)
            var iterator = peers.makeAsyncIterator()
            server = try #require(await iterator.next())
        }

        func stop() async throws {
            await proxy.stop()
            try await listener.close()
        }
    }

    @Test("passes on everything, both ways, and the end of either side")
    func passes() async throws {
        let line = try await Line()
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await line.client.send(bytes)
        #expect(await line.client.receives(bytes.count))
        #expect(line.client.received == bytes && line.server.received == bytes)
        #expect(line.proxy.statistics.upstreamBytes == bytes.count && line.proxy.statistics.downstreamBytes == bytes.count)
        try await line.client.channel.close()
        await line.server.ends()
        await line.proxy.wait { $0.open == 0 }
        try await line.stop()
    }

    @Test(
        "gives everything that it holds back, and in order",
        arguments: [Fault.delay(milliseconds: 20), .bandwidth(bytesPerSecond: 2000), .trickle(bytesPerSecond: 500)])
    func slow(fault: Fault) async throws {
        let line = try await Line(fault: fault)
        let text = String((0..<100).map { Character(Unicode.Scalar(UInt8(48 + $0 % 64))) })
        try await line.client.send(text)
        #expect(await line.client.receives(100))
        #expect(line.client.text == text)
        try await line.stop()
    }

    @Test("lets nothing through faster than it was told to")
    func rate() async throws {
        let line = try await Line(fault: .trickle(bytesPerSecond: 100))
        let start = ContinuousClock.now
        try await line.client.send("twenty-one characters")
        #expect(await line.server.receives(21))
        #expect(start.duration(to: .now) >= .milliseconds(200), "the first byte goes at once, the others 10 ms apart")
        try await line.stop()
    }

    @Test("holds what is sent while it stalls, and gives it afterwards")
    func stall() async throws {
        let line = try await Line()
        try await line.client.send("a")
        #expect(await line.client.receives(1))
        try await line.proxy.apply(.stall)
        try await line.client.send("bc")
        #expect(line.server.text == "a")
        try await line.proxy.apply(.none)
        #expect(await line.client.receives(3))
        try await line.stop()
    }

    @Test("swallows what is sent into a black hole, silences who lost it, and serves others when it is gone")
    func blackHole() async throws {
        let line = try await Line()
        try await line.proxy.apply(.blackHole)
        try await line.client.send("lost")
        await line.proxy.wait { $0.silenced == 1 }
        try await line.proxy.apply(.none)
        try await line.client.send("lost as well")
        let other = try await Peer.connect(to: line.proxy)
        try await other.send("heard")
        #expect(await other.receives(5))
        #expect(line.server.received.isEmpty && line.client.isOpen)
        try await line.client.channel.close()
        await line.server.ends()
        try await line.stop()
    }

    @Test("keeps an end from the other while bytes vanish, and tells of it when they no longer do")
    func endInBlackHole() async throws {
        let line = try await Line()
        try await line.proxy.apply(.blackHole)
        try await line.client.channel.close()
        await line.proxy.wait { $0.silenced == 1 }
        #expect(line.server.isOpen)
        try await line.proxy.apply(.none)
        await line.server.ends()
        try await line.stop()
    }

    @Test("leaves a client half-open: its server has gone and it has not been told")
    func halfOpen() async throws {
        let line = try await Line()
        try await line.proxy.apply(.halfOpen)
        await line.server.ends()
        try await line.client.send("anybody?")
        #expect(line.client.isOpen)
        try await line.proxy.apply(.none)
        await line.client.ends()
        try await line.stop()
    }

    @Test("resets both ends, and new connections as well")
    func reset() async throws {
        let line = try await Line()
        try await line.client.send("a")
        #expect(await line.client.receives(1))
        try await line.proxy.apply(.reset)
        await line.client.ends()
        await line.server.ends()
        #expect(line.client.wasReset && line.server.wasReset)
        // The reset may come before the client has seen that it is connected; then connecting fails.
        if let other = try? await Peer.connect(to: line.proxy) { await other.ends() }
        await line.proxy.wait { $0.resets == 2 }
        try await line.stop()
    }

    @Test("cuts behind the byte that it was told, in either direction", arguments: Direction.allCases)
    func cut(direction: Direction) async throws {
        let line = try await Line(fault: .cut(direction, afterBytes: 5))
        try await line.client.send("1234")
        #expect(await line.client.receives(4))
        try await line.client.send("5678")
        await line.client.ends()
        await line.server.ends()
        #expect(line.server.text == (direction == .upstream ? "12345" : "12345678"))
        #expect(line.client.text.count <= 5 && line.proxy.statistics.cuts == 1)
        try await line.stop()
    }

    @Test("tells of an end later")
    func slowClose() async throws {
        let line = try await Line(fault: .slowClose(milliseconds: 50))
        let start = ContinuousClock.now
        try await line.client.channel.close()
        await line.server.ends()
        #expect(start.duration(to: .now) >= .milliseconds(50))
        try await line.stop()
    }

    @Test("refuses while nobody is to listen, and listens at the same place again")
    func refuse() async throws {
        let line = try await Line()
        try await line.proxy.apply(.refuse)
        await #expect(throws: (any Error).self) { try await Peer.connect(to: line.proxy) }
        try await line.client.send("a")
        #expect(await line.client.receives(1), "who is connected stays so")
        try await line.proxy.apply(.none)
        let other = try await Peer.connect(to: line.proxy)
        try await other.send("b")
        #expect(await other.receives(1))
        try await line.stop()
    }

    @Test("resets a client whose server is not there")
    func unreachable() async throws {
        let (listener, port, _) = try await Peer.serve()
        try await listener.close()
        let events = Mutex<[ProxyEvent]>([])
        let proxy = try await ChaosProxy.start(to: .address(host: "127.0.0.1", port: port)) { event in
            events.withLock { $0.append(event) }
        }
        // The reset may come before the client has seen that it is connected; then connecting fails.
        if let client = try? await Peer.connect(to: proxy) { await client.ends() }
        await proxy.wait { $0.resets == 1 }
        #expect(events.withLock { $0.map(\.kind) } == [.fault, .listening, .opened, .unreachable, .closed, .reset])
        await proxy.stop()
    }

    @Test("cuts where it was told to, as often as it was armed", arguments: CutRule.Moment.allCases)
    func rule(moment: CutRule.Moment) async throws {
        let trigger = CutRule.Trigger()
        let line = try await Line(rules: [.bytes(Array("END".utf8), .upstream, trigger: trigger)])
        try await line.client.send("1 END")
        #expect(await line.client.receives(5), "not armed yet")
        trigger.arm([moment])
        try await line.client.send("2 E")
        #expect(await line.client.receives(8))
        try await line.client.send("ND 3")
        await line.client.ends()
        await line.server.ends()
        #expect(line.client.text == "1 END2 E", "the answer never arrives")
        switch moment {
        case .before: #expect(line.server.text == "1 END2 E")
        case .after: #expect(line.server.text == "1 END2 END")
        case .reply: #expect(line.server.text == "1 END2 END 3")
        }
        #expect(line.proxy.statistics.cuts == 1 && trigger.armed == 0)
        try await line.stop()
    }
}
