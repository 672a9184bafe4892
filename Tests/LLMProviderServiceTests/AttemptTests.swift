import Contracts
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("Attempts")
struct AttemptTests {
    /// How a vendor behaves, told by the prompt, and what must come of it.
    private struct Scenario: Sendable {
        let name: String
        let answer: VendorServer.Answer
        let kind: LLMV1.FailureKind
        var attempts: UInt32 = 1
        var status: UInt32 = 0
        /// One of its own for those that stop their account or tell of their vendor, a model of its own for those that stop their lane.
        var provider = "vendor"
        var model = "claude-haiku-4-5"
    }

    private static let scenarios = [
        Scenario(name: "wrong", answer: .error(400), kind: .invalidRequest, status: 400),
        Scenario(name: "keyless", answer: .error(401), kind: .authentication, status: 401, provider: "keyless"),
        Scenario(name: "unpaid", answer: .error(402), kind: .billing, status: 402, provider: "unpaid"),
        Scenario(name: "forbidden", answer: .error(403), kind: .authentication, status: 403, provider: "forbidden"),
        Scenario(name: "missing", answer: .error(404), kind: .invalidRequest, status: 404),
        Scenario(name: "large", answer: .error(413), kind: .invalidRequest, status: 413),
        Scenario(
            name: "spent",
            answer: .reply(429, body: #"{"error":{"type":"x","details":{"error_code":"enforced_spend_limit_reached"}}}"#),
            kind: .billing, status: 429, model: "claude-opus-5-5"),
        Scenario(
            name: "limit", answer: .error(400, message: "You have reached your specified API usage limits."), kind: .billing,
            status: 400, provider: "other"),
        Scenario(name: "refusal", answer: .reply(200, body: Sample.message(stopReason: "refusal")), kind: .refusal, status: 200),
        Scenario(
            name: "short", answer: .reply(200, body: Sample.message(stopReason: "max_tokens")), kind: .truncated, status: 200),
        Scenario(name: "broken", answer: .error(500), kind: .overloaded, attempts: 3, status: 500, provider: "broken"),
        Scenario(name: "stop", answer: .error(500, headers: "x-should-retry: false\r\n"), kind: .overloaded, status: 500),
        Scenario(name: "busy", answer: .error(529), kind: .overloaded, attempts: 3, status: 529, provider: "busy"),
        Scenario(name: "garbage", answer: .reply(200, body: "<html>"), kind: .unreadableReply, attempts: 3, status: 200),
        Scenario(
            name: "unfit", answer: .reply(200, body: Sample.message("{}")), kind: .unreadableReply, attempts: 3, status: 200),
        Scenario(
            name: "endless", answer: .reply(200, body: Sample.message(#"{"x":"\#(String(repeating: "x", count: 70_000))"}"#)),
            kind: .unreadableReply, attempts: 3),
        Scenario(name: "cut", answer: .cut, kind: .unreachable, attempts: 3, provider: "cut"),
        Scenario(name: "half", answer: .cutShort("{"), kind: .unreachable, attempts: 3, provider: "half"),
        Scenario(name: "nul", answer: .error(400, message: "no\u{0}"), kind: .invalidRequest, status: 400),
    ]

    @Test("Every way to fail has its kind, and is tried again up to the limit only where that may help")
    func failures() async throws {
        let scenarios = Dictionary(uniqueKeysWithValues: Self.scenarios.map { ("<\($0.name)>", $0) })
        try await withService(
            answer: { request in scenarios.first { request.text.contains($0.key) }?.value.answer ?? .verdict },
            configure: {
                $0.retry.maximumAttempts = 3
                $0.maximumReplyBytes = 50_000
                for name in Set(Self.scenarios.map(\.provider)).subtracting($0.providers.map(\.name)) {
                    var provider = $0.providers[0]
                    provider.name = name
                    $0.providers.append(provider)
                }
            }
        ) { fixture in
            try await fixture.running {
                for scenario in Self.scenarios {
                    try await fixture.submit(
                        Sample.request(scenario.name, text: "<\(scenario.name)>") {
                            $0.provider = scenario.provider
                            $0.model = scenario.model
                        })
                }
                for scenario in Self.scenarios {
                    let result = try await fixture.result(scenario.name)
                    let failure = try #require(result.outcome?.failure)
                    #expect(failure.kind == scenario.kind, "\(scenario.name): \(failure.message)")
                    #expect(failure.status == scenario.status, "\(scenario.name)")
                    #expect(result.attempts == scenario.attempts, "\(scenario.name)")
                    let calls = fixture.vendor.requests.count { $0.text.contains("<\(scenario.name)>") }
                    #expect(calls == Int(scenario.attempts), "\(scenario.name)")
                }
            }
            #expect(try await fixture.events().count == Self.scenarios.count)
        }
    }

    @Test("A vendor that never answers is unreachable once the time of every attempt is over")
    func silence() async throws {
        try await withService(
            answer: { _ in .silence },
            configure: {
                $0.retry.maximumAttempts = 2
                $0.callTimeout = .milliseconds(200)
            }
        ) { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.running {
                let result = try await fixture.result("r1")
                #expect(result.outcome?.failure?.kind == .unreachable)
                #expect(result.attempts == 2)
            }
        }
    }

    @Test("What failed attempts used is added up and paid for")
    func usage() async throws {
        let calls = Shared(0)
        try await withService(
            answer: { _ in
                let number = calls.update {
                    $0 += 1
                    return $0
                }
                let usage =
                    number < 3
                    ? #"{"input_tokens":100,"output_tokens":10}"#
                    : #"{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":3,"cache_creation_input_tokens":9,"#
                        + #""cache_creation":{"ephemeral_1h_input_tokens":5}}"#
                return .reply(200, body: Sample.message(number < 3 ? "{}" : Sample.verdict, usage: usage))
            }
        ) { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.running {
                let result = try await fixture.result("r1")
                #expect(result.attempts == 3)
                #expect(
                    result.usage
                        == LLMV1.Usage(
                            inputTokens: 201, outputTokens: 22, cacheReadTokens: 3, cacheWriteFiveMinutesTokens: 4,
                            cacheWriteOneHourTokens: 5))
                #expect(result.costNanodollars == 326_300)
                #expect(result.cacheSavingsNanodollars == -3300)
            }
        }
    }

    @Test("A caller that allows one paid call gets one, however many were turned away before it")
    func onePaidCall() async throws {
        let calls = Shared(0)
        try await withService(
            answer: { _ in
                let number = calls.update {
                    $0 += 1
                    return $0
                }
                return number < 3 ? .error(500) : .reply(200, body: Sample.message("{}"))
            },
            configure: { $0.retry.firstPause = .milliseconds(1) }
        ) { fixture in
            try await fixture.submit(Sample.request { $0.maxPaidCalls = 1 })
            try await fixture.running {
                let result = try await fixture.result("r1")
                #expect(result.outcome?.failure?.kind == .unreadableReply)
                #expect(result.attempts == 3)
            }
            #expect(fixture.vendor.requests.count == 3)
        }
    }

    @Test("A request that can't be read or sent any more is given up, and holds no other up")
    func stale() async throws {
        try await withService { fixture in
            for id in ["unreadable", "model-gone", "sound"] { try await fixture.submit(Sample.request(id)) }
            let stale = try Sample.request("model-gone") { $0.model = "claude-1" }.encoded()
            try await fixture.pool.execute("UPDATE llm_provider.request SET content = '\\xff' WHERE id = 'unreadable'")
            try await fixture.pool.execute("UPDATE llm_provider.request SET content = \(stale) WHERE id = 'model-gone'")
            try await fixture.running {
                for id in ["unreadable", "model-gone"] {
                    let failure = try await fixture.result(id).outcome?.failure
                    #expect(failure?.kind == .invalidRequest)
                }
                let result = try await fixture.result("sound")
                #expect(result.outcome?.reply != nil)
            }
            #expect(fixture.vendor.requests.count == 1)
            #expect(try await fixture.events().count == 3)
        }
    }

    @Test("A request whose workers keep dying is given up in the end, unsent")
    func deaths() async throws {
        try await withService(configure: { $0.retry.maximumDeaths = 2 }) { fixture in
            try await fixture.submit(Sample.request("last"))
            try await fixture.submit(Sample.request("over"))
            try await fixture.pool.execute("UPDATE llm_provider.job_ready SET attempt = 6 WHERE subject = 'last'")
            try await fixture.pool.execute("UPDATE llm_provider.job_ready SET attempt = 7 WHERE subject = 'over'")
            try await fixture.running {
                let (last, over) = (try await fixture.result("last"), try await fixture.result("over"))
                #expect(last.outcome?.reply != nil)
                #expect(over.outcome?.failure?.kind == .unreachable)
            }
            #expect(fixture.vendor.requests.count == 1)
        }
    }
}
