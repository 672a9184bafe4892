import CurlClient
import Foundation
import Testing

@testable import FakeProvider

@Suite("An answer")
struct AnswerTests {
    @Test("to a forced tool is a call of it, in the API's shape")
    func forcedTool() async throws {
        try await withProvider { provider in
            let response = try await provider.post(Sample.comparison("one", "two", model: "claude-haiku-4-5"))
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["x-huleedu-simulated"] == "true")
            #expect(response.headers["request-id"]?.hasPrefix("req_") == true)
            let json = response.json
            #expect(json["type"] == "message")
            #expect(json["role"] == "assistant")
            #expect(json["model"] == "claude-haiku-4-5")
            #expect(json["stop_reason"] == "tool_use")
            #expect(json["id"]?.text?.hasPrefix("msg_") == true)
            #expect(json["content"]?.elements?.count == 1)
            #expect(json["content"]?.elements?.first?["name"] == "verdict")
            let input = try #require(response.toolInput)
            #expect(["first", "second"].contains(input["winner"]?.text))
            #expect((1...5).contains(input["confidence"]?.integer ?? 0))
            #expect(input["rationale"]?.text?.hasPrefix("SIMULATED") == true)
            #expect(json["usage"]?["output_tokens"]?.integer ?? 0 > 0)
        }
    }

    @Test("to a schema for the whole answer is JSON in the text, which models that refuse forced tools give too")
    func structuredOutput() async throws {
        try await withProvider { provider in
            let body = Sample.question(Sample.prompt("one", "two"), model: "claude-opus-5-5")
                .setting("output_config", ["format": ["type": "json_schema", "schema": Sample.verdictSchema]])
            let response = try await provider.post(body)
            #expect(response.json["stop_reason"] == "end_turn")
            let text = try #require(response.json["content"]?.elements?.first?["text"]?.text)
            let verdict = try JSONParser.parse(Array(text.utf8))
            #expect(["first", "second"].contains(verdict["winner"]?.text))
        }
    }

    @Test("follows the schema's own names and order, whatever they are")
    func otherSchemas() async throws {
        try await withProvider { provider in
            let schema: JSON = [
                "type": "object",
                "properties": [
                    "justification": ["type": "string"], "confidence": ["type": "number"],
                    "winner": ["type": "string", "enum": ["First", "Second", "tie"]], "flag": ["type": "boolean"],
                ],
                "additionalProperties": false,
            ]
            let verdict = try await provider.post(Sample.comparison("a", "b").setting("tools.0.input_schema", schema)).toolInput
            #expect(verdict?.members?.map(\.name) == ["justification", "confidence", "winner", "flag"])
            #expect(["First", "Second"].contains(verdict?["winner"]?.text))
            let weather: JSON = [
                "type": "object",
                "properties": [
                    "city": ["type": "string"], "unit": ["type": "string", "enum": ["C", "F"]], "days": ["type": "integer"],
                    "tags": ["type": "array", "items": ["type": "string"]],
                    "place": ["type": "object", "properties": ["x": ["type": "null"]]],
                ],
            ]
            let plain = Sample.comparison("a", "b").setting("tools.0", ["name": "verdict", "input_schema": weather])
            let filled = try await provider.post(plain).toolInput
            #expect(filled == ["city": "SIMULATED", "unit": "C", "days": 1, "tags": [], "place": ["x": nil]])
        }
    }

    @Test("uses the judge's tool unasked, but not another one")
    func freeChoice() async throws {
        try await withProvider { provider in
            let judged = try await provider.post(Sample.comparison("a", "b").setting("tool_choice", ["type": "auto"]))
            #expect(judged.toolInput?["winner"] != nil)
            let other = Sample.question().setting("tools", [["name": "t", "input_schema": ["type": "object"]]])
            let prose = try await provider.post(other)
            #expect(prose.json["stop_reason"] == "end_turn")
            #expect(prose.json["content"]?.elements?.first?["text"]?.text?.hasPrefix("SIMULATED") == true)
        }
    }

    @Test("is cut off at max_tokens")
    func maxTokens() async throws {
        try await withProvider { provider in
            let response = try await provider.post(Sample.comparison("a", "b").setting("max_tokens", 5))
            #expect(response.json["stop_reason"] == "max_tokens")
            #expect(response.json["usage"]?["output_tokens"]?.integer == 5)
            #expect(response.toolInput?["winner"] == nil)
            let text = try await provider.post(Sample.question().setting("max_tokens", 5))
            #expect(text.json["stop_reason"] == "max_tokens")
            #expect(text.json["content"]?.elements?.first?["text"]?.text?.utf8.count == 20)
        }
    }

    @Test("finds the essays in any block of the user's text, and not in the system's")
    func essayBlocks() async throws {
        try await withProvider { provider in
            let parts = Sample.prompt("one", "two").split(separator: "\n\n").map { part -> JSON in
                ["type": "text", "text": .string(String(part))]
            }
            let split = try await provider.post(Sample.comparison("", "").setting("messages.0.content", .array(parts)))
            #expect(split.toolInput?["winner"] != nil)
            let hidden = Sample.comparison("", "").setting("messages.0.content", "x").setting(
                "system", .string(Sample.prompt("a", "b")))
            let refused = try await provider.post(hidden)
            #expect(refused.status == 400)
        }
    }

    @Test("of the token counter is what the same request is charged")
    func countTokens() async throws {
        try await withProvider { provider in
            let body = Sample.comparison("one", "two").setting("system", "judge")
            let counted = try await provider.post(body.setting("max_tokens", nil), to: "/v1/messages/count_tokens")
            #expect(counted.status == 200)
            let charged = try await provider.post(body)
            #expect(counted.json["input_tokens"] == charged.json["usage"]?["input_tokens"])
            #expect(provider.provider.ledger.count == 1)
        }
    }

    @Test("of the list of models names all, and one by one")
    func models() async throws {
        try await withProvider { provider in
            let list = try await provider.get("/v1/models")
            let ids = list.json["data"]?.elements?.compactMap { $0["id"]?.text }
            #expect(ids == ["claude-haiku-4-5", "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "simulated-judge"])
            let one = try await provider.get("/v1/models/claude-haiku-4-5")
            #expect(one.json["max_input_tokens"]?.integer == 200_000)
            let none = try await provider.get("/v1/models/claude-1")
            #expect(none.status == 404)
            let stranger = try await provider.get("/v1/models", key: "other")
            #expect(stranger.status == 401)
        }
    }

    @Test("takes the time that the seed gives the prompt")
    func latency() {
        let slow = FakeProviderConfiguration.Latency(minimum: .milliseconds(100), maximum: .milliseconds(200))
        func delays(seed: UInt64) throws -> [Duration] {
            let core = try ProviderCore(FakeProviderConfiguration(seed: seed, latency: slow))
            return (0..<50).map { number in
                core.reply(to: Sample.incoming(Sample.question("\(number)"))).delay
            }
        }
        #expect(throws: Never.self) {
            let first = try delays(seed: 1)
            #expect(first.allSatisfy { $0 >= .milliseconds(100) && $0 <= .milliseconds(200) })
            #expect(Set(first).count == 50)
            #expect(try delays(seed: 1) == first)
            #expect(try delays(seed: 2) != first)
        }
    }

    @Test("streamed adds up to the same answer that is not streamed")
    func stream() async throws {
        try await withProvider { provider in
            for body in [Sample.comparison("a", "b"), Sample.question("å 🦉"), Sample.question().setting("max_tokens", 3)] {
                let whole = try await provider.post(body).json
                let response = try await provider.post(body.setting("stream", true))
                #expect(response.headers["content-type"]?.hasPrefix("text/event-stream") == true)
                let events = try ServerSentEvent.parse(response.body)
                #expect(events.first?["type"] == "message_start")
                #expect(events.last?["type"] == "message_stop")
                #expect(events.contains { $0["type"] == "ping" })
                #expect(events.first?["message"]?["content"]?.elements?.isEmpty == true)
                let deltas = events.compactMap { $0["delta"] }
                let text = deltas.compactMap { $0["text"]?.text ?? $0["partial_json"]?.text }.joined()
                let block = whole["content"]?.elements?.first
                let expected = block?["text"]?.text ?? block?["input"].map { String(decoding: $0.encoded, as: UTF8.self) }
                #expect(text == expected)
                let end = try #require(events.first { $0["type"] == "message_delta" })
                #expect(end["delta"]?["stop_reason"] == whole["stop_reason"])
                #expect(end["usage"] == whole["usage"])
            }
        }
    }

    @Test("streamed can break down half-way, after a 200")
    func brokenStream() async throws {
        try await withProvider(.init(faults: FaultPlan(script: [.streamError]))) { provider in
            let response = try await provider.post(Sample.comparison("a", "b").setting("stream", true))
            #expect(response.status == 200)
            let events = try ServerSentEvent.parse(response.body)
            #expect(events.last?["type"] == "error")
            #expect(events.last?["error"]?["type"] == "overloaded_error")
            #expect(!events.contains { $0["type"] == "message_stop" })
        }
    }
}

/// Reads a stream of events.
enum ServerSentEvent {
    static func parse(_ body: [UInt8]) throws -> [JSON] {
        try String(decoding: body, as: UTF8.self).components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { event in
            let lines = event.split(separator: "\n")
            let name = try #require(lines.first { $0.hasPrefix("event: ") }?.dropFirst(7))
            let value = try JSONParser.parse(Array(try #require(lines.first { $0.hasPrefix("data: ") }?.dropFirst(6)).utf8))
            #expect(value["type"]?.text == String(name))
            return value
        }
    }
}
