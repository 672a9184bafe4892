import CurlClient
import Testing

@testable import FakeProvider

@Suite("Rate limits")
struct RateLimitTests {
    private let limits = RateLimits(requestsPerMinute: 60, inputTokensPerMinute: 60_000, outputTokensPerMinute: 6000)

    @Test("headers tell limit, remainder and when the bucket is full, in RFC 3339 and rounded to thousands")
    func headers() async throws {
        let clock = ManualClock()
        try await withProvider(.init(limits: limits, clock: clock.clock)) { provider in
            let response = try await provider.post(Sample.question())
            let headers = response.headers
            #expect(headers["anthropic-ratelimit-requests-limit"] == "60")
            #expect(headers["anthropic-ratelimit-requests-remaining"] == "59")
            #expect(headers["anthropic-ratelimit-requests-reset"] == "2026-01-01T00:00:01Z")
            #expect(headers["anthropic-ratelimit-input-tokens-limit"] == "60000")
            #expect(headers["anthropic-ratelimit-input-tokens-remaining"] == "60000")
            #expect(headers["anthropic-ratelimit-output-tokens-limit"] == "6000")
            #expect(headers["anthropic-ratelimit-output-tokens-remaining"] == "6000")
            #expect(headers["anthropic-ratelimit-tokens-limit"] == "66000")
            #expect(headers["anthropic-ratelimit-tokens-remaining"] == "66000")
            #expect(headers["anthropic-ratelimit-tokens-reset"] == "2026-01-01T00:00:01Z")
            #expect(headers["retry-after"] == nil)
        }
    }

    @Test("without limits no such header is sent")
    func noLimits() async throws {
        try await withProvider { provider in
            let names = try await provider.post(Sample.question()).headers.fields.map(\.name)
            #expect(!names.contains { $0.hasPrefix("anthropic-ratelimit") })
        }
    }

    @Test("requests are admitted to the last, then refused with the time to wait, and admitted again as the bucket refills")
    func requests() async throws {
        let clock = ManualClock()
        var limits = limits
        limits.burst = .seconds(3)
        try await withProvider(.init(limits: limits, clock: clock.clock)) { provider in
            for _ in 0..<3 { expect(200, try await provider.post(Sample.question())) }
            let refused = try await provider.post(Sample.question())
            #expect(refused.status == 429)
            #expect(refused.errorType == "rate_limit_error")
            #expect(refused.headers["retry-after"] == "1")
            #expect(refused.headers["anthropic-ratelimit-requests-remaining"] == "0")
            clock.advance(by: .milliseconds(999))
            expect(429, try await provider.post(Sample.question()))
            clock.advance(by: .milliseconds(1))
            expect(200, try await provider.post(Sample.question()))
            expect(429, try await provider.post(Sample.question()))
            // A refused call costs nothing, and a bucket never holds more than its burst.
            clock.advance(by: .seconds(600))
            for status in [200, 200, 200, 429] { expect(status, try await provider.post(Sample.question())) }
        }
    }

    @Test("a bucket known by heart: level, wait and time of fullness")
    func bucket() {
        var bucket = Bucket(limit: 600, burst: .seconds(1), now: 0)
        #expect(bucket.remaining == 10)
        bucket.take(10)
        #expect(bucket.remaining == 0)
        #expect(bucket.wait(for: 1) == 100_000_000)
        #expect(bucket.wait(for: 5) == 500_000_000)
        #expect(bucket.wait(for: 50) == 1_000_000_000, "more than the bucket holds waits for a full one")
        #expect(bucket.full == 1_000_000_000)
        bucket.refill(250_000_000)
        #expect(bucket.remaining == 2)
        #expect(bucket.wait(for: 3) == 50_000_000)
        bucket.refill(100)
        #expect(bucket.remaining == 2, "time never goes back")
        bucket.refill(5_000_000_000)
        #expect(bucket.remaining == 10)
        bucket.take(15)
        #expect(bucket.remaining == 0)
        #expect(bucket.wait(for: 1) == 600_000_000, "a debt is paid first")
    }

    @Test("input tokens limit too, and what is read from the cache does not count")
    func inputTokens() async throws {
        let clock = ManualClock()
        let limits = RateLimits(requestsPerMinute: 10_000, inputTokensPerMinute: 3000, outputTokensPerMinute: 100_000)
        let prefix = String(repeating: "word ", count: 2000)
        func body(_ suffix: String) -> JSON {
            Sample.question().setting(
                "messages.0.content",
                [
                    ["type": "text", "text": .string(prefix), "cache_control": ["type": "ephemeral"]],
                    ["type": "text", "text": .string(suffix)],
                ])
        }
        try await withProvider(.init(limits: limits, clock: clock.clock)) { provider in
            let first = try await provider.post(body("one"))
            #expect(first.status == 200)
            #expect(first.json["usage"]?["cache_creation_input_tokens"]?.integer ?? 0 > 2000)
            // Ten more cost next to nothing, because they read what the first wrote.
            for number in 0..<10 { expect(200, try await provider.post(body("\(number)"))) }
            let other = try await provider.post(Sample.question(String(repeating: "other ", count: 2000)))
            #expect(other.status == 429)
            #expect(other.errorMessage.contains("input tokens per minute"))
            let wait = try #require(Int(other.headers["retry-after"] ?? ""))
            #expect((1...60).contains(wait))
            clock.advance(by: .seconds(wait))
            expect(200, try await provider.post(Sample.question(String(repeating: "other ", count: 2000))))
        }
    }

    @Test("output tokens count as produced, not as allowed")
    func outputTokens() async throws {
        let clock = ManualClock()
        let limits = RateLimits(requestsPerMinute: 10_000, inputTokensPerMinute: 1_000_000, outputTokensPerMinute: 60)
        try await withProvider(.init(limits: limits, clock: clock.clock)) { provider in
            let body = Sample.question().setting("max_tokens", 100_000)
            let first = try await provider.post(body)
            let produced = try #require(first.json["usage"]?["output_tokens"]?.integer)
            #expect((20...60).contains(produced))
            var statuses: [Int] = []
            for _ in 0..<5 { statuses.append(try await provider.post(body).status) }
            #expect(statuses.filter { $0 == 200 }.count == (60 + produced - 1) / produced - 1)
            #expect(statuses.last == 429)
        }
    }

    @Test("each model's pool is its own")
    func pools() async throws {
        let clock = ManualClock()
        let limits = RateLimits(requestsPerMinute: 1, inputTokensPerMinute: 100_000, outputTokensPerMinute: 100_000)
        try await withProvider(.init(limits: limits, clock: clock.clock)) { provider in
            for model in ["simulated-judge", "claude-haiku-4-5", "claude-opus-5-5"] {
                expect(200, try await provider.post(Sample.question(model: model)))
                expect(429, try await provider.post(Sample.question(model: model)))
            }
        }
    }
}
