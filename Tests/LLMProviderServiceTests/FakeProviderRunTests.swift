import CJCore
import Contracts
import EventLog
import FakeProvider
import Postgres
import Testing

@testable import LLMProviderService

/// Runs a test with a service before the provider simulator.
func withFake(
    _ configuration: FakeProviderConfiguration, dialect: ProviderConfiguration.Dialect = .anthropicMessages,
    limits: ProviderLimits = ProviderLimits(), configure: (inout LLMProviderConfiguration) -> Void = { _ in },
    test: (ServiceFixture, FakeProvider) async throws -> Void
) async throws {
    let fake = try FakeProvider(configuration: configuration)
    let address = try await fake.start()
    try await withService(configure: {
        configure(&$0)
        $0.providers[0] = ProviderConfiguration(
            name: "vendor", dialect: dialect, baseURL: "http://\(address.host):\(address.port)",
            apiKey: Secret(FakeProviderConfiguration.defaultKey), isSimulated: true, limits: limits)
    }) { fixture in
        try await test(fixture, fake)
    }
    await fake.stop()
}

@Suite("Against the provider simulator")
struct FakeProviderRunTests {
    /// A comparison as the assessment service would ask for it.
    private func request(_ number: Int) throws -> LLMV1.SubmitRequest {
        let template = try #require(PromptTemplate(language: "en"))
        let prompt = template.prompt(
            question: nil, rubric: nil, first: "Essay \(number) is about the sea.", second: "The sea is in essay \(number).")
        return Sample.request("r\(number)") {
            $0.model = "simulated-judge"
            $0.blocks = prompt.blocks.map { Sample.block($0.target == .system ? .system : .user, $0.text) }
        }
    }

    @Test("Two hundred requests through limits, overload, garbage and cuts: each ends once, none is made after its answer")
    func faults() async throws {
        let faults = FaultPlan(probabilities: [
            .init(.rateLimited(retryAfter: 0), 0.05), .init(.overloaded, 0.05), .init(.serverError(status: 500), 0.03),
            .init(.garbageBody, 0.03), .init(.resetBeforeAnswer, 0.03), .init(.truncatedBody, 0.03), .init(.invalidVerdict, 0.03),
        ])
        try await withFake(FakeProviderConfiguration(seed: 3, faults: faults)) { fixture, fake in
            try await fixture.running {
                for number in 0..<200 { try await fixture.submit(try request(number)) }
                for number in 0..<200 { _ = try await fixture.result("r\(number)") }
            }
            let events = try await fixture.events()
            #expect(Set(events.map(\.requestID)).count == 200)
            #expect(events.count == 200)
            let answered = events.filter { $0.outcome?.reply != nil }
            #expect(answered.count > 190)
            #expect(answered.allSatisfy { $0.simulated && $0.costNanodollars != nil })
            // A call in vain was followed by another, a good one by none.
            #expect(Int(events.reduce(0) { $0 + $1.attempts }) == fake.ledger.count)
            #expect(fake.ledger.count { $0.status == 200 && $0.fault == nil } == answered.count)
        }
    }

    @Test(
        "Both dialects get their verdicts from the simulator",
        arguments: [
            ProviderConfiguration.Dialect.anthropicMessages, .openAIChatCompletions,
        ])
    func dialects(dialect: ProviderConfiguration.Dialect) async throws {
        try await withFake(FakeProviderConfiguration(), dialect: dialect) { fixture, fake in
            try await fixture.submit(try request(1))
            try await fixture.running {
                let result = try await fixture.result("r1")
                #expect(result.outcome?.reply != nil, "\(result.outcome?.failure?.message ?? "")")
            }
            #expect(fake.ledger.map(\.model) == ["simulated-judge"])
        }
    }

    @Test("A wrong key is no matter of patience: it costs one call, and the other requests wait for another key")
    func wrongKey() async throws {
        try await withFake(FakeProviderConfiguration(keys: ["another": "w"])) { fixture, fake in
            for number in 0..<20 { try await fixture.submit(try request(number)) }
            try await fixture.running {
                try await eventually { try await fixture.events().count == 1 }
                // The others are claimed, and put back for when the account is tried again.
                try await eventually {
                    let later = try await fixture.pool.query(
                        "SELECT count(*) FROM llm_provider.job_scheduled WHERE run_at > now() + interval '10 minutes'")
                    return try later[0].decode(Int.self) == 19
                }
            }
            #expect(try await fixture.events().map { $0.outcome?.failure?.kind } == [.authentication])
            #expect(fake.ledger.map(\.status) == [401])
        }
    }

    @Test(
        "Limits that are enforced by the second, or finer, are used up and never passed",
        arguments: [Duration.seconds(1), .milliseconds(100)], [true, false])
    func paced(burst: Duration, isBoundByRequests: Bool) async throws {
        let requests = isBoundByRequests ? 1200 : 100_000
        // A prompt has some 1,450 tokens: 145 ms, more than the smaller bucket holds.
        let input = isBoundByRequests ? 10_000_000 : 600_000
        var limits = ProviderLimits()
        limits.requestsPerMinute = requests
        limits.inputTokensPerMinute = input
        limits.outputTokensPerMinute = 1_000_000
        let count = isBoundByRequests ? 80 : 40
        try await withFake(
            FakeProviderConfiguration(
                limits: RateLimits(
                    requestsPerMinute: requests, inputTokensPerMinute: input, outputTokensPerMinute: 1_000_000, burst: burst)),
            limits: limits
        ) { fixture, fake in
            for number in 0..<count { try await fixture.submit(try request(number)) }
            try await fixture.running {
                for number in 0..<count {
                    let result = try await fixture.result("r\(number)")
                    #expect(result.outcome?.reply != nil)
                }
            }
            let ledger = fake.ledger
            #expect(ledger.count == count)
            #expect(ledger.allSatisfy { $0.status == 200 })
            let times = ledger.map(\.received)
            let minutes = Double((times.max() ?? 0) - (times.min() ?? 0)) / 60e9
            let taken = isBoundByRequests ? Double(count) : Double(fake.statistics.inputTokens)
            let share = taken * Double(count - 1) / Double(count) / minutes / Double(isBoundByRequests ? requests : input)
            // How much it is on a machine that has nothing else to do is for the drill to say.
            #expect(share > 0.8, "\(share)")
        }
    }
}
