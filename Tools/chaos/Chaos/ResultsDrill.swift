import Contracts
import Glibc
public import Logging
import Postgres
import WireNIO

/// Kills the provider service in the middle of the results of one large batch, which come in another order than its requests.
public enum ResultsDrill {
    public struct Report: Sendable, Codable, Hashable {
        public let lines: Int
        /// Requests that had no end yet when the service was killed.
        public let leftAtKill: Int
        /// The most bytes that the service had in memory before it began to read, until it was killed, and in its next life.
        public let before: Int
        public let untilKill: Int
        public let afterwards: Int
        public let seconds: Double

        enum CodingKeys: String, CodingKey {
            case lines, before, afterwards, seconds
            case leftAtKill = "left_at_kill"
            case untilKill = "until_kill"
        }
    }

    private static let patience: Duration = .seconds(300)

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - lines: requests of the batch; more than one batch has unless the service is configured so.
    ///   - batchSeconds: how long the fake provider takes for a batch: time enough to begin the service anew, as the memory that it takes to
    ///     hand over so many requests is not what is measured.
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    /// - Throws: ``DrillError`` where a request has not exactly one end and one event.
    public static func run(
        lines: Int, batchSeconds: Int = 20, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        var options = Deployment.Options()
        options.latencyMilliseconds = 0...0
        options.limits = ["--batch-duration", "\(batchSeconds * 1000)"]
        return try await Stage.run(folder: folder, logger: logger, options: { [options] _ in options }) { deployment, _ in
            try await fill(lines, deployment, logger)
            try await wait(deployment, "no batch was handed over") {
                try await deployment.pool.query(
                    "SELECT EXISTS (SELECT FROM llm_provider.batch WHERE state = 'submitted' AND requests = \(Int64(lines)))"
                )[0].decode(Bool.self)
            }
            try await deployment.killAndRestart(.llmProvider)
            let before = try peak(deployment)
            tell("a batch of \(lines) requests is with the provider")
            let start = ContinuousClock.now
            // Early, so that a quick machine does not read the rest before the kill.
            try await deployment.waitForEnds(lines / 4, patience: patience)
            let untilKill = try peak(deployment)
            try await deployment.killAndRestart(.llmProvider)
            let left = lines + 1 - (try await ends(deployment))
            guard left > 0 else { throw DrillError(description: "all results were settled before the service was killed") }
            tell("killed with \(left) requests left")
            try await deployment.waitForEnds(lines + 1, patience: patience)
            let afterwards = try peak(deployment)
            let seconds = start.duration(to: .now) / .seconds(1)
            try await check(lines, deployment)
            return Report(
                lines: lines, leftAtKill: left, before: before, untilKill: untilKill, afterwards: afterwards,
                seconds: (seconds * 10).rounded() / 10)
        }
    }

    // MARK: - Before

    /// So short that as many as a vendor takes in one batch have no more bytes than it takes either.
    private static var request: LLMV1.SubmitRequest {
        LLMV1.SubmitRequest(
            requestID: "result", owner: "results", provider: "simulated", model: "simulated-judge", temperature: nil,
            maxOutputTokens: 512,
            blocks: [LLMV1.PromptBlock(target: .user, text: Array("Give the sea a mark.".utf8), cacheMark: .none)],
            replyFormat: LLMV1.ReplyFormat(
                name: "submit_mark", description: Array("Submits the mark.".utf8),
                jsonSchema: Array(
                    #"{"type":"object","properties":{"mark":{"type":"integer"}},"required":["mark"],"additionalProperties":false}"#
                        .utf8)),
            dispatch: .byBatch)
    }

    /// Puts requests on record that wait in one batch. They are made after one that the service has taken on and put into a batch itself.
    private static func fill(_ lines: Int, _ deployment: Deployment, _ logger: Logger) async throws {
        let client = WireClient(
            host: "127.0.0.1", port: deployment.port(of: .llmProvider), configuration: .init(), logger: logger)
        do {
            _ = try await LLMV1.LLMProviderClient(client).submit(request)
            await client.close()
        } catch {
            await client.close()
            throw error
        }
        try await wait(deployment, "the first request came into no batch") {
            try await deployment.pool.query("SELECT EXISTS (SELECT FROM llm_provider.batch_item)")[0].decode(Bool.self)
        }
        try await deployment.pool.unitOfWork("fill") { unit in
            let (job, first) = try await unit.query(
                """
                SELECT item.job, setval('llm_provider.job_id', nextval('llm_provider.job_id') + \(Int64(lines))) - \(Int64(lines))
                FROM llm_provider.batch_item AS item
                """)[0].decode(Int64.self, Int64.self)
            let copies = "generate_series(1, \(lines)) AS copy" as String
            unit.send(
                """
                INSERT INTO llm_provider.request (id, owner, content)
                SELECT id || '-' || copy, owner, content FROM llm_provider.request, \(unescaped: copies)
                """)
            unit.send(
                """
                INSERT INTO llm_provider.job_scheduled (id, run_at, kind, priority, attempt, max_attempts, is_unique, subject)
                SELECT \(first) + copy, run_at, kind, priority, attempt, max_attempts, is_unique, subject || '-' || copy
                FROM llm_provider.job_scheduled, \(unescaped: copies) WHERE id = \(job)
                """)
            unit.send(
                """
                INSERT INTO llm_provider.account (request_id, job, kind, owner, provider)
                SELECT request_id || '-' || copy, \(first) + copy, kind, owner, provider
                FROM llm_provider.account, \(unescaped: copies) WHERE job = \(job)
                """)
            unit.send(
                """
                INSERT INTO llm_provider.batch (provider, credential, mark, requests, is_full, next_at)
                SELECT provider, credential, '00c0ffee00c0ffee', \(Int64(lines)), true, now() FROM llm_provider.batch
                """)
            unit.send(
                """
                INSERT INTO llm_provider.batch_item (job, batch)
                SELECT \(first) + copy, (SELECT max(id) FROM llm_provider.batch) FROM \(unescaped: copies)
                """)
        }
    }

    /// - Parameter fault: what is the matter when it takes too long.
    private static func wait(
        _ deployment: Deployment, _ fault: String, until condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + patience
        while try await !condition() {
            guard .now < end else {
                throw DrillError(description: "\(fault)\n\(deployment.output(of: .llmProvider).suffix(4000))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    // MARK: - Afterwards

    private static func peak(_ deployment: Deployment) throws -> Int {
        guard let bytes = deployment.peakMemory(of: .llmProvider) else {
            throw DrillError(description: "the service has ended: \(deployment.output(of: .llmProvider).suffix(4000))")
        }
        return bytes
    }

    private static func ends(_ deployment: Deployment) async throws -> Int {
        try await deployment.pool.query("SELECT count(*) FROM llm_provider.result")[0].decode(Int.self)
    }

    private static func check(_ lines: Int, _ deployment: Deployment) async throws {
        let (replies, events, distinct) = try await deployment.pool.query(
            """
            SELECT (SELECT count(*) FROM llm_provider.result WHERE state = 'succeeded'), count(*), count(DISTINCT aggregate_id) FROM (
                SELECT aggregate_id FROM llm_provider.event_log UNION ALL SELECT aggregate_id FROM llm_provider.event_pending) AS event
            """)[0].decode(Int.self, Int.self, Int.self)
        guard [replies, events, distinct].allSatisfy({ $0 == lines + 1 }) else {
            throw DrillError(
                description: "\(lines + 1) requests, \(replies) replies, \(events) events of \(distinct) of them")
        }
        let (batches, left) = try await deployment.pool.query(
            "SELECT count(*), (SELECT count(*) FROM llm_provider.account) FROM llm_provider.batch")[0].decode(Int.self, Int.self)
        guard batches == 2, left == 0 else {
            throw DrillError(description: "two batches were expected, there are \(batches), and \(left) requests are open")
        }
    }
}
