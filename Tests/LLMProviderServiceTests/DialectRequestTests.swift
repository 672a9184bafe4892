import Contracts
import Testing

@testable import LLMProviderService

@Suite("A call in a vendor's words")
struct DialectRequestTests {
    private func call(
        _ model: String = "claude-haiku-4-5", temperature: Double? = nil, blocks: [VendorCall.Block]? = nil
    ) throws -> VendorCall {
        let provider = LLMProviderConfiguration.test().providers[0]
        return VendorCall(
            model: try #require(ModelManifest.description(of: model, at: provider)), temperature: temperature,
            maximumOutputTokens: 512,
            layout: try PromptLayout(
                checked: blocks ?? [
                    .init(isSystem: true, text: "Rules.", cacheMark: .oneHour),
                    .init(isSystem: true, text: "Task: \"why\"", cacheMark: .fiveMinutes),
                    .init(isSystem: false, text: "One\nTwo", cacheMark: .none),
                ]),
            format: .init(name: "submit_verdict", description: "Submits.", schema: Sample.schema))
    }

    private func text(_ dialect: any VendorDialect, _ call: VendorCall) -> String {
        String(decoding: dialect.body(call), as: UTF8.self)
    }

    @Test("Messages: a forced strict tool, cache marks where they were put, system before user")
    func messages() throws {
        #expect(
            text(AnthropicDialect(), try call(temperature: 0.25))
                == #"{"model":"claude-haiku-4-5","max_tokens":512,"temperature":0.25,"#
                + #""tools":[{"name":"submit_verdict","description":"Submits.","strict":true,"input_schema":\#(Sample.schema)}],"#
                + #""tool_choice":{"type":"tool","name":"submit_verdict","disable_parallel_tool_use":true},"#
                + #""system":[{"type":"text","text":"Rules.","cache_control":{"type":"ephemeral","ttl":"1h"}},"#
                + #"{"type":"text","text":"Task: \"why\"","cache_control":{"type":"ephemeral"}}],"#
                + #""messages":[{"role":"user","content":[{"type":"text","text":"One\nTwo"}]}]}"#)
    }

    @Test("Messages: a model that can't be made to call a tool is asked for structured output with the same schema")
    func structuredOutput() throws {
        let text = text(AnthropicDialect(), try call("sonnet"))
        #expect(
            text.hasPrefix(#"{"model":"claude-sonnet-5-5","max_tokens":512,"output_config":{"format":{"type":"json_schema","#))
        #expect(text.contains(#""schema":\#(Sample.schema)}}"#))
        #expect(!text.contains("tool"))
    }

    @Test("Messages: no system part where there is no system block")
    func userOnly() throws {
        let text = text(
            AnthropicDialect(), try call(blocks: [.init(isSystem: false, text: "x", cacheMark: .fiveMinutes)]))
        #expect(!text.contains("\"system\""))
        #expect(text.hasSuffix(#""content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}]}"#))
    }

    @Test("Chat completions: a forced strict function, blocks joined by an empty line")
    func completions() throws {
        #expect(
            text(OpenAIDialect(), try call(temperature: 0.25))
                == #"{"model":"claude-haiku-4-5","max_tokens":512,"temperature":0.25,"#
                + #""tools":[{"type":"function","function":{"name":"submit_verdict","description":"Submits.","strict":true,"#
                + #""parameters":\#(Sample.schema)}}],"#
                + #""tool_choice":{"type":"function","function":{"name":"submit_verdict"}},"#
                + #""messages":[{"role":"system","content":"Rules.\n\nTask: \"why\""},{"role":"user","content":"One\nTwo"}]}"#)
    }

    @Test(
        "A temperature of zero is sent, an absent one is not",
        arguments: [AnthropicDialect() as any VendorDialect, OpenAIDialect()])
    func temperature(dialect: any VendorDialect) throws {
        #expect(text(dialect, try call(temperature: 0)).contains(#""temperature":0.0,"#))
        #expect(text(dialect, try call(temperature: 1e-7)).contains(#""temperature":1e-07,"#))
        #expect(!text(dialect, try call()).contains("temperature"))
    }

    @Test("The same call gives the same bytes", arguments: [AnthropicDialect() as any VendorDialect, OpenAIDialect()])
    func stable(dialect: any VendorDialect) throws {
        let call = try call(temperature: 0.5)
        #expect(Set((0..<20).map { _ in dialect.body(call) }).count == 1)
    }

    @Test("The key goes into the header that the vendor reads, and is left out where there is none")
    func headers() {
        func lines(_ dialect: any VendorDialect, _ key: Secret?) -> [String] {
            dialect.headers(key: key).map { "\($0.name): \($0.value)" }
        }
        #expect(
            lines(AnthropicDialect(), Secret("k")) == [
                "content-type: application/json", "anthropic-version: 2023-06-01", "x-api-key: k",
            ])
        #expect(lines(AnthropicDialect(), nil).count == 2)
        #expect(lines(OpenAIDialect(), Secret("k")) == ["content-type: application/json", "authorization: Bearer k"])
        #expect(lines(OpenAIDialect(), nil) == ["content-type: application/json"])
    }

    @Test(
        "What was submitted reaches the vendor byte for byte",
        arguments: [
            (ProviderConfiguration.Dialect.anthropicMessages, "POST /v1/messages ", "x-api-key: \(Sample.key)"),
            (.openAIChatCompletions, "POST /v1/chat/completions ", "authorization: Bearer \(Sample.key)"),
        ])
    func endToEnd(dialect: ProviderConfiguration.Dialect, requestLine: String, key: String) async throws {
        try await withService(
            dialect: dialect,
            answer: { _ in .reply(200, body: dialect == .anthropicMessages ? Sample.message() : Sample.completion()) }
        ) { fixture in
            let requests = [
                Sample.request("r1"),
                Sample.request("r2") {
                    $0.temperature = 0
                    $0.maxOutputTokens = 1
                },
                Sample.request("r3") {
                    $0.provider = "other"
                    $0.temperature = 1.75
                    $0.maxOutputTokens = 63_999
                    $0.model = dialect == .anthropicMessages ? "claude-haiku-4-5" : "org/model:free"
                    $0.blocks[1].text = Array("Å\u{0}\u{1}\"\\👍\r\n".utf8)
                },
            ]
            for request in requests { try await fixture.submit(request) }
            try await fixture.running {
                for request in requests {
                    let result = try await fixture.result(request.requestID)
                    #expect(result.outcome?.reply != nil)
                }
            }
            let parser = SubmissionParser(configuration: fixture.configuration, lanes: Lanes(fixture.configuration))
            let expected = try requests.map { dialect.vendor.body(try parser.parse($0).call) }
            #expect(Set(fixture.vendor.requests.map(\.body)) == Set(expected))
            #expect(fixture.vendor.requests.count == 3)
            for request in fixture.vendor.requests {
                #expect(request.head.hasPrefix(requestLine))
                #expect(request.head.contains(key + "\r\n"))
            }
        }
    }
}

extension LLMV1.Result.Outcome {
    var reply: String? {
        guard case .reply(let reply) = self else { return nil }
        return String(decoding: reply.json, as: UTF8.self)
    }

    var failure: (kind: LLMV1.FailureKind, message: String, status: UInt32)? {
        guard case .failure(let failure) = self else { return nil }
        return (failure.kind, failure.message, failure.httpStatus)
    }
}
