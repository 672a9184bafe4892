import Glibc
import Testing
import Wire

@testable import WireNIO

@Suite("Watching over a connection's peer", .timeLimit(.minutes(2)))
struct KeepaliveTests {
    /// What a socket of this process says of itself.
    private struct Watch: Equatable {
        var isOn, idle, interval, probes, unacknowledged: CInt

        init(isOn: CInt = 1, idle: CInt, interval: CInt, probes: CInt, unacknowledged: CInt) {
            (self.isOn, self.idle, self.interval, self.probes) = (isOn, idle, interval, probes)
            self.unacknowledged = unacknowledged
        }

        init(_ descriptor: CInt) {
            func option(_ level: CInt, _ name: CInt) -> CInt {
                var value: CInt = -1
                var size = socklen_t(MemoryLayout<CInt>.size)
                return getsockopt(descriptor, level, name, &value, &size) == 0 ? value : -1
            }
            let tcp = CInt(IPPROTO_TCP)
            self.init(
                isOn: option(SOL_SOCKET, SO_KEEPALIVE), idle: option(tcp, TCP_KEEPIDLE), interval: option(tcp, TCP_KEEPINTVL),
                probes: option(tcp, TCP_KEEPCNT), unacknowledged: option(tcp, TCP_USER_TIMEOUT))
        }
    }

    private typealias Name = (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt

    /// One end of a connection.
    private struct End: Hashable {
        let address: UInt32
        let port: Int
    }

    private func end(_ descriptor: CInt, _ name: Name) -> End? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(descriptor, $0, &length) == 0 }
        }
        guard isNamed, CInt(address.sin_family) == AF_INET else { return nil }
        return End(address: address.sin_addr.s_addr, port: Int(UInt16(bigEndian: address.sin_port)))
    }

    /// The connections of this process's own clients to a server of it: of each both sockets, which have the same two ends. Another socket
    /// may have one of the ports, but not both ends.
    private func sockets(of address: BoundAddress) -> (server: [Watch], client: [Watch]) {
        let connected = (CInt(0)..<4096).compactMap { descriptor -> (CInt, own: End, other: End)? in
            guard let own = end(descriptor, { getsockname($0, $1, $2) }), let other = end(descriptor, { getpeername($0, $1, $2) })
            else { return nil }
            return (descriptor, own, other)
        }
        let listener = End(address: inet_addr(address.host), port: address.port)
        let pairs = connected.compactMap { server -> (CInt, CInt)? in
            guard server.own == listener else { return nil }
            return connected.first { $0.own == server.other && $0.other == server.own }.map { (server.0, $0.0) }
        }
        return (pairs.map { Watch($0.0) }, pairs.map { Watch($0.1) })
    }

    @Test("is asked of the kernel on both sockets, with the values that were configured")
    func options() async throws {
        var server = ServerConfiguration()
        var client = ClientConfiguration()
        client.keepalive.idle = .seconds(60)
        client.keepalive.interval = .seconds(7)
        client.keepalive.probes = 5
        client.keepalive.unacknowledged = .milliseconds(90_500)
        let usual = Watch(idle: 6, interval: 4, probes: 3, unacknowledged: 0)
        let chosen = Watch(idle: 60, interval: 7, probes: 5, unacknowledged: 90_500)
        try await withServer(configuration: server) { address, _ in
            try await withClient(address, configuration: client) { client in
                try await expectEcho(of: [1], by: client)
                let sockets = sockets(of: address)
                #expect(sockets.server == [usual] && sockets.client == [chosen])
            }
        }
        swap(&server.keepalive, &client.keepalive)
        try await withServer(configuration: server) { address, _ in
            try await withClient(address, configuration: client) { client in
                try await expectEcho(of: [1], by: client)
                let sockets = sockets(of: address)
                #expect(sockets.server == [chosen] && sockets.client == [usual])
            }
        }
    }

    @Test("notices a peer that has vanished in less than twenty seconds, by default")
    func defaults() {
        for keepalive in [ClientConfiguration().keepalive, ServerConfiguration().keepalive] {
            #expect(keepalive.idle + keepalive.interval * keepalive.probes < .seconds(20))
        }
        #expect(ClientConfiguration().keepalive.unacknowledged == .seconds(15))
        // A peer that lives and takes no answer off has the server's own patience, which is longer.
        #expect(ServerConfiguration().keepalive.unacknowledged == nil)
    }

    @Test("never asks for what the kernel would refuse")
    func borders() async throws {
        var least = Keepalive(unacknowledged: nil)
        (least.idle, least.interval, least.probes, least.unacknowledged) = (.zero, .seconds(-1), 0, .microseconds(1))
        var most = Keepalive(unacknowledged: nil)
        let ages = Duration.seconds(Int64.max)
        (most.idle, most.interval, most.probes, most.unacknowledged) = (.seconds(32_768), ages, 128, ages)
        for (keepalive, expected) in [
            (least, Watch(idle: 1, interval: 1, probes: 1, unacknowledged: 1)),
            (most, Watch(idle: 32_767, interval: 32_767, probes: 127, unacknowledged: .max)),
        ] {
            var configuration = ServerConfiguration()
            configuration.keepalive = keepalive
            try await withServer(configuration: configuration) { address, _ in
                try await withClient(address) { client in
                    try await expectEcho(of: [1], by: client)
                    #expect(sockets(of: address).server == [expected])
                }
            }
        }
    }
}
