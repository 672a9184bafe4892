import Contracts
import SampleContracts
import ServiceKit
import Testing
import Wire
import WireNIO

/// The second implementation of the base profile, written in Python from the protocol's page, against the first.
@Suite(
    "The protocol in Python",
    .enabled(if: PeerPrograms.pythonIsThere, "needs protoc and python3-protobuf; Tools/setup --tests installs them"),
    .timeLimit(.minutes(5)))
struct PythonPeerTests {
    private typealias Sample = SampleV1.Sample

    @Test("keeps the promises of its own unit tests, hostile byte streams among them")
    func unitTests() async throws {
        let scratch = try Scratch()
        let tests = try await PeerPrograms.python(in: scratch).startTests()
        #expect(await tests.status() == 0, "\(tests.output)")
        #expect(tests.output.contains("\nRan ") && tests.output.hasSuffix("\nOK\n"), "\(tests.output)")
    }

    @Test("calls a server of ours, and streams to it and from it")
    func ourServer() async throws {
        let scratch = try Scratch()
        let python = try await PeerPrograms.python(in: scratch)
        let health = Health(checks: [SampleV1.SamplesServer.serviceName: { nil }])
        let services: [any RPCService] = [SampleV1.SamplesServer(PeerSamples()), EchoService(), WireV1.HealthServer(health)]
        try await PeerPrograms.serving(services) { address in
            let checks = try python.start("peer", ["check", address])
            #expect(await checks.status() == 0, "\(checks.output)")
            #expect(checks.output.split(separator: "\n").filter { $0.hasPrefix("ok ") }.count == 36, "\(checks.output)")
        }
    }

    @Test("serves a client of ours, which streams to it and from it, and a client in Go")
    func ourClient() async throws {
        let scratch = try Scratch()
        let server = try await PeerPrograms.python(in: scratch).start("peer", ["serve", "127.0.0.1", "0"])
        var configuration = ClientConfiguration()
        configuration.maximumMessageBytes = 8 << 20
        try await PeerPrograms.calling(server, configuration: configuration) { client in
            try await SampleCases(client: SampleV1.SamplesClient(client)).run()
            try await EchoCases.run(client)
            let tooLong = Sample(blob: [UInt8](repeating: 7, count: 4 << 20))
            let error = await #expect(throws: RPCError.self) { try await SampleV1.SamplesClient(client).get(tooLong) }
            #expect(error?.code == .resourceExhausted && error?.isRefused == true)
        }
        if PeerPrograms.goIsThere {
            let address = "127.0.0.1:\(try await PeerPrograms.port(of: server))"
            try await PeerPrograms.expectEcho(try await PeerPrograms.go(in: scratch), checks: 6, at: address)
        }
        server.terminate()
        #expect(await server.status() == 0, "\(server.output)")
    }

    @Test("serves as the page says, by every check that there is")
    func conforms() async throws {
        let scratch = try Scratch()
        let server = try await PeerPrograms.python(in: scratch).start("peer", ["serve", "127.0.0.1", "0"])
        let address = "127.0.0.1:\(try await PeerPrograms.port(of: server))"
        let outcome = try await ConformanceOutcome(address, silent: [])
        #expect(outcome.status == 0 && outcome.passed.count == 58, "\(outcome.output)")
        // It is a plain server.
        #expect(Set(outcome.skipped.values) == ["the server says no Hello"] && outcome.skipped.count == 11)
    }

    @Test("shuts down as the page says: what runs ends, what is new is refused, and health has said so")
    func drain() async throws {
        let scratch = try Scratch()
        let server = try await PeerPrograms.python(in: scratch).start("peer", ["serve", "127.0.0.1", "0"])
        try await PeerPrograms.calling(server) { client in
            let samples = SampleV1.SamplesClient(client)
            var health = try await WireV1.HealthClient(client).watch(WireV1.HealthCheckRequest()).makeAsyncIterator()
            #expect(try await health.next()?.status == .serving)
            let talk = try await samples.discuss()
            var answers = talk.responses.makeAsyncIterator()
            try await talk.requests.send(Sample(plainUint32: 1))
            #expect(try await answers.next()?.plainUint32 == 1)
            server.terminate()
            #expect(try await health.next()?.status == .notServing)
            #expect(try await health.next() == nil)
            let refused = await #expect(throws: RPCError.self) { try await samples.get(Sample()) }
            #expect(refused?.code == .unavailable && refused?.isRefused == true)
            try await talk.requests.send(Sample(plainUint32: 2))
            #expect(try await answers.next()?.plainUint32 == 2)
            talk.requests.finish()
            #expect(try await answers.next() == nil)
        }
        #expect(await server.status() == 0, "\(server.output)")
    }

    @Test("lets a stranger start an assessment and follow it to its end, in a hundred lines")
    func stranger() async throws {
        let scratch = try Scratch()
        let python = try await PeerPrograms.python(in: scratch)
        let (services, address) = try await PeerPrograms.services(in: scratch)
        let stranger = try python.start("stranger", [address, Package.root + "/Tools/samples/english"])
        #expect(await stranger.status() == 0, "\(stranger.output)")
        let lines = stranger.output.split(separator: "\n")
        let judged = lines.filter { $0.contains("comparisons by the simulated judge") }.compactMap {
            $0.split(separator: " ").first.flatMap { Int($0) }
        }
        #expect(judged.count > 1 && judged == judged.sorted(), "\(stranger.output)")
        let ranks = lines.filter { $0.contains(" ± ") }.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
        #expect(ranks.count == 12 && ranks == ranks.sorted() && ranks.first == 1, "\(stranger.output)")
        #expect(lines.last?.hasPrefix("ASSESSMENT_STATE_COMPLETED ") == true, "\(stranger.output)")
        services.interrupt()
        #expect(await services.status() == 0, "\(services.output)")
    }
}
