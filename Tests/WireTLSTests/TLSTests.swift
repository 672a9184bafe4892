import Certificates
import FoundationEssentials
import NIOCore
import NIOPosix
import Testing
import Wire
import WireNIO

@testable import WireTLS

@Suite("Calls over TLS", .timeLimit(.minutes(2)))
struct TLSTests {
    let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func server(_ names: [String] = ["localhost"], limits: ServerTLS.Limits = .init()) throws -> ServerTLS {
        var files = try authority.files("server", names: names)
        files.authorities = nil
        return try ServerTLS(files: files, limits: limits, logger: silent)
    }

    private func client(name: String? = nil) throws -> ClientTLS {
        try ClientTLS(files: TLSFiles(authorities: authority.authorities), serverName: name, logger: silent)
    }

    @Test("carries calls of every size, many at a time")
    func calls() async throws {
        try await withServer(security: try server()) { address in
            try await withClient(address, security: try client()) { client in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for size in [0, 1, 16_383, 16_384, 1_000_000, 4_000_000] {
                        group.addTask {
                            let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
                            return try await client.call(WhoService.echo, payload: payload, options: .timeout(.seconds(60)))
                                == payload
                        }
                    }
                    for try await isWhole in group { #expect(isWhole) }
                }
            }
        }
    }

    @Test("names what is wrong with a server's certificate, at once")
    func distrusted() async throws {
        let stranger = try TestAuthority()
        let (client, foreign) = (try client(), try ClientTLS(files: TLSFiles(authorities: stranger.authorities), logger: silent))
        try await withServer(security: try server()) { address in
            // Signed by nobody whom the client trusts.
            let untrusted = await failure { try await withClient(address, security: foreign) { try await $0.who() } }
            #expect(untrusted?.code == .unavailable && untrusted?.isRefused == true)
            #expect(untrusted?.message.contains("TLS failed") == true)
            // Another name than the one by which it was looked for, and an address that the certificate does not hold.
            let misnamed = await failure {
                try await withClient(address, security: try self.client(name: "elsewhere.example")) { try await $0.who() }
            }
            #expect(misnamed?.message.contains("TLS failed") == true)
            let unaddressed = await failure {
                try await withClient(address, host: "127.0.0.1", security: client) { try await $0.who() }
            }
            #expect(unaddressed?.message.contains("TLS failed") == true)
        }
        var expired = try authority.files("expired", names: ["localhost"], lifetime: -60)
        expired.authorities = nil
        try await withServer(security: try ServerTLS(files: expired, logger: silent)) { address in
            let late = await failure { try await withClient(address, security: client) { try await $0.who() } }
            #expect(late?.message.contains("TLS failed") == true)
        }
    }

    @Test("takes an address that the certificate holds")
    func address() async throws {
        var files = try authority.files("server", names: [], addresses: ["127.0.0.1"])
        files.authorities = nil
        try await withServer(security: try ServerTLS(files: files, logger: silent)) { address in
            let who = try await withClient(address, host: "127.0.0.1", security: try client()) { try await $0.who() }
            #expect(who == "unknown")
        }
    }

    @Test("asks clients for certificates where it has authorities for them, and knows their names")
    func mutual() async throws {
        let files = try authority.files("server", names: ["localhost"])
        try await withServer(security: try ServerTLS(files: files, logger: silent), access: OpenAccess()) { address in
            for (names, common, expected) in [
                (["portal.example.org", "other.example.org"], "x", "portal.example.org, other.example.org"),
                ([], "a backend", "a backend"),
            ] {
                let own = try authority.files("client", names: names, commonName: common)
                let who = try await withClient(address, security: try ClientTLS(files: own, logger: silent)) {
                    try await $0.who()
                }
                #expect(who == expected)
            }
            // None, and one of somebody else's.
            let without = await failure { try await withClient(address, security: try client()) { try await $0.who() } }
            #expect(without?.code == .unavailable)
            let stranger = try TestAuthority()
            var foreign = try stranger.files("client", names: ["portal.example.org"])
            foreign.authorities = authority.authorities
            let distrusted = await failure {
                try await withClient(address, security: try ClientTLS(files: foreign, logger: silent)) { try await $0.who() }
            }
            #expect(distrusted?.code == .unavailable)
        }
    }

    @Test("a plain client and a secure server do not meet, nor the other way round")
    func mixed() async throws {
        try await withServer(security: try server()) { address in
            let plain = await failure { try await withClient(address) { try await $0.who(within: .seconds(3)) } }
            #expect(plain?.code == .unavailable)
        }
        try await withServer { address in
            let secure = await failure {
                try await withClient(address, security: try client()) { try await $0.who(within: .seconds(3)) }
            }
            #expect(secure?.code == .unavailable && secure?.message.contains("TLS failed") == true)
        }
    }

    @Test("shows the new certificate after it was renewed, and the old one while the new one is no good")
    func renewal() async throws {
        var files = try authority.files("server", names: ["first.example"])
        files.authorities = nil
        try await withServer(security: try ServerTLS(files: files, interval: .zero, logger: silent)) { address in
            func isKnown(as name: String) async throws -> Bool {
                await failure { try await withClient(address, security: try client(name: name)) { try await $0.who() } } == nil
            }
            #expect(try await isKnown(as: "first.example"))
            try TestAuthority.write("no certificate", to: files.certificate!)
            #expect(try await isKnown(as: "first.example"))
            _ = try authority.files("server", names: ["second.example"])
            #expect(try await isKnown(as: "second.example"))
            #expect(try await !isKnown(as: "first.example"))
        }
    }

    /// Connections, one after the other, over which nothing is ever sent.
    private func silentPeers(_ count: Int, at address: BoundAddress) async throws -> [any Channel] {
        var peers: [any Channel] = []
        for _ in 0..<count {
            peers.append(
                try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: address.host, port: address.port).get())
        }
        return peers
    }

    /// How many are left as soon as one has been closed. Which of them that is, is open: they are made secure on several event loops.
    private func left(of peers: [any Channel]) async throws -> Int {
        let refused = peers[0].eventLoop.makePromise(of: Void.self)
        for peer in peers { peer.closeFuture.cascade(to: refused) }
        try await refused.futureResult.get()
        return peers.count { $0.isActive }
    }

    @Test("ends handshakes that take too long, and takes so many at once and no more")
    func handshakes() async throws {
        var limits = ServerTLS.Limits()
        limits.handshakes = 3
        // Longer than this test may take, so that it is never why one is closed.
        limits.handshakeTimeout = .seconds(600)
        try await withServer(security: try server(limits: limits)) { address in
            let left = try await left(of: silentPeers(4, at: address))
            #expect(left == 3)
        }
        limits.handshakes = 256
        limits.handshakesPerAddress = 2
        try await withServer(security: try server(limits: limits)) { address in
            let left = try await left(of: silentPeers(3, at: address))
            #expect(left == 2)
        }
        limits.handshakeTimeout = .milliseconds(300)
        limits.handshakesPerAddress = 3
        try await withServer(security: try server(limits: limits)) { address in
            // All of them, when their time is over; then there is room again.
            for peer in try await silentPeers(3, at: address) { try await peer.closeFuture.get() }
            let who = try await withClient(address, security: try client()) { try await $0.who() }
            #expect(who == "unknown")
        }
    }

    @Test("what comes behind a header that no peer sends is dropped, and the connection closed, though the peer says no farewell")
    func hostile() async throws {
        try await withServer(security: try server()) { address in
            let client = try client()
            let closed = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "localhost", port: address.port).flatMapThrowing { channel in
                    try client.secure(channel, server: "localhost")
                    return channel
                }.get()
            // The header, and then as much as the server would take in a second.
            closed.write(ByteBuffer(bytes: [0xFF, 0, 0, 0, 0, 0, 0, 1, 1, 0]), promise: nil)
            let piece = ByteBuffer(repeating: 7, count: 1 << 20)
            for _ in 0..<64 { closed.writeAndFlush(piece, promise: nil) }
            try await closed.closeFuture.get()
            let who = try await withClient(address, security: client) { try await $0.who() }
            #expect(who == "unknown")
        }
    }

    @Test("names the file that is missing or no good")
    func files() throws {
        let good = try authority.files("server", names: ["localhost"])
        let other = try authority.files("other", names: ["localhost"])
        let empty = authority.folder.appending(path: "empty.pem").path
        try TestAuthority.write("", to: empty)
        let wrong: [(TLSFiles, TLSError.File)] = [
            (TLSFiles(), .certificate),
            (TLSFiles(certificate: good.certificate), .key),
            (TLSFiles(certificate: good.certificate, key: "/nowhere"), .key),
            (TLSFiles(certificate: "/nowhere", key: good.key), .certificate),
            (TLSFiles(certificate: empty, key: good.key), .certificate),
            (TLSFiles(certificate: good.certificate, key: other.key), .certificate),
            (TLSFiles(certificate: good.certificate, key: good.key, authorities: empty), .authorities),
        ]
        for (files, file) in wrong {
            let error = #expect(throws: TLSError.self) { try ServerTLS(files: files, logger: silent) }
            #expect(error?.file == file, "\(files)")
        }
        #expect(throws: TLSError.self) { try ClientTLS(files: TLSFiles(authorities: empty), logger: silent) }
        #expect(throws: TLSError.self) { try ClientTLS(files: TLSFiles(key: good.key), logger: silent) }
    }
}
