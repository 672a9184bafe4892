import CurlClient
import Testing

@testable import FakeProvider

@Suite("The OpenAI-compatible chat route")
struct ChatTests {
    private func comparison(_ form: (JSON) -> JSON = { $0 }) -> JSON {
        form([
            "model": "gpt-simulated", "max_completion_tokens": 500,
            "messages": [
                ["role": "developer", "content": "Judge."], ["role": "user", "content": .string(Sample.prompt("one", "two"))],
            ],
        ])
    }

    private let function: JSON = [
        "type": "function", "function": ["name": "verdict", "strict": true, "parameters": Sample.verdictSchema],
    ]

    @Test("answers a forced function with a call whose arguments are JSON in a string")
    func forcedFunction() async throws {
        try await withProvider { provider in
            let body = comparison {
                $0.setting("tools", [function]).setting("tool_choice", ["type": "function", "function": ["name": "verdict"]])
            }
            var request = provider.request(body.encoded, to: "/v1/chat/completions", key: nil, version: nil)
            request.headers.append(("authorization", "Bearer \(FakeProviderConfiguration.defaultKey)"))
            let response = try await provider.client.send(request)
            #expect(response.status == 200)
            #expect(response.headers["x-request-id"] != nil)
            #expect(response.json["object"] == "chat.completion")
            let choice = try #require(response.json["choices"]?.elements?.first)
            #expect(choice["finish_reason"] == "tool_calls")
            let call = try #require(choice["message"]?["tool_calls"]?.elements?.first)
            #expect(call["function"]?["name"] == "verdict")
            let arguments = try JSONParser.parse(Array((call["function"]?["arguments"]?.text ?? "").utf8))
            #expect(["first", "second"].contains(arguments["winner"]?.text))
            let usage = response.json["usage"]
            #expect(
                usage?["total_tokens"]?.integer == (usage?["prompt_tokens"]?.integer ?? 0)
                    + (usage?["completion_tokens"]?.integer ?? 0))
            #expect(provider.provider.ledger.first?.verdict == arguments["winner"]?.text)
        }
    }

    @Test("answers a schema with JSON in the content")
    func responseFormat() async throws {
        try await withProvider { provider in
            let body = comparison {
                $0.setting(
                    "response_format",
                    ["type": "json_schema", "json_schema": ["name": "v", "strict": true, "schema": Sample.verdictSchema]])
            }
            let response = try await provider.post(body, to: "/v1/chat/completions")
            let choice = response.json["choices"]?.elements?.first
            #expect(choice?["finish_reason"] == "stop")
            let verdict = try JSONParser.parse(Array((choice?["message"]?["content"]?.text ?? "").utf8))
            #expect(["first", "second"].contains(verdict["winner"]?.text))
        }
    }

    @Test("cuts off at the limit with finish_reason length")
    func length() async throws {
        try await withProvider { provider in
            let response = try await provider.post(
                comparison { $0.setting("max_completion_tokens", 3) }, to: "/v1/chat/completions")
            #expect(response.json["choices"]?.elements?.first?["finish_reason"] == "length")
            #expect(response.json["usage"]?["completion_tokens"]?.integer == 3)
        }
    }

    @Test(
        "refuses in OpenAI's envelope",
        arguments: [
            ("model", JSON.string("gpt-9"), 404, "model_not_found"), ("model", .null, 400, nil), ("messages", [], 400, nil),
            ("max_completion_tokens", 0, 400, nil), ("stream", true, 400, nil), ("tool_choice", "required", 400, nil),
            ("response_format", ["type": "xml"], 400, nil), ("messages", [["role": "boss", "content": "x"]], 400, nil),
        ] as [(String, JSON, Int, String?)])
    func refusals(field: String, value: JSON, status: Int, code: String?) async throws {
        try await withProvider { provider in
            let response = try await provider.post(comparison { $0.setting(field, value) }, to: "/v1/chat/completions")
            #expect(response.status == status)
            #expect(response.json["type"] == nil)
            #expect(response.json["error"]?["type"] == "invalid_request_error")
            #expect(response.json["error"]?["code"]?.text == code)
            #expect(response.errorMessage.isEmpty == false)
        }
    }

    @Test("knows a wrong key, limits and faults")
    func otherErrors() async throws {
        let limits = RateLimits(requestsPerMinute: 1, inputTokensPerMinute: 100_000, outputTokensPerMinute: 100_000)
        let clock = ManualClock()
        let faults = FaultPlan(script: [.overloaded, .spendLimit])
        try await withProvider(.init(limits: limits, faults: faults, clock: clock.clock)) { provider in
            func post(key: String = FakeProviderConfiguration.defaultKey) async throws -> HTTPResponse {
                try await provider.post(comparison(), to: "/v1/chat/completions", key: key)
            }
            let stranger = try await post(key: "x")
            #expect(stranger.status == 401)
            #expect(stranger.json["error"]?["code"] == "invalid_api_key")
            let overloaded = try await post()
            #expect(overloaded.status == 503)
            let quota = try await post()
            #expect(quota.status == 429)
            #expect(quota.json["error"]?["code"] == "insufficient_quota")
            let fine = try await post()
            #expect(fine.status == 200)
            #expect(fine.headers["x-ratelimit-limit-requests"] == "1")
            #expect(fine.headers["x-ratelimit-remaining-requests"] == "0")
            #expect(fine.headers["x-ratelimit-reset-requests"] == "60.0s")
            let limited = try await post()
            #expect(limited.status == 429)
            #expect(limited.json["error"]?["code"] == "rate_limit_exceeded")
            #expect(limited.headers["retry-after"] == "60")
        }
    }
}
