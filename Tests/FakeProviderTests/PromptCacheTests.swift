import CurlClient
import Testing

@testable import FakeProvider

/// Prompts in blocks of a known number of tokens.
private enum Prompt {
    /// A text block that the judge's model counts as exactly `tokens`, overhead and JSON included.
    static func block(_ tokens: Int, _ letter: Character, ttl: String? = nil) -> JSON {
        let frame = #"{"role":"user","block":{"type":"text","text":""}}"#.utf8.count
        let text = String(repeating: letter, count: (tokens - TokenEstimate.overheadPerPiece) * 4 - frame)
        let block: JSON = ["type": "text", "text": .string(text)]
        return ttl.map { block.setting("cache_control", ["type": "ephemeral", "ttl": .string($0)]) } ?? block
    }

    static func body(_ blocks: [JSON], model: String = "simulated-judge") -> JSON {
        Sample.question(model: model).setting("messages.0.content", .array(blocks))
    }
}

extension HTTPResponse {
    /// Uncached, read, written for five minutes, written for an hour.
    fileprivate var tokens: [Int?] {
        let usage = json["usage"]
        return [
            usage?["input_tokens"]?.integer, usage?["cache_read_input_tokens"]?.integer,
            usage?["cache_creation"]?["ephemeral_5m_input_tokens"]?.integer,
            usage?["cache_creation"]?["ephemeral_1h_input_tokens"]?.integer,
        ]
    }
}

private func expectTokens(_ tokens: [Int], _ response: HTTPResponse, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(response.tokens == tokens, "\(response.errorMessage)", sourceLocation: sourceLocation)
}

@Suite("The prompt cache")
struct PromptCacheTests {
    private func withClock(
        keys: [String: String] = [FakeProviderConfiguration.defaultKey: "w"],
        test: (ProviderFixture, ManualClock) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        try await withProvider(.init(keys: keys, clock: clock.clock)) { try await test($0, clock) }
    }

    @Test("the first request writes, the next reads, and only what follows the breakpoint is new")
    func coldAndWarm() async throws {
        try await withClock { provider, _ in
            let shared = Prompt.block(1000, "s", ttl: "5m")
            let cold = try await provider.post(Prompt.body([shared, Prompt.block(200, "a")]))
            #expect(cold.tokens == [200, 0, 1000, 0])
            #expect(cold.json["usage"]?["cache_creation_input_tokens"]?.integer == 1000)
            let warm = try await provider.post(Prompt.body([shared, Prompt.block(300, "b")]))
            #expect(warm.tokens == [300, 1000, 0, 0])
            let other = try await provider.post(Prompt.body([Prompt.block(1000, "t", ttl: "5m"), Prompt.block(200, "a")]))
            #expect(other.tokens == [200, 0, 1000, 0])
            let unmarked = try await provider.post(Prompt.body([Prompt.block(1000, "s"), Prompt.block(200, "a")]))
            #expect(unmarked.tokens == [1200, 0, 0, 0])
        }
    }

    @Test("an entry lives for its time from the start of the request that wrote or read it last")
    func lifetime() async throws {
        try await withClock { provider, clock in
            for (ttl, life) in [("5m", Duration.seconds(300)), ("1h", .seconds(3600))] {
                let body = Prompt.body([Prompt.block(1000, "x", ttl: ttl), Prompt.block(100, "y")])
                let written = ttl == "5m" ? [100, 0, 1000, 0] : [100, 0, 0, 1000]
                expectTokens(written, try await provider.post(body))
                clock.advance(by: life - .nanoseconds(1))
                expectTokens([100, 1000, 0, 0], try await provider.post(body))
                clock.advance(by: life - .nanoseconds(1))
                expectTokens([100, 1000, 0, 0], try await provider.post(body))
                clock.advance(by: life)
                expectTokens(written, try await provider.post(body))
                clock.advance(by: .seconds(4000))
            }
        }
    }

    @Test(
        "a prefix below the model's minimum is silently not cached",
        arguments: [
            ("simulated-judge", 512), ("claude-haiku-4-5", 4096),
        ])
    func minimum(model: String, minimum: Int) async throws {
        try await withClock { provider, _ in
            for _ in 0..<2 {
                let below = Prompt.body([Prompt.block(minimum - 1, "a", ttl: "5m")], model: model)
                expectTokens([minimum - 1, 0, 0, 0], try await provider.post(below))
            }
            let exact = Prompt.body([Prompt.block(minimum, "b", ttl: "5m")], model: model)
            expectTokens([0, 0, minimum, 0], try await provider.post(exact))
            expectTokens([0, minimum, 0, 0], try await provider.post(exact))
        }
    }

    @Test("several breakpoints: the longest known prefix is read, the rest is written with each one's lifetime")
    func breakpoints() async throws {
        try await withClock { provider, _ in
            let hour = Prompt.block(1000, "h", ttl: "1h")
            let five = Prompt.block(500, "f", ttl: "5m")
            expectTokens([50, 0, 500, 1000], try await provider.post(Prompt.body([hour, five, Prompt.block(50, "x")])))
            expectTokens([60, 1500, 0, 0], try await provider.post(Prompt.body([hour, five, Prompt.block(60, "y")])))
            let other = Prompt.block(700, "g", ttl: "5m")
            expectTokens([50, 1000, 700, 0], try await provider.post(Prompt.body([hour, other, Prompt.block(50, "x")])))
        }
    }

    @Test("workspaces and models share nothing")
    func isolation() async throws {
        try await withClock(keys: ["a": "w1", "b": "w1", "c": "w2"]) { provider, _ in
            let blocks = [Prompt.block(5000, "s", ttl: "5m")]
            expectTokens([0, 0, 5000, 0], try await provider.post(Prompt.body(blocks), key: "a"))
            expectTokens([0, 5000, 0, 0], try await provider.post(Prompt.body(blocks), key: "b"))
            expectTokens([0, 0, 5000, 0], try await provider.post(Prompt.body(blocks), key: "c"))
            let model = try await provider.post(Prompt.body(blocks, model: "claude-haiku-4-5"), key: "a")
            #expect(model.tokens == [0, 0, 5000, 0])
        }
    }

    @Test("requests at once all write; an entry is readable only after the first answer has begun")
    func visibility() throws {
        let core = try ProviderCore(FakeProviderConfiguration(clock: ManualClock().clock))
        let body = Prompt.body([Prompt.block(1000, "s", ttl: "5m")])
        func ask() throws -> (reply: OutgoingReply, read: Int?, written: Int?) {
            let reply = core.reply(to: Sample.incoming(body))
            let usage = try JSONParser.parse(reply.body)["usage"]
            return (reply, usage?["cache_read_input_tokens"]?.integer, usage?["cache_creation_input_tokens"]?.integer)
        }
        let early = try (0..<5).map { _ in try ask() }
        #expect(early.allSatisfy { $0.read == 0 && $0.written == 1000 })
        try core.willSend(early[3].reply)
        let late = try ask()
        #expect(late.read == 1000)
        #expect(late.written == 0)
        core.close()
    }

    @Test("an answer that never began leaves nothing to read")
    func resetAnswer() async throws {
        try await withProvider(.init(faults: FaultPlan(script: [.resetBeforeAnswer]))) { provider in
            let body = Prompt.body([Prompt.block(1000, "s", ttl: "5m")])
            await #expect(throws: CurlError.self) { try await provider.post(body) }
            expectTokens([0, 0, 1000, 0], try await provider.post(body))
            expectTokens([0, 1000, 0, 0], try await provider.post(body))
        }
    }

    @Test("twenty positions are looked back from a breakpoint, and not one more")
    func lookback() async throws {
        try await withClock { provider, _ in
            let start = [Prompt.block(1000, "s", ttl: "5m")]
            _ = try await provider.post(Prompt.body(start))
            func grown(_ count: Int) -> JSON {
                let middle = (0..<count - 1).map { Prompt.block(20, Character(String($0 % 10))) }
                return Prompt.body([Prompt.block(1000, "s")] + middle + [Prompt.block(20, "e", ttl: "5m")])
            }
            expectTokens([0, 0, 1400, 0], try await provider.post(grown(20)))
            expectTokens([0, 1000, 380, 0], try await provider.post(grown(19)))
        }
    }

    @Test(
        "any change before the breakpoint makes a new prompt",
        arguments: [
            "tools", "order of members", "system", "output format", "tool choice", "effort",
        ])
    func invalidation(change: String) async throws {
        try await withClock { provider, _ in
            let body = Prompt.body([Prompt.block(1000, "s", ttl: "5m")])
                .setting("tools", [["name": "t", "input_schema": ["type": "object"]]]).setting("system", "short")
            let changed =
                switch change {
                case "tools": body.setting("tools.0.name", "u")
                case "order of members": body.setting("tools", [["input_schema": ["type": "object"], "name": "t"]])
                case "system": body.setting("system", "other")
                case "output format":
                    body.setting(
                        "output_config",
                        ["format": ["type": "json_schema", "schema": ["type": "object", "additionalProperties": false]]])
                case "tool choice": body.setting("tool_choice", ["type": "any"])
                default: body.setting("output_config", ["effort": "low"])
                }
            _ = try await provider.post(body)
            let same = try await provider.post(body.setting("temperature", 1).setting("max_tokens", 5))
            #expect(same.tokens[1] ?? 0 > 1000)
            let response = try await provider.post(changed)
            #expect(response.status == 200, "\(response.errorMessage)")
            #expect(response.tokens[1] == 0)
            #expect(response.tokens[2] ?? 0 > 1000)
        }
    }

    @Test("a change after the breakpoint on the system leaves the system readable")
    func tiers() async throws {
        try await withClock { provider, _ in
            let system: JSON = [
                ["type": "text", "text": .string(String(repeating: "s", count: 4000)), "cache_control": ["type": "ephemeral"]]
            ]
            let body = Sample.question().setting("system", system).setting(
                "tools", [["name": "t", "input_schema": ["type": "object"]]])
            let written = try await provider.post(body).tokens[2] ?? 0
            #expect(written > 1000)
            let changed = body.setting("tool_choice", ["type": "any"]).setting("messages.0.content", "other")
            let read = try await provider.post(changed).tokens[1]
            #expect(read == written)
        }
    }

    @Test("a marker at the top of the request stands for one on the last block")
    func automatic() async throws {
        try await withClock { provider, _ in
            let body = Prompt.body([Prompt.block(1000, "s")]).setting("cache_control", ["type": "ephemeral", "ttl": "1h"])
            expectTokens([0, 0, 0, 1000], try await provider.post(body))
            expectTokens([0, 1000, 0, 0], try await provider.post(body))
        }
    }

    @Test("a request for no tokens fills the cache and says nothing")
    func prewarming() async throws {
        try await withClock { provider, _ in
            let body = Prompt.body([Prompt.block(1000, "s", ttl: "5m")])
            let warming = try await provider.post(body.setting("max_tokens", 0))
            #expect(warming.status == 200)
            #expect(warming.json["content"]?.elements?.isEmpty == true)
            #expect(warming.json["stop_reason"] == "max_tokens")
            #expect(warming.json["usage"]?["output_tokens"]?.integer == 0)
            #expect(warming.tokens == [0, 0, 1000, 0])
            expectTokens([0, 1000, 0, 0], try await provider.post(body))
        }
    }
}
