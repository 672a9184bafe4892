import CJCore
import Contracts
import Glibc
public import Logging
import Postgres
import Wire
import WireNIO

/// Sends a backlog of requests to a provider that enforces its limits by the second, or finer, and measures how much of the limit that
/// binds was used, and how often it was passed.
public enum LimitDrill {
    public struct Options: Sendable {
        /// The account's, and the provider's; nil for ten million, which binds nothing here.
        public var requestsPerMinute: Int?
        public var inputTokensPerMinute: Int?
        /// What the provider's bucket holds, in milliseconds of its refill.
        public var burstMilliseconds = 100
        /// How long the provider takes over an answer.
        public var latencyMilliseconds = 1000
        public var requests = 1000
        /// Of each of the two essays that a request compares; nil for one sentence.
        public var essayBytes: Int?
        /// Of the service's process, those about to be sent among them.
        public var concurrentRequests = 256
        /// Processes of the service on one database.
        public var replicas = 1
        /// Whether the process that was started first, and sends, is killed when half of the requests have been answered.
        public var killsSender = false

        public init() {}
    }

    public struct Report: Sendable, Codable {
        public let requests: Int
        public let essayBytes: Int?
        public let requestsPerMinute: Int?
        public let inputTokensPerMinute: Int?
        public let burstMilliseconds: Int
        public let latencyMilliseconds: Int
        /// Answers with 429.
        public let refused: Int
        /// Calls that were answered, those of a process that died meanwhile among them.
        public let accepted: Int
        public let replicas: Int
        /// From the death of the process that sent to the first request that another sent; nil where none was killed.
        public let recoverySeconds: Double?
        /// Writes of what is on record of the limits, a second, by all processes together.
        public let recordsPerSecond: Double
        /// From the first result to the last; the provider takes the same time over each.
        public let seconds: Double
        /// Hundredths of the limit that was used most, by what the provider accepted.
        public let used: Double
        /// The most that the provider accepted within the 60 seconds after any call, in hundredths of the limit that comes out highest: what
        /// its buckets fill up again in that time. Tokens are counted as if each request had as many as the largest.
        public let fullestMinute: Double

        enum CodingKeys: String, CodingKey {
            case requests, refused, accepted, replicas, seconds
            case essayBytes = "essay_bytes"
            case requestsPerMinute = "requests_per_minute"
            case inputTokensPerMinute = "input_tokens_per_minute"
            case burstMilliseconds = "burst_ms"
            case latencyMilliseconds = "latency_ms"
            case recoverySeconds = "recovery_seconds"
            case recordsPerSecond = "records_per_second"
            case used = "used_percent"
            case fullestMinute = "fullest_minute_percent"
        }
    }

    /// Limits that are not named.
    private static let large = 10_000_000
    /// With the database: of the assessment service and the drill, and of each process of the provider service, with some to spare.
    private static let sessions = 40
    private static let sessionsPerReplica = 20

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        _ options: Options, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        try await Stage.run(
            folder: folder, logger: logger, sessions: sessions + options.replicas * sessionsPerReplica,
            options: { _ in deployment(options) }
        ) { deployment, _ in
            let client = WireClient(
                host: "127.0.0.1", port: deployment.port(of: .llmProvider), configuration: .init(), logger: logger)
            var killedAt: Double?
            do {
                for replica in 1..<max(1, options.replicas) { try await deployment.start(.llmProvider, replica: replica) }
                // Half as fast again as they are sent, so that there is always one to send, and what is measured is the sending.
                try await submit(
                    options.requests, perMinute: options.requestsPerMinute.map { $0 * 3 / 2 }, essayBytes: options.essayBytes,
                    to: LLMV1.LLMProviderClient(client))
                tell("\(options.requests) requests taken on")
                if options.killsSender {
                    try await wait(for: options.requests / 2, deployment, tell: tell)
                    deployment.signal(.llmProvider, SIGKILL)
                    killedAt = try await deployment.pool.query("SELECT extract(epoch FROM clock_timestamp())::float8")[0]
                        .decode(Double.self)
                    tell("the process that sent is dead")
                }
                try await wait(for: options.requests, deployment, tell: tell)
                await client.close()
            } catch {
                await client.close()
                throw error
            }
            return try await report(options, deployment, killedAt: killedAt)
        }
    }

    private static func deployment(_ options: Options) -> Deployment.Options {
        let limits = [
            ("REQUESTS_PER_MINUTE", "--requests-per-minute", options.requestsPerMinute ?? large),
            ("INPUT_TOKENS_PER_MINUTE", "--input-tokens-per-minute", options.inputTokensPerMinute ?? large),
            ("OUTPUT_TOKENS_PER_MINUTE", "--output-tokens-per-minute", large),
        ]
        var settings = Deployment.Options()
        settings.replicas = max(2, options.replicas)
        settings.latencyMilliseconds = options.latencyMilliseconds...options.latencyMilliseconds
        settings.limits = limits.flatMap { [$0.1, "\($0.2)"] } + ["--burst", "\(options.burstMilliseconds)"]
        var environment: [String: String?] = ["HULEEDU_CONCURRENT_REQUESTS": "\(options.concurrentRequests)"]
        for (name, _, number) in limits { environment["HULEEDU_SIMULATED_" + name] = "\(number)" }
        settings.environment[.llmProvider] = environment
        return settings
    }

    // MARK: - Requests

    /// Has requests taken on, sixteen at a time.
    ///
    /// - Parameter rate: how many a minute, at most; nil for as many as are taken on.
    static func submit(
        _ count: Int, perMinute rate: Int? = nil, essayBytes: Int? = nil, to provider: LLMV1.LLMProviderClient
    ) async throws {
        guard let template = PromptTemplate(language: "en") else { throw DrillError(description: "no prompt template for 'en'") }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<min(16, count) {
                group.addTask {
                    for number in stride(from: lane, to: count, by: 16) {
                        if let rate { try await Task.sleep(until: start + .seconds(60) * number / rate, clock: .continuous) }
                        _ = try await provider.submit(request(number, template, essayBytes: essayBytes))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Asks which of two essays is better; no two requests are alike.
    private static func request(_ number: Int, _ template: PromptTemplate, essayBytes: Int?) -> LLMV1.SubmitRequest {
        let prompt = template.prompt(
            question: nil, rubric: nil, first: essay("Essay \(number) is about the sea.", bytes: essayBytes),
            second: essay("The sea is in essay \(number).", bytes: essayBytes))
        return LLMV1.SubmitRequest(
            requestID: "limits-\(number)", owner: "limits", provider: "simulated", model: "simulated-judge", temperature: nil,
            maxOutputTokens: 512,
            blocks: prompt.blocks.map {
                LLMV1.PromptBlock(
                    target: $0.target == .system ? .system : .user, text: Array($0.text.utf8), cacheMark: .none)
            },
            replyFormat: LLMV1.ReplyFormat(
                name: "submit_verdict", description: Array("Submits the verdict.".utf8), jsonSchema: Array(schema.utf8)))
    }

    /// A beginning, followed by as many words as it takes.
    private static func essay(_ beginning: String, bytes: Int?) -> String {
        let missing = max(0, (bytes ?? 0) - beginning.utf8.count)
        let words = " Those who live by it know its weather, and those who sail on it know its ways."
        return beginning + String(repeating: words, count: missing / words.utf8.count + 1).prefix(missing)
    }

    private static let schema =
        #"{"type":"object","properties":{"rationale":{"type":"string"},"winner":{"type":"string","enum":["first","second"]},"#
        + #""confidence":{"type":"integer","enum":[1,2,3,4,5]}},"required":["rationale","winner","confidence"],"#
        + #""additionalProperties":false}"#

    private static func wait(
        for count: Int, _ deployment: Deployment, tell: @Sendable (String) -> Void
    ) async throws {
        var told = 0
        while true {
            let ended = try await deployment.pool.query("SELECT count(*) FROM llm_provider.result")[0].decode(Int.self)
            if ended >= count { return }
            if ended * 10 / count > told {
                told = ended * 10 / count
                tell("\(ended) of \(count) answered")
            }
            // Seldom, so that what is measured is not this.
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    // MARK: - Measuring

    private static func report(
        _ options: Options, _ deployment: Deployment, killedAt: Double?
    ) async throws -> Report {
        let results = try await deployment.pool.query("SELECT content FROM llm_provider.result").map {
            try LLMV1.Result(decoding: try $0.decode([UInt8].self))
        }
        let statuses = try deployment.ledger.statuses
        let seconds = try await deployment.pool.query(
            "SELECT extract(epoch FROM max(finished_at) - min(finished_at))::float8 FROM llm_provider.result")[0]
            .decode(Double.self)
        guard results.count == options.requests, seconds > 0,
            results.allSatisfy({ if case .reply = $0.outcome { true } else { false } })
        else {
            throw DrillError(description: "\(options.requests) requests had \(results.count) results, not all of them replies")
        }
        let records = try await deployment.pool.query(
            "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE schemaname = 'llm_provider' AND relname = 'lane'")[0]
            .decode(Int64.self)
        var recovery: Double?
        if let killedAt {
            // The dead one's answers came to nobody, so this is the first of another's.
            recovery =
                try await deployment.pool.query(
                    """
                    SELECT extract(epoch FROM min(finished_at))::float8 FROM llm_provider.result
                    WHERE extract(epoch FROM finished_at) > \(killedAt)
                    """)[0].decode(Double.self) - killedAt - Double(options.latencyMilliseconds) / 1000
        }
        let minutes = seconds / 60
        let accepted = statuses.count { $0 == 200 || $0 == 0 }
        let largest = results.map { $0.usage?.inputTokens ?? 0 }.max() ?? 0
        let inAMinute = try Double(mostInAMinute(deployment.ledger.entries))
        // What the last one took is refilled only after the run.
        let calls = Double(accepted - 1)
        let tokens = Double(results.reduce(0) { $0 + ($1.usage?.inputTokens ?? 0) }) / Double(options.requests) * calls
        let used = max(
            calls / minutes / Double(options.requestsPerMinute ?? large),
            tokens / minutes / Double(options.inputTokensPerMinute ?? large))
        let fullest = max(
            inAMinute / Double(options.requestsPerMinute ?? large),
            inAMinute * Double(largest) / Double(options.inputTokensPerMinute ?? large))
        return Report(
            requests: options.requests, essayBytes: options.essayBytes, requestsPerMinute: options.requestsPerMinute,
            inputTokensPerMinute: options.inputTokensPerMinute, burstMilliseconds: options.burstMilliseconds,
            latencyMilliseconds: options.latencyMilliseconds, refused: statuses.count { $0 == 429 }, accepted: accepted,
            replicas: options.replicas,
            recoverySeconds: recovery.map { ($0 * 1000).rounded() / 1000 },
            recordsPerSecond: (Double(records) / seconds * 100).rounded() / 100,
            seconds: (seconds * 1000).rounded() / 1000, used: (used * 10_000).rounded() / 100,
            fullestMinute: (fullest * 10_000).rounded() / 100)
    }

    /// The most calls that came within 60 seconds after another and were not refused; those whose caller died count too.
    static func mostInAMinute(_ entries: [Ledger.Entry]) -> Int {
        let times = entries.filter { $0.status != nil && $0.status != 429 }.compactMap(\.receivedNanoseconds).sorted()
        var (most, first) = (0, 0)
        for (last, time) in times.enumerated() {
            while time - times[first] > 60_000_000_000 { first += 1 }
            most = max(most, last - first)
        }
        return most
    }
}
