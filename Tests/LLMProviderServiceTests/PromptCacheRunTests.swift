import CJCore
import Contracts
import FakeProvider
import ServiceKit
import Testing

@testable import LLMProviderService

@Suite("The vendor's cache, from cold")
struct PromptCacheRunTests {
    private static let pairs = 100

    /// A comparison as the assessment service would ask for it, of the size of the predecessor's: some 1,600 tokens that stay the same and
    /// 1,200 that do not.
    private func request(
        _ number: Int, of assessment: String = "a", isMarked: Bool = true
    ) throws -> LLMV1.SubmitRequest {
        let template = try #require(PromptTemplate(language: "en"))
        func essay(_ number: Int) -> String {
            String(repeating: "Essay \(number) is about the sea, and so is its end. ", count: 49)
        }
        let question = String(repeating: "What is the sea to \(assessment)? And what is land, and what between? ", count: 56)
        let prompt = template.prompt(
            question: question, rubric: nil, first: essay(2 * number), second: essay(2 * number + 1))
        return Sample.request("\(assessment)\(number)", owner: assessment) {
            $0.model = "simulated-judge"
            $0.expectedRequests = UInt32(Self.pairs)
            $0.blocks = prompt.blocks.map { block in
                LLMV1.PromptBlock(
                    target: block.target == .system ? .system : .user, text: Array(block.text.utf8),
                    cacheMark: isMarked && block.isCacheable ? .fiveMinutes : .none, varies: block.target == .user)
            }
        }
    }

    /// A request of which nothing is kept, after which the lane is open: nothing else holds back those that follow.
    private func opener() throws -> LLMV1.SubmitRequest { try request(0, of: "opener", isMarked: false) }

    /// The usage of each pair of an assessment.
    private func usages(_ fixture: ServiceFixture, of assessment: String = "a") async throws -> [LLMV1.Usage] {
        var usages: [LLMV1.Usage] = []
        for number in 0..<Self.pairs {
            let result = try await fixture.result("\(assessment)\(number)")
            #expect(result.outcome?.reply != nil, "\(result.outcome?.failure?.message ?? "")")
            usages.append(try #require(result.usage))
        }
        return usages
    }

    private var slow: FakeProviderConfiguration {
        var configuration = FakeProviderConfiguration()
        configuration.latency = .init(minimum: .milliseconds(400), maximum: .milliseconds(500))
        return configuration
    }

    @Test("A hundred pairs of one assignment, fifty at a time: what stays the same is written once and read by all others")
    func once() async throws {
        try await withFake(slow, configure: { $0.maximumInFlight = 50 }) { fixture, fake in
            try await fixture.submit(try opener())
            for number in 0..<Self.pairs { try await fixture.submit(try request(number)) }
            var usages: [LLMV1.Usage] = []
            try await fixture.running { usages = try await self.usages(fixture) }
            #expect(fake.statistics.statuses == [200: Self.pairs + 1], "the fake refuses what the vendor would")
            #expect((26...50).contains(fake.statistics.maxInFlight), "they go together")
            let writes = usages.filter { $0.cacheWriteFiveMinutesTokens > 0 }
            let prefix = try #require(writes.first).cacheWriteFiveMinutesTokens
            #expect(writes.count == 1)
            #expect(writes.allSatisfy { $0.cacheReadTokens == 0 })
            #expect(usages.allSatisfy { $0.cacheWriteOneHourTokens == 0 })
            #expect(usages.count { $0.cacheReadTokens == prefix } == Self.pairs - 1)
            #expect(usages.allSatisfy { $0.inputTokens > 1000 }, "the essays are neither read nor written")

            func count(_ result: String) -> UInt64 { fixture.metrics.prompts.cacheEvents["vendor", "simulated-judge", result] }
            #expect([count("hit"), count("miss"), count("bypass")] == [99, 1, 1])
            func tokens(_ direction: String) -> UInt64 {
                fixture.metrics.prompts.cacheTokens["vendor", "simulated-judge", direction]
            }
            #expect([tokens("read"), tokens("write")] == [99 * prefix, prefix])
            #expect(tokens("none") == UInt64(fake.statistics.inputTokens))

            // A mark behind the essays, as the service's predecessor had it, writes them all for nobody to read.
            let prices = try #require(
                ModelManifest.description(of: "simulated-judge", at: fixture.configuration.providers[0])?.prices
            ).tariff(on: .today)
            let essays = usages.reduce(0) { $0 + Int64($1.inputTokens) }
            let read = Int64(prefix) * Int64(Self.pairs - 1)
            let ours = prices.bill(for: TokenUsage(input: essays, cacheRead: read, cacheWriteFiveMinutes: Int64(prefix))).cost
            let predecessor = prices.bill(for: TokenUsage(cacheRead: read, cacheWriteFiveMinutes: Int64(prefix) + essays)).cost
            let uncached = prices.bill(for: TokenUsage(input: essays + Int64(prefix) * Int64(Self.pairs))).cost
            #expect(ours < predecessor && predecessor < uncached, "\(ours) \(predecessor) \(uncached)")
            // The quarter more that a write costs, of what the essays cost.
            #expect(predecessor - ours == essays * (prices.cacheWriteFiveMinutes - prices.input))
            print(
                "input cost of \(Self.pairs) pairs (\(prefix) tokens the same, \(essays / Int64(Self.pairs)) their own), beside "
                    + "no cache: \(ours * 1000 / uncached) ‰; with the predecessor's layout \(predecessor * 1000 / uncached) ‰")
        }
    }

    @Test("Without patience for the first one, those sent with it each write the same again")
    func impatient() async throws {
        try await withFake(
            slow,
            configure: {
                $0.maximumInFlight = 50
                $0.warmUpPatience = .zero
            }
        ) { fixture, _ in
            try await fixture.submit(try opener())
            for number in 0..<Self.pairs { try await fixture.submit(try request(number)) }
            try await fixture.running {
                let usages = try await usages(fixture)
                #expect(usages.count { $0.cacheWriteFiveMinutesTokens > 0 } > 1)
            }
        }
    }

    @Test("The first one that fails or is not answered hands over to another, until what stays the same is written, once")
    func handOver() async throws {
        var configuration = slow
        let faults: [FaultPlan.Fault] = [
            .serverError(status: 500), .rateLimited(retryAfter: 0), .overloaded, .slow(.seconds(600)),
        ]
        configuration.faults = FaultPlan(script: [nil] + faults)
        try await withFake(
            configuration,
            configure: {
                $0.maximumInFlight = 50
                $0.callTimeout = .seconds(2)
            }
        ) { fixture, fake in
            try await fixture.submit(try opener())
            for number in 0..<Self.pairs { try await fixture.submit(try request(number)) }
            var usages: [LLMV1.Usage] = []
            try await fixture.running { usages = try await self.usages(fixture) }
            #expect(fake.statistics.calls == 1 + faults.count + Self.pairs)
            #expect(usages.count { $0.cacheWriteFiveMinutesTokens > 0 } == 1)
            #expect(usages.count { $0.cacheReadTokens > 0 } == Self.pairs - 1)
        }
    }

    @Test("An assessment does not wait for the first request of another, however many of the other's do")
    func apart() async throws {
        let isAnswered = Gate()
        defer { isAnswered.open() }
        try await withService(
            answer: { request in
                if request.text.contains("to a?") { isAnswered.pass() }
                return .verdict
            },
            configure: {
                $0.maximumInFlight = 4
                $0.providers[0].isSimulated = true
            }
        ) { fixture in
            try await fixture.submit(try opener())
            for assessment in ["a", "b"] {
                for number in 0..<Self.pairs { try await fixture.submit(try request(number, of: assessment)) }
            }
            try await fixture.running {
                _ = try await usages(fixture, of: "b")
                #expect(fixture.vendor.requests.count { $0.text.contains("to a?") } == 1)
                isAnswered.open()
                _ = try await usages(fixture, of: "a")
            }
            #expect(fixture.vendor.requests.count == 1 + 2 * Self.pairs)
        }
    }
}
