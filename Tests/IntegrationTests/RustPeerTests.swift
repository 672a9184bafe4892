import Contracts
import Testing
import Wire

/// A client and a server in Rust, by its standard library alone, against ours.
@Suite(
    "Unary calls in Rust", .enabled(if: PeerPrograms.rustIsThere, "needs Debian's rustc; Tools/setup --tests installs it"),
    .timeLimit(.minutes(5)))
struct RustPeerTests {
    @Test("are answered by a server of ours and by one in Python")
    func client() async throws {
        let scratch = try Scratch()
        let peer = try await PeerPrograms.rust(in: scratch)
        try await PeerPrograms.serving([EchoService()]) { try await PeerPrograms.expectEcho(peer, checks: 8, at: $0) }
        guard PeerPrograms.pythonIsThere else { return }
        let python = try await PeerPrograms.python(in: scratch).start("peer", ["serve", "127.0.0.1", "0"])
        try await PeerPrograms.expectEcho(peer, checks: 8, at: "127.0.0.1:\(try await PeerPrograms.port(of: python))")
    }

    @Test("are answered by one in Rust, for a client of ours and for one in Go")
    func server() async throws {
        let scratch = try Scratch()
        let server = try Program(try await PeerPrograms.rust(in: scratch), ["serve", "127.0.0.1:0"])
        try await PeerPrograms.calling(server) { try await EchoCases.run($0) }
        let conformance = try await ConformanceOutcome(
            "127.0.0.1:\(try await PeerPrograms.port(of: server))", silent: [], ["--method", "huleedu.test.Echo/Describe"])
        #expect(conformance.status == 0 && conformance.passed.count == 27, "\(conformance.output)")
        guard PeerPrograms.goIsThere else { return }
        let address = "127.0.0.1:\(try await PeerPrograms.port(of: server))"
        try await PeerPrograms.expectEcho(try await PeerPrograms.go(in: scratch), checks: 6, at: address)
    }
}
