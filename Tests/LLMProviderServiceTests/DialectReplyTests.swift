import CurlClient
import Testing

@testable import LLMProviderService

@Suite("A vendor's answer")
struct DialectReplyTests {
    private let schema: JSONSchema

    init() throws { schema = try JSONSchema(Array(Sample.schema.utf8)) }

    private func messages(_ body: String, status: Int = 200, headers: [String: String] = [:]) -> AttemptOutcome {
        AnthropicDialect().outcome(of: Sample.response(status, body, headers: headers), schema: schema)
    }

    private func completions(_ body: String, status: Int = 200, headers: [String: String] = [:]) -> AttemptOutcome {
        OpenAIDialect().outcome(of: Sample.response(status, body, headers: headers), schema: schema)
    }

    private let verdict = Array(#"{"confidence":4,"rationale":"Clearer.","winner":"first"}"#.utf8)

    @Test("Messages: the tool's input is the reply, with model, usage by class and the vendor's id")
    func message() {
        let usage =
            #"{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":3,"cache_creation_input_tokens":9,"#
            + #""cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":5}}"#
        #expect(
            messages(Sample.message(usage: usage), headers: ["request-id": "req_7"])
                == .reply(
                    VendorReply(
                        json: verdict, model: "claude-haiku-4-5-20251001",
                        usage: TokenUsage(
                            input: 1, output: 2, cacheRead: 3, cacheWriteFiveMinutes: 4, cacheWriteOneHour: 5),
                        vendorRequestID: "req_7")))
    }

    @Test("Messages: without the split by lifetime, what was written was written for five minutes")
    func unsplitUsage() {
        let outcome = messages(Sample.message(usage: #"{"input_tokens":1,"cache_creation_input_tokens":9}"#))
        #expect(outcome.reply?.usage == TokenUsage(input: 1, cacheWriteFiveMinutes: 9))
    }

    @Test("Messages: structured output stands in the text")
    func structuredOutput() {
        let text = JSONText.string(Sample.verdict).text
        let outcome = messages(
            #"{"type":"message","stop_reason":"end_turn","content":[{"type":"thinking"},{"type":"text","text":\#(text)}]}"#)
        #expect(outcome.reply?.json == verdict)
    }

    @Test("Chat completions: the function's arguments are the reply, cached tokens counted apart")
    func completion() {
        #expect(
            completions(Sample.completion(), headers: ["x-request-id": "req_7"])
                == .reply(
                    VendorReply(
                        json: verdict, model: "gpt", usage: TokenUsage(input: 8, output: 7, cacheRead: 4),
                        vendorRequestID: "req_7")))
        let text = JSONText.string(Sample.verdict).text
        #expect(completions(#"{"choices":[{"message":{"content":\#(text)}}]}"#).reply?.json == verdict)
    }

    @Test("A refusal and a reply that was cut off are failures of their own kind, with their usage, and not tried again")
    func endings() {
        let outcomes: [(AttemptOutcome, AttemptFailure.Kind)] = [
            (messages(Sample.message(stopReason: "refusal")), .refusal),
            (messages(Sample.message(stopReason: "max_tokens")), .truncated),
            (messages(Sample.message(stopReason: "model_context_window_exceeded")), .truncated),
            (completions(Sample.completion(finishReason: "length")), .truncated),
            (completions(Sample.completion(finishReason: "content_filter")), .refusal),
            (completions(#"{"choices":[{"message":{"refusal":"No."}}],"usage":{"completion_tokens":3}}"#), .refusal),
        ]
        for (outcome, kind) in outcomes {
            #expect(outcome.failure?.kind == kind)
            #expect(outcome.failure?.remedy == AttemptFailure.Remedy.none)
            #expect(outcome.failure.map { $0.usage.output > 0 } == true)
        }
    }

    @Test(
        "Two verdicts in one reply are none, and none is none",
        arguments: [
            #"[{"type":"tool_use","input":\#(Sample.verdict)},{"type":"tool_use","input":\#(Sample.verdict)}]"#, "[]", "null",
            #"[{"type":"text","text":"The first is better."}]"#, #"[{"type":"tool_use"}]"#, #""first""#,
        ])
    func ambiguous(content: String) {
        let outcome = messages(
            #"{"type":"message","stop_reason":"tool_use","usage":{"output_tokens":3},"content":\#(content)}"#)
        #expect(outcome.failure?.kind == .unreadableReply)
        #expect(outcome.failure?.remedy == .retry)
        #expect(outcome.failure?.usage.output == 3)
    }

    @Test("Chat completions: two function calls are no reply")
    func ambiguousCompletion() {
        let call = #"{"function":{"arguments":\#(JSONText.string(Sample.verdict).text)}}"#
        let outcome = completions(#"{"choices":[{"message":{"tool_calls":[\#(call),\#(call)]}}]}"#)
        #expect(outcome.failure?.kind == .unreadableReply)
    }

    @Test(
        "Whatever counts a vendor reports, they are counts",
        arguments: ["9223372036854775807", "-5", "1e300", "\"x\"", "null", "1.5"])
    func counts(number: String) throws {
        let message = messages(
            Sample.message(
                usage: #"{"input_tokens":\#(number),"output_tokens":\#(number),"cache_creation_input_tokens":\#(number),"#
                    + #""cache_creation":{"ephemeral_1h_input_tokens":\#(number)}}"#))
        let usage = try #require(message.reply?.usage)
        for count in [usage.input, usage.output, usage.cacheWriteFiveMinutes, usage.cacheWriteOneHour] {
            #expect((0...TokenUsage.largestCount).contains(count))
        }
    }

    @Test("A vendor's words are passed on without what no message may hold")
    func foreignWords() throws {
        let reply = try #require(messages(Sample.message(model: #"m\u0000\u0007"#)).reply)
        #expect(reply.model == "m  ")
        let failure = try #require(
            messages(#"{"error":{"type":"a\u0000b","message":"why\u0000\nnot"}}"#, status: 400).failure)
        #expect(failure.message == "the provider answered 400 a b: why  not")
        let long = try #require(
            messages(#"{"error":{"message":"\#(String(repeating: "e\u{301}", count: 100_000))"}}"#, status: 400).failure)
        #expect(long.message.unicodeScalars.count < 400)
        let unasked = try #require(
            messages(Sample.message(#"{"a\u0000b":1,"rationale":"x","winner":"first","confidence":4}"#)).failure)
        #expect(!unasked.message.contains("\0"))
    }
}

extension AttemptOutcome {
    var reply: VendorReply? { if case .reply(let reply) = self { reply } else { nil } }
    var failure: AttemptFailure? { if case .failure(let failure) = self { failure } else { nil } }
}
