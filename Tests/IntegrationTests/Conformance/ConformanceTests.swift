import Certificates
import Contracts
import Logging
import SampleContracts
import ServiceKit
import Testing
import Wire
import WireNIO
import WireTLS

/// `wiredump conform` on servers that keep to the protocol, and on some that do not.
@Suite("The conformance checks", .timeLimit(.minutes(5)))
struct ConformanceTests {
    private static let services: [any RPCService] = [
        WireV1.HealthServer(Health(checks: [:])), SampleV1.SamplesServer(PeerSamples()), EchoService(),
    ]

    /// As `--list` has them.
    private static func listed() async throws -> [String] {
        let list = try Program("wiredump", ["conform", "--list"])
        #expect(await list.status() == 0)
        return list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    @Test("all pass on a server of ours, each under a name that no other has")
    func ours() async throws {
        let listed = try await Self.listed()
        #expect(Set(listed).count == listed.count && listed.count { $0.hasPrefix("WC") } == 55 && listed.count == 69)
        try await PeerPrograms.serving(Self.services) { address in
            let outcome = try await ConformanceOutcome(address, silent: [], ["--strict"])
            #expect(outcome.status == 0 && outcome.passed == Set(listed), "\(outcome.output)")
            #expect(outcome.output.hasSuffix("wiredump: passed: 69, skipped: 0, failed: 0\n"))
        }
    }

    @Test("all pass on a server of ours over TLS, and none is begun where the server is not trusted")
    func secure() async throws {
        let authority = try TestAuthority()
        var files = try authority.files("server", names: ["localhost"])
        files.authorities = nil
        let logger = Logger(label: "test")
        let server = WireServer(
            services: Self.services, configuration: ServerConfiguration(), security: try ServerTLS(files: files, logger: logger),
            logger: logger)
        let port = try await server.start().port
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            let trusted = try await ConformanceOutcome(
                "localhost:\(port)", silent: [], ["--strict", "--tls-authorities", authority.authorities])
            #expect(trusted.status == 0 && trusted.passed.count == 69, "\(trusted.output)")
            let distrusted = try await ConformanceOutcome("localhost:\(port)", ["--tls"])
            #expect(distrusted.status == 1 && distrusted.output.contains(" over TLS, got "), "\(distrusted.output)")
            server.beginGracefulShutdown()
            try await group.waitForAll()
        }
    }

    @Test("say of what a server lacks that it could not be tried")
    func skipped() async throws {
        try await PeerPrograms.serving([WireV1.HealthServer(Health(checks: [:]))]) { address in
            let outcome = try await ConformanceOutcome(address, silent: [])
            #expect(outcome.status == 0 && outcome.failed.isEmpty && outcome.passed.count == 43, "\(outcome.output)")
            #expect(outcome.skipped.count == 26)
            #expect(outcome.skipped["WC068"] == "the server has no huleedu.sample.v1.Samples/Get")
            #expect(outcome.skipped["custom_metadata"] == "the server has no huleedu.test.Echo/Describe")
            #expect(try await ConformanceOutcome(address, ["--strict"]).status == 3)
        }
    }

    /// Runs a service's host, which ends as the checks have it drain.
    private func draining(_ body: (BoundAddress) async throws -> Void) async throws {
        let host = ServiceHost(
            name: "drained", services: [], telemetry: Telemetry(metrics: MetricsRegistry()),
            configuration: ServerConfiguration(), check: { nil }, work: {}, close: {},
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let address = try await host.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            try await body(address)
            try await group.waitForAll()
        }
    }

    @Test("have a server drain at the end where they are told to, and find one that says the wrong last call")
    func drain() async throws {
        try await draining { address in
            let outcome = try await ConformanceOutcome(
                "\(address)", ["--drain", "--strict", "--only", "WC08*", "--only", "WC099"])
            #expect(outcome.status == 0 && outcome.passed.count == 11 && outcome.passed.contains("WC099"), "\(outcome.output)")
        }
        let rule = BrokenRule.answering("says another last call", ["WC099"]) { frame, _ in
            frame.type == .goAway ? [frame.with(payload: [0, 0, 0, 3] + frame.payload.dropFirst(4))] : nil
        }
        try await draining { address in
            let server = try await SpoilingServer.start(before: address.port, breaking: rule)
            let outcome = try await ConformanceOutcome(server.address, ["--drain", "--only", "WC099"])
            #expect(outcome.failed == ["WC099"], "\(outcome.output)")
            #expect(outcome.output.contains("# expected stream 5 as the last that was taken\n# got 3\n"), "\(outcome.output)")
            await server.stop()
        }
    }

    /// Checks of a server of ours that breaks a rule.
    private static func outcome(of rule: BrokenRule, before address: String) async throws -> ConformanceOutcome {
        let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
        let server = try await SpoilingServer.start(before: port, breaking: rule)
        let outcome = try await ConformanceOutcome(server.address, silent: rule.isSilent ? rule.checks : [])
        await server.stop()
        return outcome
    }

    @Test("find each broken rule by the checks of that rule, and by no others")
    func brokenRules() async throws {
        let count = try await Self.listed().count
        try await PeerPrograms.serving(Self.services) { address in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, rule) in BrokenRule.all.enumerated() {
                    // So many at a time, most of which wait.
                    if place >= 8 { try await group.next() }
                    group.addTask {
                        let outcome = try await Self.outcome(of: rule, before: address)
                        #expect(outcome.failed == rule.checks, "\(rule.fault): \(outcome.output)")
                        #expect(outcome.failed.count + outcome.passed.count == count, "\(rule.fault): \(outcome.output)")
                        #expect(outcome.status == (rule.isSilent ? 0 : 3), "\(rule.fault): \(outcome.output)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("can each fail")
    func complete() async throws {
        let listed = Set(try await Self.listed())
        // Two are broken below; what is read in pieces is for the network to say.
        #expect(listed.subtracting(BrokenRule.all.flatMap(\.checks)) == ["WC001", "WC003", "WC028"])
        try await PeerPrograms.serving(Self.services) { address in
            var dying = BrokenRule("dies of a connection that ends inside a frame", [])
            dying.survivesCutFrames = false
            let order = try await Self.listed()
            let dead = try await Self.outcome(of: dying, before: address)
            #expect(dead.failed == Set(order.drop { $0 != "WC028" }), "\(dead.output)")
            let flagging = BrokenRule.answering("sets flags in responses", []) { frame, _ in
                frame.type == .response ? [frame.with(flags: .remoteClosed)] : nil
            }
            let flagged = try await Self.outcome(of: flagging, before: address)
            #expect(flagged.failed.contains("WC001") && flagged.passed.isSuperset(of: ["WC027", "WC060"]), "\(flagged.output)")
        }
    }

    @Test("tell what was expected and what came, as JSON too")
    func told() async throws {
        try await PeerPrograms.serving(Self.services) { address in
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            let rule = try #require(BrokenRule.all.first { $0.checks == ["WC024"] })
            let server = try await SpoilingServer.start(before: port, breaking: rule)
            let tap = try await ConformanceOutcome(server.address, ["--only", "wc02*", "--except", "WC027"])
            #expect(tap.failed == ["WC024"] && tap.passed.count == 8)
            #expect(
                tap.output.contains(
                    "not ok 5 - WC024 a request on an even stream is INVALID_ARGUMENT\n"
                        + "# expected INVALID_ARGUMENT on stream 2\n# got OK on stream 2 with flags 0\n"), "\(tap.output)")
            let json = try await ConformanceOutcome(server.address, ["--only", "WC024", "--format", "json"])
            #expect(json.status == 3)
            #expect(
                json.output.hasPrefix(
                    #"{"check":"WC024","claim":"a request on an even stream is INVALID_ARGUMENT","result":"failed","#
                        + #""expected":"INVALID_ARGUMENT on stream 2","got":"OK on stream 2 with flags 0"}"#), "\(json.output)")
            await server.stop()
        }
    }

    @Test("are not begun where there is no server, or one that does not answer the method well")
    func nobody() async throws {
        let nobody = try await ConformanceOutcome("127.0.0.1:1")
        #expect(nobody.status == 1)
        #expect(nobody.output == "TAP version 13\nBail out! expected a connection to 127.0.0.1:1, got none: Connection refused\n")
        try await PeerPrograms.serving([EchoService()]) { address in
            let other = try await ConformanceOutcome(address)
            #expect(other.status == 1 && other.output.contains("Bail out! expected that huleedu.wire.v1.Health/Check answers"))
            let named = try await ConformanceOutcome(address, ["--method", "huleedu.test.Echo/Describe", "--only", "WC001"])
            #expect(named.status == 0 && named.passed == ["WC001"])
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            let mute = try await SpoilingServer.start(before: port, breaking: .asking("says nothing", []) { _, _ in .dropped })
            let silence = try await ConformanceOutcome(mute.address, ["--timeout", "0.5"])
            await mute.stop()
            #expect(silence.status == 1 && silence.output.hasSuffix("an empty request well, got nothing\n"), "\(silence.output)")
        }
    }

    @Test("wait for a server that is still to come")
    func late() async throws {
        try await PeerPrograms.serving(Self.services) { address in
            let behind = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            let none = BrokenRule("keeps every rule", [])
            let early = try await SpoilingServer.start(before: behind, breaking: none)
            let port = early.port
            await early.stop()
            let run = try Program("wiredump", ["conform", "127.0.0.1:\(port)", "--wait", "60", "--only", "WC00*"])
            // Long enough to find nobody; if it has not looked by then, it finds the server at once.
            try await Task.sleep(for: .milliseconds(300))
            let late = try await SpoilingServer.start(before: behind, breaking: none, on: port)
            #expect(await run.status() == 0 && run.output.contains("passed: 9,"), "\(run.output)")
            await late.stop()
        }
    }
}
