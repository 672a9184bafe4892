import Certificates
import Contracts
import FakeProvider
import Foundation
import Logging
import PostgresTestSupport
import Testing
import Wire
import WireNIO
import WireTLS

@Suite("Services that ask who calls, over TLS", .timeLimit(.minutes(5)))
struct ProtectionProgramTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func run(_ name: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        let program = try Program(name, arguments)
        return (await program.status(), program.output)
    }

    /// Has a token made, and gives it and the line for the file.
    private func token(_ name: String, _ role: String) async throws -> (token: String, line: String) {
        let made = try await run("huleedu", ["access", "token", name, role])
        let lines = made.output.split(separator: "\n")
        try #require(made.status == 0 && lines.count == 2, "\(made.output)")
        let token = try #require(lines[0].split(separator: " ").last)
        let line = try #require(lines[1].split(separator: ":", maxSplits: 1).last)
        return (String(token), line.trimmingCharacters(in: .whitespaces))
    }

    /// Starts a service and waits until it says where.
    private func serve(_ name: String, _ arguments: [String], _ url: String) async throws -> (Program, port: Int) {
        let program = try Program("huleedu", ["serve", name] + arguments, environment: ["HULEEDU_SIMULATED_URL": url])
        try #require(await program.wait(for: "\(name)  127.0.0.1:"), "\(program.output)")
        let line = try #require(program.output.split(separator: "\n").first { $0.hasPrefix("\(name)  ") })
        return (program, try #require(line.split(separator: ":").last.flatMap { Int($0) }))
    }

    @Test("an assessment runs over two secure services, for those who may, and nobody else is served")
    func assessment() async throws {
        let (authority, scratch, database) = (try TestAuthority(), try Scratch(), try await TestDatabase.make())
        let server = try authority.files("server", names: ["localhost"])
        let (portal, stranger) = (try await token("portal", "backend"), try await token("stranger", "reader"))
        try scratch.write(
            """
            role backend  huleedu.cj.v1.CJAssessment/*
            role reader   huleedu.events.v1.EventFeed/*
            role service  huleedu.llm.v1.LLMProvider/* huleedu.events.v1.EventFeed/*
            role anyone   huleedu.wire.v1.Health/Check huleedu.wire.v1.Reflection/*
            \(portal.line)
            \(stranger.line)
            certificate localhost service
            """.utf8, to: "access")
        try scratch.write(portal.token.utf8, to: "portal")
        try scratch.write(stranger.token.utf8, to: "stranger")
        let access = scratch.path + "/access"
        #expect(try await run("huleedu", ["access", "check", access]).output == "4 roles, 2 tokens, 1 names of certificates\n")

        let fake = try FakeProvider(configuration: FakeProviderConfiguration())
        let place = try await fake.start()
        let url = "http://\(place.host):\(place.port)"
        let common =
            [
                "--database", database.connectionString, "--port", "0", "--access", access, "--tls-certificate",
                server.certificate!,
            ]
            + ["--tls-key", server.key!]
        // The provider's only client shows its certificate.
        let (provider, providerPort) = try await serve(
            "llm-provider", common + ["--tls-client-authorities", authority.authorities], url)
        let (assessments, port) = try await serve(
            "cj-assessment",
            common + ["--llm-provider", "localhost:\(providerPort)", "--llm-provider-authorities", authority.authorities], url)

        let client = WireClient(
            host: "localhost", port: port, configuration: ClientConfiguration(),
            security: try ClientTLS(files: TLSFiles(authorities: authority.authorities), logger: Self.silent),
            token: { portal.token }, logger: Self.silent)
        let assessment = CJV1.CJAssessmentClient(client)
        _ = try await assessment.startAssessment(
            CJV1.StartAssessmentRequest(
                assessmentID: "class-7",
                essays: ["a", "b", "c"].map { CJV1.Essay(id: $0, text: Array("The text of \($0).".utf8)) },
                language: "en", judge: CJV1.JudgeSettings(provider: "simulated", model: "simulated-judge")))
        var progress: CJV1.AssessmentProgress?
        repeat {
            progress = try await assessment.watchAssessment(
                CJV1.WatchAssessmentRequest(
                    assessmentID: "class-7", afterRevision: progress?.revision ?? 0, waitMilliseconds: 10_000)
            ).progress
        } while progress?.state == .running
        #expect(progress?.state == .completed)
        await client.close()

        // The same by the operator's tool: anybody may ask for the health, the portal for its assessments, and the stranger not.
        func call(_ method: String, _ more: String...) async throws -> (status: Int32, output: String) {
            try await run(
                "wiredump", ["call", "localhost:\(port)", method, "--tls-authorities", authority.authorities] + more)
        }
        let health = "huleedu.wire.v1.Health/Check"
        let get = "huleedu.cj.v1.CJAssessment/GetAssessment"
        #expect(try await call(health).output.contains("SERVING"))
        #expect(try await call(get).output.contains("UNAUTHENTICATED"))
        let own = try await call(get, "--data", #"{"assessment_id": "class-7"}"#, "--token", scratch.path + "/portal")
        #expect(own.status == 0 && own.output.contains("ASSESSMENT_STATE_COMPLETED"), "\(own.output)")
        #expect(try await call(get, "--token", scratch.path + "/stranger").output.contains("PERMISSION_DENIED"))
        let plain = try await run("wiredump", ["call", "localhost:\(port)", health, "--timeout", "5"])
        #expect(plain.status == 2 && plain.output.contains("UNAVAILABLE"), "\(plain.output)")
        // Whoever has no certificate does not even get to the provider.
        let outside = try await run(
            "wiredump",
            ["call", "localhost:\(providerPort)", health, "--tls-authorities", authority.authorities, "--timeout", "5"])
        #expect(outside.status == 2 && outside.output.contains("UNAVAILABLE"), "\(outside.output)")

        assessments.interrupt()
        #expect(await assessments.status() == 0, "\(assessments.output)")
        provider.interrupt()
        #expect(await provider.status() == 0, "\(provider.output)")
        #expect(!(assessments.output + provider.output).contains(portal.token))
        await fake.stop()
    }

    @Test("a service that would ask nobody does not begin where others can reach it")
    func unprotected() async throws {
        let database = try await TestDatabase.make()
        let refused = try Program(
            "huleedu", ["serve", "cj-assessment", "--database", database.connectionString, "--port", "0", "--host", "0.0.0.0"])
        #expect(await refused.status() == 64)
        #expect(refused.output.contains("--open-to-all"), "\(refused.output)")
    }
}
