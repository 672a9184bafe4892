import Synchronization
import Testing
import Watching
import Wire

@testable import WireNIO

@Suite("The addresses of a pool", .timeLimit(.minutes(2)))
struct PoolAddressTests {
    private static let soon = CallOptions.timeout(.seconds(100))

    /// What a name stands for, which a test may change.
    private final class Zone: Sendable {
        let addresses = Mutex<[String]>([])

        func lookUp(_ host: String) throws -> [String] {
            let addresses = addresses.withLock { $0 }
            guard host == "servers.test", !addresses.isEmpty else { throw SystemLookup.Failure(description: "not known") }
            return addresses
        }
    }

    @Test("are those that its names stand for: what has gone drains, and what is new is called")
    func change() async throws {
        let gate = Gate()
        let seen = (0..<3).map { _ in Seen() }
        // Addresses of their own, so that one port is free at all of them.
        var configuration = ServerConfiguration(host: "127.0.0.81")
        let first = try await PoolServer.start(
            [TestService.working(seen[0]) { _ in try await gate.pass() }], configuration: configuration)
        configuration.port = first.address.port
        var servers = [first]
        for (host, seen) in [("127.0.0.82", seen[1]), ("127.0.0.83", seen[2])] {
            configuration.host = host
            servers.append(try await PoolServer.start([TestService.working(seen)], configuration: configuration))
        }
        let zone = Zone()
        let pool = WirePool(
            [ServerName(host: "servers.test", port: first.address.port)], configuration: .quick, security: nil, token: nil,
            lookUp: { try zone.lookUp($0) }, logger: silent)
        try await pool.run(beside: {
            // A name that is not there yet is looked up again.
            async let early = pool.call(TestService.unsafe, payload: [1], options: Self.soon)
            zone.addresses.withLock { $0 = ["127.0.0.81"] }
            await gate.arrivals(1)
            zone.addresses.withLock { $0 = ["127.0.0.82", "127.0.0.83"] }
            try await pool.members { $0.filter(\.isOpen).count == 2 && $0.contains(where: \.isLeaving) }
            for _ in 0..<6 { _ = try await pool.call(TestService.unsafe, payload: [2], options: Self.soon) }
            #expect(seen.map(\.count) == [1, 3, 3])
            // What runs at the address that has left comes to its end; then it is let go.
            gate.open()
            let answer = try await early
            #expect(answer == [1])
            try await pool.members { $0.count == 2 }
            // A name that is no longer found stands for what it stood for.
            zone.addresses.withLock { $0 = [] }
            for _ in 0..<6 { _ = try await pool.call(TestService.unsafe, payload: [3], options: Self.soon) }
            #expect(seen.map(\.count) == [1, 6, 6])
        })
        for server in servers { await server.kill() }
    }

    @Test("are connected to again when a server comes back")
    func comingBack() async throws {
        let configuration = ServerConfiguration(host: "127.0.0.84")
        let server = try await PoolServer.start([TestService.standard()], configuration: configuration)
        let again = ServerConfiguration(host: "127.0.0.84", port: server.address.port)
        try await withPool([server]) { pool in
            await server.kill()
            try await pool.members { $0[0].connection == nil }
            async let answer = pool.call(TestService.echo, payload: [7], options: Self.soon)
            let next = try await PoolServer.start([TestService.standard()], configuration: again)
            let echo = try await answer
            #expect(echo == [7])
            await next.kill()
        }
    }

    @Test("are found as the system finds them, and numbers stand for themselves")
    func systemLookup() async throws {
        let numbers = try await SystemLookup.addresses("192.0.2.7")
        #expect(numbers == ["192.0.2.7"])
        let long = try await SystemLookup.addresses("2001:db8::7")
        #expect(long == ["2001:db8::7"])
        let local = try await SystemLookup.addresses("localhost")
        #expect(local.contains { $0 == "127.0.0.1" || $0 == "::1" })
        await #expect(throws: SystemLookup.Failure.self) { _ = try await SystemLookup.addresses("no such host") }
    }

    @Test("have a stream each to its end: it counts as running there, and is not begun again elsewhere")
    func streams() async throws {
        let gate = Gate()
        let begun = Watched(0)
        let service = TestService.streaming { _, responses, _ in
            begun.change { $0 += 1 }
            try await responses.send([1])
            try await gate.pass()
        }
        let servers = [try await PoolServer.start([service]), try await PoolServer.start([service])]
        try await withPool(servers) { pool in
            let lost = try await pool.stream(options: Self.soon)
            await gate.arrivals(1)
            #expect(pool.members.map(\.running) == [1, 0])
            let kept = try await pool.stream(options: Self.soon)
            await gate.arrivals(2)
            #expect(pool.members.map(\.running) == [1, 1])
            await servers[0].kill()
            let (messages, error) = await collect(lost)
            #expect(messages == [[1]] && error?.code == .unavailable)
            gate.open()
            let (rest, end) = await collect(kept)
            #expect(rest == [[1]] && end == nil)
            try await pool.members { $0.allSatisfy { $0.running == 0 } }
            #expect(begun.withValue { $0 } == 2)
        }
        await servers[1].kill()
    }
}
