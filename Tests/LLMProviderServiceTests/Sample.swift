import Contracts
import CurlClient

@testable import LLMProviderService

/// Requests and answers that are in order.
enum Sample {
    static let key = "sk-test-0123456789"
    static let schema =
        #"{"type":"object","properties":{"rationale":{"type":"string"},"winner":{"type":"string","enum":["first","second"]},"#
        + #""confidence":{"type":"integer","enum":[1,2,3,4,5]}},"required":["rationale","winner","confidence"],"#
        + #""additionalProperties":false}"#
    static let verdict = #"{"rationale":"Clearer.","winner":"first","confidence":4}"#

    static func request(
        _ id: String = "r1", owner: String = "class-9b", text: String = "Which is better?",
        change: (inout LLMV1.SubmitRequest) -> Void = { _ in }
    ) -> LLMV1.SubmitRequest {
        var request = LLMV1.SubmitRequest(
            requestID: id, owner: owner, provider: "vendor", model: "claude-haiku-4-5", temperature: nil, maxOutputTokens: 512,
            blocks: [block(.system, "Judge.", .fiveMinutes), block(.user, text)],
            replyFormat: LLMV1.ReplyFormat(
                name: "submit_verdict", description: Array("Submits the verdict.".utf8), jsonSchema: Array(schema.utf8)))
        change(&request)
        return request
    }

    static func block(
        _ target: LLMV1.PromptTarget, _ text: String, _ mark: LLMV1.CacheMark = .none
    ) -> LLMV1.PromptBlock {
        LLMV1.PromptBlock(target: target, text: Array(text.utf8), cacheMark: mark)
    }

    /// A message of the first dialect whose tool was called with `input`.
    static func message(
        _ input: String = verdict, stopReason: String = "tool_use", usage: String = #"{"input_tokens":10,"output_tokens":5}"#,
        model: String = "claude-haiku-4-5-20251001"
    ) -> String {
        #"{"type":"message","model":"\#(model)","stop_reason":"\#(stopReason)","usage":\#(usage),"#
            + #""content":[{"type":"tool_use","id":"t","name":"submit_verdict","input":\#(input)}]}"#
    }

    /// A completion of the second dialect whose tool was called with `arguments`, which are JSON in a string.
    static func completion(_ arguments: String = verdict, finishReason: String = "tool_calls") -> String {
        let text = JSONText.string(arguments).text
        return #"{"model":"gpt","choices":[{"finish_reason":"\#(finishReason)","message":{"tool_calls":[{"function":"#
            + #"{"name":"submit_verdict","arguments":\#(text)}}]}}],"usage":{"prompt_tokens":12,"completion_tokens":7,"#
            + #""prompt_tokens_details":{"cached_tokens":4}}}"#
    }

    static func response(_ status: Int = 200, _ body: String, headers: [String: String] = [:]) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: HTTPHeaders(headers.map { HTTPHeaders.Field(name: $0.key, value: $0.value) }),
            body: Array(body.utf8), elapsed: .zero)
    }
}

extension VendorServer.Answer {
    static var verdict: Self { .reply(200, headers: "request-id: req_1\r\n", body: Sample.message()) }

    static func error(_ status: Int, type: String = "api_error", message: String = "why", headers: String = "") -> Self {
        .reply(
            status, headers: headers,
            body: #"{"type":"error","error":{"type":"\#(type)","message":\#(JSONText.string(message).text)}}"#)
    }
}
