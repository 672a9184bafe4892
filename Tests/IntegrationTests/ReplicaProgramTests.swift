import Contracts
import FakeProvider
import Logging
import PostgresTestSupport
import Testing
import Wire
import WireNIO

@Suite("Replicas of a service", .timeLimit(.minutes(5)))
struct ReplicaProgramTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Starts a service and waits until it says where.
    private func serve(_ name: String, _ arguments: [String], _ url: String) async throws -> (Program, port: Int) {
        let program = try Program(
            "huleedu", ["serve", name, "--port", "0"] + arguments,
            environment: ["HULEEDU_SIMULATED_URL": url, "HULEEDU_LEASE_SECONDS": "2"])
        try #require(await program.wait(for: "\(name)  127.0.0.1:"), "\(program.output)")
        let line = try #require(program.output.split(separator: "\n").first { $0.hasPrefix("\(name)  ") })
        return (program, try #require(line.split(separator: ":").last.flatMap { Int($0) }))
    }

    @Test("an assessment completes with the provider service that is left when the other is killed in the middle")
    func death() async throws {
        let database = try await TestDatabase.make()
        // Slow enough for the assessment to be under way while one is killed.
        let latency = FakeProviderConfiguration.Latency(minimum: .milliseconds(50), maximum: .milliseconds(50))
        let fake = try FakeProvider(configuration: FakeProviderConfiguration(latency: latency))
        let place = try await fake.start()
        let url = "http://\(place.host):\(place.port)"
        let common = ["--database", database.connectionString]
        let (first, firstPort) = try await serve("llm-provider", common, url)
        let (second, secondPort) = try await serve("llm-provider", common, url)
        let (assessments, port) = try await serve(
            "cj-assessment", common + ["--llm-provider", "127.0.0.1:\(firstPort),127.0.0.1:\(secondPort)"], url)

        let client = WireClient(host: "127.0.0.1", port: port, configuration: ClientConfiguration(), logger: Self.silent)
        let assessment = CJV1.CJAssessmentClient(client)
        _ = try await assessment.startAssessment(
            CJV1.StartAssessmentRequest(
                assessmentID: "class-7",
                essays: (1...8).map { CJV1.Essay(id: "\($0)", text: Array("The text of \($0).".utf8)) },
                language: "en", judge: CJV1.JudgeSettings(provider: "simulated", model: "simulated-judge")))
        var progress: CJV1.AssessmentProgress?
        func watch(while goesOn: (CJV1.AssessmentProgress) -> Bool) async throws {
            repeat {
                progress = try await assessment.watchAssessment(
                    CJV1.WatchAssessmentRequest(
                        assessmentID: "class-7", afterRevision: progress?.revision ?? 0, waitMilliseconds: 10_000)
                ).progress
            } while progress.map(goesOn) ?? true
        }
        try await watch { $0.state == .running && $0.judged == 0 }
        let replica = WireClient(host: "127.0.0.1", port: firstPort, configuration: ClientConfiguration(), logger: Self.silent)
        let statistics = try await WireV1.StatisticsClient(replica).getStatistics(WireV1.GetStatisticsRequest())
        #expect(
            statistics.methods.contains { $0.method.hasSuffix("LLMProvider/Submit") && $0.calls > 0 }, "\(statistics.methods)")
        await replica.close()
        first.kill()
        #expect(progress?.state == .running)
        try await watch { $0.state == .running }
        #expect(progress?.state == .completed)
        await client.close()

        assessments.interrupt()
        #expect(await assessments.status() == 0, "\(assessments.output)")
        second.interrupt()
        #expect(await second.status() == 0, "\(second.output)")
        await fake.stop()
    }
}
