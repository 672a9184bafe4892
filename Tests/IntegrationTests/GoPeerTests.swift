import Testing

/// A client in Go, from Debian's packages alone, against our servers.
@Suite(
    "A ttrpc client written in Go", .enabled(if: PeerPrograms.goIsThere, "Go is not installed; Tools/setup --tests installs it"))
struct GoPeerTests {
    @Test("ranks the English samples through StartAssessment, WatchAssessment and GetAssessment, and finds the promises kept")
    func ranks() async throws {
        let scratch = try Scratch()
        let peer = try await PeerPrograms.go(in: scratch)
        let (services, address) = try await PeerPrograms.services(in: scratch)

        let ranking = try Program(peer, ["rank", address, Package.root + "/Tools/samples/english"])
        #expect(await ranking.status() == 0, "\(ranking.output)")
        #expect(ranking.output.contains("The judge is simulated"))
        let rows = ranking.output.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count == 4 }.dropFirst()
        #expect(rows.count == 12, "\(ranking.output)")
        #expect(Set(rows.map { $0[1] }).count == 12)
        let ranks = rows.compactMap { Int($0[0]) }
        #expect(ranks == ranks.sorted() && ranks.first == 1)
        let abilities = rows.compactMap { Double($0[2]) }
        #expect(abilities == abilities.sorted(by: >) && abs(abilities.reduce(0, +)) < 0.01)
        #expect(rows.allSatisfy { Double($0[3]).map { $0 > 0 } ?? false })

        let checks = try Program(peer, ["check", address])
        #expect(await checks.status() == 0, "\(checks.output)")
        #expect(checks.output.split(separator: "\n").filter { $0.hasPrefix("ok ") }.count == 12, "\(checks.output)")

        services.interrupt()
        #expect(await services.status() == 0, "\(services.output)")
    }

    @Test("and a server of ours understand each other: payload, metadata, deadline, every status code")
    func echo() async throws {
        let scratch = try Scratch()
        let peer = try await PeerPrograms.go(in: scratch)
        try await PeerPrograms.serving([EchoService()]) { try await PeerPrograms.expectEcho(peer, checks: 6, at: $0) }
        let server = try Program(peer, ["serve", "127.0.0.1:0"])
        try await PeerPrograms.calling(server) { try await EchoCases.run($0) }
    }

    @Test("and a server of its library are told apart where the library differs from the protocol's page, and nowhere else")
    func conformance() async throws {
        let scratch = try Scratch()
        let server = try Program(try await PeerPrograms.go(in: scratch), ["serve", "127.0.0.1:0"])
        // It ignores data, and waits for lengths of 16 MiB and more, and for the rest of a frame whose client has gone.
        let silence: Set = ["WC025", "WC027", "WC028"]
        let outcome = try await ConformanceOutcome(
            "127.0.0.1:\(try await PeerPrograms.port(of: server))", silent: silence, ["--method", "huleedu.test.Echo/Describe"])
        let differences = silence.union([
            // It marks nothing as refused.
            "WC020", "WC021", "WC041",
            // A message that cannot be read is INTERNAL.
            "WC023",
            // It does not look at a timeout before a handler does, and takes any metadata.
            "WC026", "WC043",
        ])
        #expect(outcome.status == 3 && outcome.failed == differences && outcome.passed.count == 18, "\(outcome.output)")
    }
}
