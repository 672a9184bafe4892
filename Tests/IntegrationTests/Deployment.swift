import Contracts
import Foundation
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire
import WireNIO

/// The services as processes of their own, on a real PostgreSQL, with a fake provider that keeps a ledger.
final class Deployment {
    let id = "kill-test"
    let assessment: CJV1.CJAssessmentClient
    private let client: WireClient
    private let pool: Pool
    private let connectionString: String
    private let scratch: Scratch
    private let fake: Program
    private let fakeURL: String
    private var services: [String: Program] = [:]
    private let ports: [String: String]
    private let essays: Int

    private init(
        pool: Pool, connectionString: String, scratch: Scratch, fake: Program, fakeURL: String, ports: [String: String],
        essays: Int
    ) {
        self.pool = pool
        self.connectionString = connectionString
        self.scratch = scratch
        self.fake = fake
        self.fakeURL = fakeURL
        self.ports = ports
        self.essays = essays
        client = WireClient(
            host: "127.0.0.1", port: Int(ports["cj-assessment"] ?? "") ?? 0, configuration: .init(), logger: Logger(label: "test")
        )
        assessment = CJV1.CJAssessmentClient(client)
    }

    static func start(essays: Int, latencyMilliseconds: ClosedRange<Int>) async throws -> Deployment {
        let scratch = try Scratch()
        let database = try await TestDatabase.make()
        let fake = try Program(
            "fakeprovider",
            [
                "--ledger", scratch.path + "/ledger", "--min-latency", "\(latencyMilliseconds.lowerBound)", "--max-latency",
                "\(latencyMilliseconds.upperBound)",
            ])
        try #require(await fake.wait(for: "http://"))
        let url = String(fake.output.split(separator: "\n")[0])
        let deployment = Deployment(
            pool: database.pool(), connectionString: database.connectionString, scratch: scratch, fake: fake, fakeURL: url,
            ports: ["llm-provider": try freePort(), "cj-assessment": try freePort()], essays: essays)
        for service in ["llm-provider", "cj-assessment"] { try await deployment.start(service) }
        return deployment
    }

    /// A port that nobody listens on now: services are killed and come back on the same one.
    private static func freePort() throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try #require(bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0)
            }
        }
        return String(UInt16(bigEndian: address.sin_port))
    }

    private func start(_ service: String) async throws {
        let program = try Program(
            "huleedu",
            [
                "serve", service, "--database", connectionString, "--port", ports[service] ?? "", "--llm-provider",
                "127.0.0.1:" + (ports["llm-provider"] ?? ""),
            ],
            environment: ["HULEEDU_SIMULATED_URL": fakeURL])
        services[service] = program
        try #require(await program.wait(for: "\(service)  127.0.0.1:"), "\(program.output)")
    }

    func killAndRestart(_ service: String) async throws {
        services[service]?.kill()
        _ = await services[service]?.status()
        try await start(service)
    }

    func startAssessment(target: Double, comparisons: Int) async throws {
        let texts = (1...essays).map { number in
            CJV1.Essay(
                id: "essay-\(number)",
                text: Array(("An essay about the sea. " + String(repeating: "More words. ", count: number)).utf8))
        }
        _ = try await assessment.startAssessment(
            CJV1.StartAssessmentRequest(
                assessmentID: id, essays: texts, language: "en",
                judge: CJV1.JudgeSettings(provider: "simulated", model: "simulated-judge"),
                stopping: CJV1.StoppingSettings(targetReliability: target, maxComparisons: UInt32(comparisons)), seed: 5))
    }

    // MARK: - Watching, across deaths

    func progress(after revision: UInt64 = 0) async throws -> CJV1.AssessmentProgress {
        while true {
            do {
                let answer = try await assessment.watchAssessment(
                    .init(assessmentID: id, afterRevision: revision, waitMilliseconds: 2000), options: .timeout(.seconds(30)))
                return try #require(answer.progress)
            } catch let error as RPCError where error.code == .unavailable {
                continue
            }
        }
    }

    func waitForJudgements(more count: Int) async throws {
        var progress = try await progress()
        let goal = progress.judged + UInt32(count)
        while progress.judged < goal, progress.state == .running {
            progress = try await self.progress(after: progress.revision)
        }
    }

    func waitForEnd() async throws -> CJV1.AssessmentProgress {
        var progress = try await progress()
        while progress.state == .running { progress = try await self.progress(after: progress.revision) }
        return progress
    }

    // MARK: - The books

    struct Books {
        let judgements: Int
        let judgedComparisons: Int
        let resultsWithReply: Int
        let openWork: Int
        let finishedEvents: Int
        let eventGaps: Int
    }

    func books() async throws -> Books {
        let row = try await pool.query(
            """
            SELECT (SELECT count(*) FROM cj.judgement), (SELECT count(*) FROM cj.comparison WHERE state = 'judged'),
                (SELECT count(*) FROM llm_provider.result WHERE state = 'succeeded'), (SELECT count(*) FROM llm_provider.account),
                (SELECT count(*) FROM cj.event_log),
                (SELECT max(position) - count(*) FROM llm_provider.event_log)
            """)[0]
        let (judgements, judged, replies, work, events, gaps) = try row.decode(
            Int.self, Int.self, Int.self, Int.self, Int.self, Int.self)
        return Books(
            judgements: judgements, judgedComparisons: judged, resultsWithReply: replies, openWork: work, finishedEvents: events,
            eventGaps: gaps)
    }

    /// How often each prompt was answered with a verdict, by the fake provider's own ledger.
    func answeredCalls() throws -> [String: Int] {
        try Ledger(path: scratch.path + "/ledger").answers
    }

    func stop() async {
        services.values.forEach { $0.kill() }
        fake.kill()
        await client.close()
        await pool.close()
    }
}
