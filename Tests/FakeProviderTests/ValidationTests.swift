import CurlClient
import Testing

@testable import FakeProvider

/// One change to a good request, and what the provider says to it.
struct Refusal: Sendable, CustomTestStringConvertible {
    let change: String
    let body: JSON
    let status: Int
    let type: String
    let words: String

    init(
        _ path: String, _ value: JSON?, _ words: String, on body: JSON = Sample.comparison("a", "b"), status: Int = 400,
        type: String = "invalid_request_error"
    ) {
        change = path + " = " + (value.map { String(decoding: $0.encoded.prefix(60), as: UTF8.self) } ?? "absent")
        self.body = body.setting(path, value)
        self.status = status
        self.type = type
        self.words = words
    }

    var testDescription: String { change }

    static let fields: [Refusal] = [
        Refusal("model", nil, "model: Field required"),
        Refusal("model", 5, "model: Input should be a valid string"),
        Refusal("model", "", "model: String should have at least 1 character"),
        Refusal("model", "claude-2", "model: claude-2", status: 404, type: "not_found_error"),
        Refusal("max_tokens", nil, "max_tokens: Field required"),
        Refusal("max_tokens", "5", "max_tokens: Input should be a valid integer"),
        Refusal("max_tokens", -1, "max_tokens: Input should be greater than or equal to 0"),
        Refusal("max_tokens", 128_001, "max_tokens: 128001 > 128000"),
        Refusal("max_tokens", 0, "max_tokens: 0 can't be combined"),
        Refusal("max_tokens", 64_001, "64001 > 64000", on: Sample.question(model: "claude-haiku-4-5")),
        Refusal("messages", nil, "messages: Field required"),
        Refusal("messages", [], "messages: at least one message is required"),
        Refusal("messages", "Hi", "messages: Input should be a valid list"),
        Refusal("messages.0.role", "system", "messages.0.role: Input should be 'user' or 'assistant'"),
        Refusal("messages.0.role", "assistant", "first message must use the \"user\" role"),
        Refusal("messages.0.content", "", "messages.0: all messages must have non-empty content"),
        Refusal("messages.0.content", [], "messages.0: all messages must have non-empty content"),
        Refusal("messages.0.content", [["type": "text"]], "messages.0.content.0.text: Field required"),
        Refusal("messages.0.content", [["type": "text", "text": ""]], "text content blocks must be non-empty"),
        Refusal("messages.0.content", [["type": "song"]], "Input tag 'song' found using 'type'"),
        Refusal("messages.0.content", [["text": "a"]], "messages.0.content.0.type: Field required"),
        Refusal("messages.0.name", "x", "messages.0.name: Extra inputs are not permitted"),
        Refusal("system", 5, "system: Input should be a valid list"),
        Refusal("system", [["type": "image"]], "system.0: Input tag should be 'text'"),
        Refusal("temprature", 1, "temprature: Extra inputs are not permitted"),
        Refusal("metadata", ["correlation_id": "x"], "metadata.correlation_id: Extra inputs are not permitted"),
        Refusal("temperature", "hot", "temperature: Input should be a valid number"),
        Refusal("temperature", .number("1.1"), "temperature: Input should be less than or equal to 1"),
        Refusal("temperature", 0, "`temperature` is not supported", on: Sample.question(model: "claude-sonnet-5-5")),
        Refusal("top_p", 1, "`top_p` is not supported", on: Sample.question(model: "claude-opus-5-5")),
        Refusal("stop_sequences", [""], "each stop sequence must contain"),
        Refusal("service_tier", "gold", "service_tier: Input should be 'auto' or 'standard_only'"),
        Refusal("stream", "yes", "stream: Input should be a valid boolean"),
    ]

    static let tools: [Refusal] = [
        Refusal("tools.0.name", nil, "tools.0.name: Field required"),
        Refusal("tools.0.name", "a b", "tools.0.name: String should match pattern"),
        Refusal("tools.0.input_schema", nil, "tools.0.input_schema: Field required"),
        Refusal("tools.0.input_schema.type", "string", "tools.0.input_schema: Input should have type 'object'"),
        Refusal("tools.0.input_schema.additionalProperties", nil, "'additionalProperties' must be explicitly set to false"),
        Refusal("tools.0.input_schema.properties.rationale.maxLength", 50, "'maxLength' is not supported in a strict schema"),
        Refusal("tools.0.input_schema.properties.confidence.minimum", 1, "'minimum' is not supported in a strict schema"),
        Refusal("tools.0.input_schema.properties.confidence.maximum", 5, "'maximum' is not supported in a strict schema"),
        Refusal("tools", [Sample.verdictTool, Sample.verdictTool], "tools: Tool names must be unique."),
        Refusal("tools", nil, "tool_choice: may only be specified while providing tools"),
        Refusal("tool_choice.name", "other", "Tool 'other' not found in provided tools"),
        Refusal("tool_choice.name", nil, "tool_choice.name: Field required"),
        Refusal("tool_choice.type", "must", "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'"),
        Refusal("model", "claude-sonnet-5-5", "forced tool use ('tool') is not supported by claude-sonnet-5-5"),
        Refusal("model", "claude-opus-5-5", "forced tool use ('tool') is not supported by claude-opus-5-5"),
        Refusal(
            "thinking", ["type": "enabled", "budget_tokens": 1023], "budget_tokens: Input should be greater than or equal to 1024"
        ),
        Refusal(
            "thinking", ["type": "enabled", "budget_tokens": 1024], "`max_tokens` must be greater than `thinking.budget_tokens`"),
        Refusal(
            "thinking", ["type": "enabled", "budget_tokens": 1024],
            "Thinking may not be enabled when tool_choice forces tool use.",
            on: Sample.comparison("a", "b").setting("max_tokens", 2000)),
        Refusal("thinking", ["type": "disabled"], "thinking can't be disabled", on: Sample.question(model: "claude-sonnet-5-5")),
        Refusal("output_config", ["effort": "most"], "output_config.effort: Input should be"),
        Refusal("output_config", ["format": ["type": "xml"]], "output_config.format.type: Input should be 'json_schema'"),
        Refusal(
            "output_config", ["format": ["type": "json_schema", "schema": ["type": "object"]]],
            "'additionalProperties' must be explicitly set to false"),
        Refusal("messages.0.content", "no essays here", "simulated judge: the prompt asks for a winner but holds no two essays"),
        Refusal(
            "messages.1", nil, "does not support assistant message prefill",
            on: Sample.question(model: "claude-haiku-5-5").setting(
                "messages", [["role": "user", "content": "a"], ["role": "assistant", "content": "b"]])),
    ]

    private static func marked(_ ttl: String?) -> JSON {
        let marker: JSON = ttl.map { ["type": "ephemeral", "ttl": .string($0)] } ?? ["type": "ephemeral"]
        return ["type": "text", "text": "x", "cache_control": marker]
    }

    static let cache: [Refusal] = [
        Refusal(
            "messages.0.content", .array(Array(repeating: marked(nil), count: 5)),
            "A maximum of 4 blocks with cache_control may be provided. Found 5."),
        Refusal(
            "system", .array(Array(repeating: marked(nil), count: 4)), "Found 5.",
            on: Sample.comparison("a", "b").setting("tools.0.cache_control", ["type": "ephemeral"])),
        Refusal(
            "messages.0.content", [marked("5m"), marked("1h")],
            "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after"),
        Refusal(
            "system", [marked("1h")], "system.0.cache_control.ttl: a ttl='1h'",
            on: Sample.comparison("a", "b").setting("tools.0.cache_control", ["type": "ephemeral"])),
        Refusal("messages.0.content", [marked("2h")], "cache_control.ttl: Input should be '5m' or '1h'"),
        Refusal("tools.0.cache_control", ["type": "eternal"], "tools.0.cache_control.type: Input should be 'ephemeral'"),
        Refusal("tools.0.cache_control", ["kind": "ephemeral"], "tools.0.cache_control.kind: Extra inputs are not permitted"),
        Refusal("tools.0.cache_control", true, "tools.0.cache_control: Input should be a valid dictionary"),
        Refusal(
            "messages.0.content", [["type": "text", "text": "", "cache_control": ["type": "ephemeral"]]],
            "cache_control cannot be set for empty text blocks"),
        Refusal(
            "cache_control", ["type": "ephemeral"], "automatic caching needs one of the 4 breakpoints",
            on: Sample.question().setting(
                "messages.0.content", .array(Array(repeating: marked(nil), count: 4) + [["type": "text", "text": "y"]]))),
        Refusal(
            "cache_control", ["type": "ephemeral", "ttl": "1h"], "carries a cache_control with another ttl",
            on: Sample.question().setting("messages.0.content", [marked(nil)])),
    ]
}

@Suite("A request that is wrong")
struct ValidationTests {
    @Test("is refused in the API's words, and costs nothing", arguments: Refusal.fields + Refusal.tools + Refusal.cache)
    func refusal(_ refusal: Refusal) async throws {
        try await withProvider { provider in
            let response = try await provider.post(refusal.body)
            #expect(response.status == refusal.status)
            #expect(response.json["type"] == "error")
            #expect(response.errorType == refusal.type)
            #expect(response.errorMessage.contains(refusal.words), "\(response.errorMessage)")
            #expect(response.headers["request-id"] == response.json["request_id"]?.text)
            #expect(response.headers["x-huleedu-simulated"] == "true")
            #expect(provider.provider.statistics.outputTokens == 0)
        }
    }

    @Test("the unchanged requests are fine")
    func controls() async throws {
        try await withProvider { provider in
            for body in [
                Sample.comparison("a", "b"), Sample.question(), Sample.question(model: "claude-sonnet-5-5"),
                Sample.question(model: "claude-opus-5-5"), Sample.comparison("a", "b", model: "claude-haiku-4-5"),
                Sample.comparison("a", "b", model: "claude-haiku-5-5"), Sample.question().setting("max_tokens", 0),
                Sample.question().setting("temperature", 1), Sample.question().setting("metadata", ["user_id": "u"]),
            ] {
                let response = try await provider.post(body)
                #expect(response.status == 200, "\(response.errorMessage)")
            }
        }
    }

    @Test("what is not JSON, or not an object, is refused", arguments: ["", "{", "[]", "\"x\"", "{\"model\":\"\u{1}\"}"])
    func notJSON(text: String) async throws {
        try await withProvider { provider in
            let response = try await provider.client.send(provider.request(Array(text.utf8)))
            #expect(response.status == 400)
            #expect(response.errorType == "invalid_request_error")
        }
    }

    @Test("a body of exactly the limit is read, and one byte more is 413")
    func bodyLimit() async throws {
        let body = Sample.question().encoded
        try await withProvider(.init(maxRequestBytes: body.count)) { provider in
            let exact = try await provider.client.send(provider.request(body))
            #expect(exact.status == 200)
            let over = try await provider.client.send(provider.request(body + [0x20]))
            #expect(over.status == 413)
            #expect(over.errorType == "request_too_large")
        }
    }

    @Test("a prompt longer than the context is refused")
    func contextWindow() async throws {
        try await withProvider { provider in
            let body = Sample.question(String(repeating: "long ", count: 170_000), model: "claude-haiku-4-5")
            let response = try await provider.post(body)
            #expect(response.status == 400)
            #expect(response.errorMessage.hasPrefix("prompt is too long: "))
        }
    }

    @Test("no body, however damaged, gets anything but an answer or a refusal", arguments: 0..<4)
    func mutation(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        let sample = Sample.comparison("one", "two").setting("system", "s").encoded
        for _ in 0..<500 {
            var bytes = sample
            for _ in 0..<3 {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 32...126, using: &generator)
            }
            do throws(ProviderError) {
                _ = try MessagesRequest(bytes)
            } catch {
                #expect([400, 404].contains(error.status))
            }
        }
        for count in sample.indices {
            #expect(throws: ProviderError.self) { try MessagesRequest(Array(sample.prefix(count))) }
        }
    }
}

@Suite("Who may call")
struct AuthenticationTests {
    @Test("a key is taken from either header, and a wrong or missing one is 401")
    func keys() async throws {
        try await withProvider(.init(keys: ["good": "w1"])) { provider in
            expect(200, try await provider.post(Sample.question(), key: "good"))
            for key in ["bad", "", nil] {
                let response = try await provider.post(Sample.question(), key: key)
                #expect(response.status == 401)
                #expect(response.errorType == "authentication_error")
            }
            for (value, status) in [("Bearer good", 200), ("bearer good", 200), ("Bearer bad", 401), ("good", 401)] {
                var request = provider.request(Sample.question().encoded, key: nil)
                request.headers.append(("authorization", value))
                let response = try await provider.client.send(request)
                #expect(response.status == status, "\(value)")
            }
        }
    }

    @Test("without configured keys every key is good, but there must be one")
    func anyKey() async throws {
        try await withProvider(.init(keys: [:])) { provider in
            expect(200, try await provider.post(Sample.question(), key: "whatever"))
            expect(401, try await provider.post(Sample.question(), key: nil))
        }
    }

    @Test("both versions of the API are accepted, and nothing else")
    func versions() async throws {
        try await withProvider { provider in
            for (version, status) in [("2023-06-01", 200), ("2026-10-21", 200), ("2020-01-01", 400), (nil, 400)] {
                let response = try await provider.post(Sample.question(), version: version)
                #expect(response.status == status)
                if status == 400 { #expect(response.errorMessage.hasPrefix("anthropic-version: ")) }
            }
        }
    }

    @Test("unknown paths are 404, wrong methods 405")
    func routes() async throws {
        try await withProvider { provider in
            expect(404, try await provider.get("/v1/nothing"))
            expect(405, try await provider.get("/v1/messages"))
            expect(404, try await provider.post([:], to: "/_fake/nothing"))
        }
    }
}
