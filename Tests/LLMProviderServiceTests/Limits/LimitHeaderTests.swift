import CurlClient
import Testing

@testable import LLMProviderService

@Suite("What vendors state of their limits")
struct LimitHeaderTests {
    private func headers(_ fields: [String: String]) -> HTTPHeaders {
        HTTPHeaders(fields.map { HTTPHeaders.Field(name: $0.key, value: $0.value) })
    }

    /// 2026-11-26T18:00:00Z.
    private let now = 1_795_716_000.0

    @Test("Anthropic's headers: three dimensions, instants in RFC 3339, tokens rounded to thousands")
    func anthropic() {
        let report = AnthropicDialect().limits(
            in: headers([
                "anthropic-ratelimit-requests-limit": "1000", "anthropic-ratelimit-requests-remaining": "999",
                "anthropic-ratelimit-requests-reset": "2026-11-26T18:00:01Z",
                "anthropic-ratelimit-input-tokens-limit": "2000000", "anthropic-ratelimit-input-tokens-remaining": "1998000",
                "anthropic-ratelimit-input-tokens-reset": "2026-11-26T20:00:30.5+02:00",
                "anthropic-ratelimit-output-tokens-limit": "400000", "anthropic-ratelimit-output-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-limit": "1",
            ]), now: now)
        #expect(report[.requests] == .init(limit: 1000, remaining: 999, reset: .seconds(1)))
        #expect(report[.inputTokens] == .init(limit: 2_000_000, remaining: 1_998_000, reset: .seconds(30.5), rounding: 500))
        #expect(report[.outputTokens] == .init(limit: 400_000, remaining: 0, reset: nil, rounding: 500))
        #expect(report.unreadable == [])
    }

    @Test("OpenAI's headers: durations as Go writes them, one count of tokens")
    func openAI() {
        let report = OpenAIDialect().limits(
            in: headers([
                "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499",
                "x-ratelimit-reset-requests": "120ms", "x-ratelimit-limit-tokens": "30000",
                "x-ratelimit-remaining-tokens": "29000", "x-ratelimit-reset-tokens": "1m30s",
            ]), now: now)
        #expect(report[.requests] == .init(limit: 500, remaining: 499, reset: .milliseconds(120)))
        #expect(report[.inputTokens] == .init(limit: 30_000, remaining: 29_000, reset: .seconds(90)))
        #expect(report[.outputTokens] == nil)
    }

    @Test("Without headers nothing is said")
    func none() {
        #expect(AnthropicDialect().limits(in: headers([:]), now: now) == LimitReport())
        #expect(OpenAIDialect().limits(in: headers([:]), now: now) == LimitReport())
    }

    @Test(
        "What makes no sense is named and otherwise as good as absent",
        arguments: [
            "", "0", "-1", "+5", "1e9", "1.5", "ten", "999999999999999999999999", "1000000000001", "0x10", " 5", "٥", "NaN",
        ])
    func hostileCounts(text: String) {
        let report = AnthropicDialect().limits(in: headers(["anthropic-ratelimit-requests-limit": text]), now: now)
        #expect(report[.requests] == nil)
        #expect(report.unreadable == ["anthropic-ratelimit-requests-limit"])
    }

    @Test("The largest limit that is believed")
    func border() {
        let report = OpenAIDialect().limits(in: headers(["x-ratelimit-limit-tokens": "1000000000000"]), now: now)
        #expect(report[.inputTokens]?.limit == 1_000_000_000_000)
    }

    @Test(
        "Go's durations",
        arguments: [
            ("6ms", Duration.milliseconds(6)), ("1m30s", .seconds(90)), ("1.25s", .milliseconds(1250)), ("0", .zero),
            ("0s", .zero),
            ("6m0s", .seconds(360)), ("1h2m3s", .seconds(3723)), ("17µs", .microseconds(17)), ("8784h", .seconds(366 * 86_400)),
        ])
    func durations(text: String, expected: Duration) throws {
        let read = try #require(GoDuration.duration(text))
        #expect(abs((read - expected) / .nanoseconds(1)) < 1)
    }

    @Test(
        "Texts that are no duration",
        arguments: [
            "", "s", "1", "-1s", "1d", "1m 30s", "1..5s", "1ss", "8785h", "1e3s", "nan", String(repeating: "1s", count: 21),
        ])
    func notDurations(text: String) {
        #expect(GoDuration.duration(text) == nil)
    }

    @Test(
        "Instants that are none, or beyond belief, are named",
        arguments: ["", "soon", "2026-13-01T00:00:00Z", "9026-01-01T00:00:00Z"])
    func hostileResets(text: String) {
        let report = AnthropicDialect().limits(in: headers(["anthropic-ratelimit-requests-reset": text]), now: now)
        #expect(report.unreadable == ["anthropic-ratelimit-requests-reset"])
        #expect(report[.requests] == nil)
    }
}
