import Contracts
import Foundation
import Logging
import Testing
import Wire
import WireNIO

/// A client in Go, from Debian's packages alone, against our servers.
@Suite("A ttrpc client written in Go", .enabled(if: GoPeer.isBuildable, "Go is not installed; Tools/setup --tests installs it"))
struct GoPeerTests {
    @Test("ranks the English samples through StartAssessment, WatchAssessment and GetAssessment, and finds the promises kept")
    func ranks() async throws {
        let scratch = try Scratch()
        let peer = try await GoPeer.build(in: scratch)
        let services = try Program(
            "huleedu", ["up", "--data", scratch.path + "/data", "--llm-provider-port", "0", "--cj-assessment-port", "0"])
        try #require(await services.wait(for: "cj-assessment  127.0.0.1:"), "\(services.output)")
        let line = services.output.split(separator: "\n").first { $0.hasPrefix("cj-assessment") } ?? ""
        let address = line.split(separator: " ").last.map(String.init) ?? ""

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
        let peer = try await GoPeer.build(in: scratch)
        let server = WireServer(services: [EchoService()], configuration: ServerConfiguration(), logger: Logger(label: "test"))
        let address = try await server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            let checks = try Program(peer, ["echo", "\(address)"])
            #expect(await checks.status() == 0, "\(checks.output)")
            #expect(checks.output.split(separator: "\n").filter { $0.hasPrefix("ok ") }.count == 6, "\(checks.output)")
            server.beginGracefulShutdown()
            try await group.waitForAll()
        }
    }
}

/// The Go program of `Tools/peers/go`.
private enum GoPeer {
    static let isBuildable = ["/usr/bin/go", "/usr/local/go/bin/go"].contains { FileManager.default.isExecutableFile(atPath: $0) }

    /// Builds the program and returns its path.
    static func build(in scratch: Scratch) async throws -> String {
        let build = try Program(Package.root + "/Tools/peers/go/build", [scratch.path + "/go"])
        try #require(await build.status() == 0, "\(build.output)")
        return scratch.path + "/go/peer"
    }
}

/// Tells a client what of it arrived.
private struct EchoService: RPCService {
    let name = "huleedu.test.Echo"
    let methods = ["Describe", "Empty", "Fail", "Wait"]

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        switch method {
        case "Describe":
            let seen = WireV1.Request(
                service: context.method.service, method: context.method.method, payload: payload,
                timeoutNano: context.deadline.remaining.components.seconds * 1_000_000_000,
                metadata: context.metadata.entries.map { WireV1.KeyValue(key: $0.key, value: $0.value) })
            return try seen.encoded()
        case "Fail":
            let status = try WireV1.Status(decoding: payload)
            throw RPCError(StatusCode(rawValue: status.code) ?? .unknown, status.message)
        case "Wait":
            try await Task.sleep(for: .seconds(3600))
            return []
        default: return []
        }
    }
}
