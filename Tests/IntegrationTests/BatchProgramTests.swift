import Chaos
import ChildProcesses
import Contracts
import Foundation
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire

@Suite("Assessments whose judge is asked in batches", .serialized, .timeLimit(.minutes(5)))
struct BatchProgramTests {
    private struct Ranking: Decodable {
        struct Cost: Decodable {
            let dispatch: String
        }
        struct Comparison: Decodable {
            let outcome: String?
        }
        let cost: Cost
        let comparisons: [Comparison]
    }

    @Test("huleedu rank says how the judge is asked, and why, and ranks", arguments: ["batch", "auto", "immediate"])
    func rank(dispatch: String) async throws {
        let scratch = try Scratch()
        let json = scratch.path + "/ranking.json"
        let shell = """
            "$0" rank "$1" --dispatch \(dispatch) --concurrency 16 --seed 7 --budget 30 --json --data "$2" >"$3"
            """
        let process = try Program(
            "/bin/bash",
            ["-c", shell, Programs.path("huleedu"), Package.root + "/Tools/samples/english", scratch.path + "/data", json])
        try #require(await process.status() == 0, "\(process.output)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let ranking = try decoder.decode(Ranking.self, from: Data(contentsOf: URL(filePath: json)))
        #expect(ranking.comparisons.count { $0.outcome != nil } == 30)
        let reason =
            switch dispatch {
            case "batch": "in batches at 50 % of the price, as was asked for"
            case "auto": "in batches at 50 % of the price: nothing limits the time"
            default: "immediately, as was asked for"
            }
        #expect(ranking.cost.dispatch.hasPrefix(reason), "\(ranking.cost.dispatch)")
    }

    @Test(
        "lose nothing, and pay for nothing twice, when the provider service dies at a batch",
        arguments: [
            "gather-batch.before-commit", "gather-batch.after-commit", "settle-batch.before-commit", "settle-batch.after-commit",
        ])
    func killed(point: String) async throws {
        let scratch = try Scratch()
        var options = Deployment.Options()
        options.limits = ["--batch-duration", "300"]
        let deployment = try await Deployment.start(
            connectionString: try await TestDatabase.make().connectionString, folder: scratch.path, options: options,
            logger: Logger(label: "test"))
        deployment.signal(.llmProvider, SIGKILL)
        _ = await deployment.end(of: .llmProvider)
        try await deployment.start(.llmProvider, crashAt: point + ":1")
        let essays = (1...8).map { number in
            CJV1.Essay(id: "essay-\(number)", text: Array("Essay \(number) is about the sea. \(number)".utf8))
        }
        _ = try await deployment.assessments.startAssessment(
            CJV1.StartAssessmentRequest(
                assessmentID: "by-batch", essays: essays, language: "en",
                judge: CJV1.JudgeSettings(provider: "simulated", model: "simulated-judge", dispatch: .batch),
                stopping: CJV1.StoppingSettings(targetReliability: 0.9999, maxComparisons: 24), seed: 3, maxInFlight: 12),
            options: .timeout(.seconds(30)))
        _ = await deployment.end(of: .llmProvider)
        try await deployment.start(.llmProvider)
        let progress = try await deployment.waitForEnd(of: "by-batch")
        #expect(progress.state == .completed && progress.dispatch == .batch)
        #expect(progress.judged == 24)
        #expect(try await Invariants.violations(in: deployment.pool, isAtRest: true) == [])
        let (requests, calls, inBatches) = try await deployment.pool.query(
            "SELECT sum(requests)::bigint, sum(calls)::bigint, sum(batch_requests)::bigint FROM llm_provider.spending"
        )[0].decode(Int.self, Int.self, Int.self)
        #expect(requests == 24 && calls == 24 && inBatches == 24)
        await deployment.stop()
    }
}
