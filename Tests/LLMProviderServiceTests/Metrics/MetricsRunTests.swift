import CJCore
import Contracts
import FakeProvider
import Postgres
import ServiceKit
import Synchronization
import Testing

@testable import LLMProviderService

@Suite("Metrics of the provider service")
struct MetricsRunTests {
    /// Long enough for the vendor's cache.
    private static let task = String(repeating: "Is it better to say what one means in fewer words, or in more? ", count: 420)

    /// A comparison as an assessment would ask for it.
    private func request(
        _ number: Int, owner: String = "paid", task: String = task, mark: LLMV1.CacheMark = .fiveMinutes,
        change: (inout LLMV1.SubmitRequest) -> Void = { _ in }
    ) throws -> LLMV1.SubmitRequest {
        let template = try #require(PromptTemplate(language: "en"))
        let prompt = template.prompt(question: task, rubric: nil, first: "Fewer, \(number).", second: "More, \(number).")
        return Sample.request("r\(number)", owner: owner) {
            $0.blocks = prompt.blocks.map { block in
                LLMV1.PromptBlock(
                    target: block.target == .system ? .system : .user, text: Array(block.text.utf8),
                    cacheMark: block.isCacheable ? mark : .none, varies: block.target == .user)
            }
            change(&$0)
        }
    }

    /// Names of metrics that had another value than zero, so far.
    private final class Moved: Sendable {
        private let families: [any MetricFamily]
        private let names = Mutex<Set<String>>([])

        init(_ metrics: LLMProviderMetrics) { families = metrics.families }

        /// Those that had none.
        var missing: Set<String> {
            for family in families {
                let values = family.text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.contains("_bucket{") }
                guard values.contains(where: { Double($0.split(separator: " ").last ?? "") ?? 0 > 0 }) else { continue }
                _ = names.withLock { $0.insert(family.name) }
            }
            return Set(families.map(\.name)).subtracting(names.withLock { $0 })
        }
    }

    private var faults: FaultPlan {
        FaultPlan(script: [
            nil, .rateLimited(retryAfter: 1), .overloaded, .resetBeforeAnswer, .garbageBody, .refusal, .spendLimit,
        ])
    }

    /// Providers at one fake: one that is paid, one whose models have no prices.
    private func configure(_ configuration: inout LLMProviderConfiguration, url: String) {
        var limits = ProviderLimits()
        limits.requestsPerMinute = 100_000
        let key = Secret(FakeProviderConfiguration.defaultKey)
        configuration.providers = [
            ProviderConfiguration(
                name: "vendor", dialect: .anthropicMessages, baseURL: url, apiKey: key, isSimulated: false, limits: limits),
            ProviderConfiguration(
                name: "other", dialect: .openAIChatCompletions, baseURL: url, apiKey: key, isSimulated: false),
        ]
        configuration.standingInterval = .milliseconds(5)
        configuration.maximumQueue = 40
        configuration.probeInterval = .milliseconds(200)
    }

    @Test(
        "Every metric there is moves in a run through limits, faults, refusals, a dead worker and a database that takes nothing")
    func everyMetric() async throws {
        let latency = FakeProviderConfiguration.Latency(minimum: .milliseconds(20), maximum: .milliseconds(60))
        let fake = try FakeProvider(configuration: FakeProviderConfiguration(faults: faults, latency: latency))
        let address = try await fake.start()
        try await withService(configure: { configure(&$0, url: "http://\(address.host):\(address.port)") }) { fixture in
            let moved = Moved(fixture.metrics)
            let books = SpendingLedger(pool: fixture.pool)
            _ = try await books.setBudget(LLMV1.SetBudgetRequest(owner: "paid", budgetNanodollars: 10_000_000_000))
            _ = try await books.setBudget(LLMV1.SetBudgetRequest(owner: "poor", budgetNanodollars: 1))

            // Left by a dead worker.
            try await fixture.submit(try request(0))
            _ = try await fixture.claim(1)
            try await fixture.expireLeases()
            for number in 1..<30 { try await fixture.submit(try request(number)) }
            try await fixture.submit(try request(30, owner: "changing"))
            try await fixture.submit(try request(31, owner: "changing", task: "Once more: " + Self.task))
            try await fixture.submit(try request(32, owner: "long", task: "For long: " + Self.task, mark: .oneHour))
            // One of them may be refused for want of money, and has no price then.
            for number in [33, 35] {
                try await fixture.submit(
                    request(number, owner: "unpriced") {
                        $0.provider = "other"
                        $0.model = "gpt-simulated"
                    })
            }
            try await fixture.submit(try request(34, owner: "withdrawn"))
            #expect(try await fixture.cancel("withdrawn") == 1)
            try await refused(fixture)

            // Passed on by a process that died.
            try await RequestStore(pool: fixture.pool, worker: "dead").beginPassages("span")
            try await fixture.pool.execute("UPDATE llm_provider.passage SET renewed_at = now() - interval '61 seconds'")

            // Begun by a process that has another key.
            try await fixture.pool.execute(
                "INSERT INTO llm_provider.batch (provider, credential, mark, next_at) VALUES ('vendor', 'other', 'cafe', now())")

            // Results find no table for a while.
            try await fixture.pool.execute("ALTER TABLE llm_provider.result RENAME TO away")
            try await fixture.running {
                try await eventually {
                    _ = moved.missing
                    return fixture.metrics.requests.unstored[] > 0
                }
                try await fixture.pool.execute("ALTER TABLE llm_provider.away RENAME TO result")
                try await eventually {
                    let depth = fixture.metrics.queue.depth
                    return moved.missing.isEmpty && depth["vendor", "total"] == 0 && depth["other", "total"] == 0
                }
            }
            #expect(moved.missing == [])
            try await agree(fixture, fake)
        }
        await fake.stop()
    }

    /// Requests that are not taken on, at least one for each reason.
    private func refused(_ fixture: ServiceFixture) async throws {
        func refuse(_ request: LLMV1.SubmitRequest) async {
            await #expect(throws: (any Error).self) { try await fixture.submit(request) }
        }
        await refuse(try request(40, owner: "poor"))
        await refuse(try request(41) { $0.maxOutputTokens = 0 })
        await refuse(
            try request(42) {
                $0.provider = "other"
                $0.model = "gpt-simulated"
            })
        // Enough for one more of the kind, but not besides the one that is under way.
        let reserved = try await fixture.pool.query(
            "SELECT reserved_nanodollars FROM llm_provider.account WHERE request_id = 'r32'")[0].decode(Int64.self)
        _ = try await SpendingLedger(pool: fixture.pool).setBudget(
            LLMV1.SetBudgetRequest(owner: "long", budgetNanodollars: UInt64(reserved + reserved / 2)))
        await refuse(try request(43, owner: "long", task: "For long: " + Self.task, mark: .oneHour))
        // Those of the queue's last places are taken on.
        for number in 50..<60 { _ = try? await fixture.submit(try request(number, owner: "last")) }
        let metrics = fixture.metrics.requests
        #expect(metrics.overflow["total"] > 0)
        for reason in RequestMetrics.Refusal.allCases { #expect(metrics.refusals[reason.rawValue] == 1, "\(reason)") }
    }

    /// The counts are what the fake and the ledger have.
    private func agree(_ fixture: ServiceFixture, _ fake: FakeProvider) async throws {
        let calls = fixture.metrics.calls
        // Which of the two has a fault is a matter of whose call comes first.
        for (kind, status, ofOther) in [
            ("rate_limit", "429", "429"), ("overloaded", "529", "503"), ("unreachable", "none", "none"),
            ("unreadable_reply", "200", "200"),
        ] {
            #expect(calls.errors["vendor", kind, status] + calls.errors["other", kind, ofOther] == 1, "\(kind)")
        }
        #expect(fake.ledger.count { $0.status == 429 } == 2, "one for the pace, one for the money")
        let row = try await fixture.pool.query(
            """
            SELECT sum(cost_nanodollars)::bigint, sum(cache_savings_nanodollars)::bigint, sum(cache_read_tokens)::bigint,
                sum(requests)::bigint
            FROM llm_provider.spending WHERE provider = 'vendor'
            """)[0]
        let (cost, savings, read, ended) = try row.decode(Int64.self, Int64.self, Int64.self, Int64.self)
        let labels = ("vendor", "claude-haiku-4-5")
        #expect(Int64(calls.cost[labels.0, labels.1, "false"]) == cost)
        let surcharge = Int64(calls.surcharge[labels.0, labels.1, "false"])
        #expect(Int64(calls.saved[labels.0, labels.1, "false"]) - surcharge == savings)
        #expect(Int64(calls.tokens[labels.0, labels.1, "cache_read"]) == read)
        let states = ["succeeded", "failed", "cancelled"].map { fixture.metrics.requests.requests[labels.0, labels.1, $0] }
        #expect(Int64(states.reduce(0, +)) == ended)
        #expect(fixture.metrics.requests.requests[labels.0, labels.1, "queued"] == UInt64(ended))
    }

    @Test("Ten thousand ids, tenants, owners and models make no more series than one")
    func bounded() throws {
        var configuration = LLMProviderConfiguration.test(dialect: .openAIChatCompletions)
        configuration.providers[0].isSimulated = true
        let parser = SubmissionParser(configuration: configuration, lanes: Lanes(configuration))
        let metrics = LLMProviderMetrics()
        metrics.expect(configuration.providers)
        func parsed(_ number: Int) throws -> SubmissionParser.Parsed {
            try parser.parse(
                Sample.request("id-\(number)", owner: "owner-\(number)", text: "text \(number)") {
                    $0.tenant = "tenant-\(number)"
                    $0.model = "model-\(number)"
                })
        }
        func count(_ number: Int, _ parsed: SubmissionParser.Parsed) {
            let labels = MetricLabels(parsed)
            let failure = AttemptFailure(kind: .overloaded, message: "message \(number)", remedy: .retry, httpStatus: number)
            metrics.requests.accepted(labels)
            metrics.prompts.sent(parsed.call.blocks, labels)
            metrics.calls.ended(.failure(failure), of: parsed, after: .seconds(1), on: .today)
            metrics.prompts.answered(TokenUsage(input: 10), labels)
            let lane = LaneID(parsed.provider, model: parsed.call.model)
            #expect(MetricLabels.pool(of: lane, at: parsed.provider) == CounterFamily.otherValue)
        }
        func series() -> Int { Metrics(metrics.families).text.split(separator: "\n").count }
        // All statuses that are told apart, and one that is not.
        for number in 200..<600 { count(number, try parsed(number)) }
        let known = series()
        let some = try parsed(600)
        for number in 600..<10_600 {
            let model = try #require(ModelManifest.description(of: "model-\(number)", at: some.provider))
            let call = VendorCall(
                model: model, temperature: nil, maximumOutputTokens: 512, layout: some.call.layout, format: some.call.format)
            count(
                number,
                SubmissionParser.Parsed(
                    provider: some.provider, call: call, schema: some.schema, life: some.life, dispatch: .immediately))
        }
        #expect(series() == known)
        let text = Metrics(metrics.families).text
        for word in ["id-", "owner-", "tenant-", "model-", "text ", "message "] {
            #expect(!text.contains("\"\(word)"), "\(word)")
        }
    }
}
