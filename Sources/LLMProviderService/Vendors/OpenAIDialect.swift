import CurlClient

/// OpenAI's Chat Completions API, which many other servers answer to.
struct OpenAIDialect: VendorDialect {
    let path = "/v1/chat/completions"
    let counting = TokenCounting.allowed

    func headers(key: Secret?) -> [(name: String, value: String)] {
        [("content-type", "application/json")] + (key.map { [("authorization", "Bearer \($0.value)")] } ?? [])
    }

    // MARK: - The request

    func body(_ call: VendorCall) -> [UInt8] {
        func message(_ role: String, isSystem: Bool) -> JSONText? {
            let text = call.blocks.filter { $0.isSystem == isSystem }.map(\.text).joined(separator: "\n\n")
            return text.isEmpty ? nil : .object([("role", .string(role)), ("content", .string(text))])
        }
        let function = JSONText.object([
            ("name", .string(call.format.name)), ("description", .string(call.format.description)), ("strict", .bool(true)),
            ("parameters", .verbatim(call.format.schema)),
        ])
        let body = JSONText.object([
            ("model", .string(call.model.id)),
            ("max_tokens", .number(call.maximumOutputTokens)),
            ("temperature", call.temperature.map { .number($0) }),
            ("tools", .array([.object([("type", .string("function")), ("function", function)])])),
            (
                "tool_choice",
                .object([("type", .string("function")), ("function", .object([("name", .string(call.format.name))]))])
            ),
            ("messages", .array([message("system", isSystem: true), message("user", isSystem: false)].compactMap(\.self))),
        ])
        return Array(body.text.utf8)
    }

    // MARK: - The answer

    func outcome(of response: HTTPResponse, schema: JSONSchema) -> AttemptOutcome {
        let requestID = response.headers["x-request-id"] ?? ""
        guard response.status == 200 else { return .failure(failure(response, requestID: requestID)) }
        guard let completion = JSONValue(response.body), let choice = completion["choices"]?.elements?.first else {
            return .failure(unreadable("the body is no completion", usage: TokenUsage(), requestID: requestID))
        }
        let usage = Self.usage(completion["usage"])
        if choice["finish_reason"]?.text == "length" {
            return .failure(
                AttemptFailure(
                    kind: .truncated, message: "the reply was cut off", httpStatus: 200, usage: usage,
                    vendorRequestID: requestID))
        }
        if choice["finish_reason"]?.text == "content_filter" || choice["message"]?["refusal"]?.text != nil {
            return .failure(
                AttemptFailure(
                    kind: .refusal, message: "the model declined to answer", httpStatus: 200, usage: usage,
                    vendorRequestID: requestID))
        }
        // Servers without tools answer in the text; it has to be the object all the same.
        let calls = choice["message"]?["tool_calls"]?.elements ?? []
        guard calls.count <= 1 else {
            return .failure(unreadable("the reply holds several objects", usage: usage, requestID: requestID))
        }
        let call = calls.first?["function"]?["arguments"]?.text
        guard let text = call ?? choice["message"]?["content"]?.text, let object = JSONValue(Array(text.utf8)) else {
            return .failure(unreadable("the reply holds no object", usage: usage, requestID: requestID))
        }
        do throws(JSONSchemaError) {
            return .reply(
                VendorReply(
                    json: try schema.conforming(object).bytes, model: completion["model"]?.text ?? "", usage: usage,
                    vendorRequestID: requestID))
        } catch {
            return .failure(unreadable("the reply does not fit: \(error.message)", usage: usage, requestID: requestID))
        }
    }

    private static func usage(_ usage: JSONValue?) -> TokenUsage {
        let prompt = TokenUsage.count(usage?["prompt_tokens"]?.integer)
        let cached = min(prompt, TokenUsage.count(usage?["prompt_tokens_details"]?["cached_tokens"]?.integer))
        return TokenUsage(
            input: prompt - cached, output: TokenUsage.count(usage?["completion_tokens"]?.integer), cacheRead: cached)
    }

    private func failure(_ response: HTTPResponse, requestID: String) -> AttemptFailure {
        let error = JSONValue(response.body)?["error"]
        let code = error?["code"]?.text ?? error?["type"]?.text ?? ""
        return HTTPFailure.failure(
            response, code: code, message: error?["message"]?.text ?? "no reason given", isSpent: code == "insufficient_quota",
            vendorRequestID: requestID)
    }

    private func unreadable(_ message: String, usage: TokenUsage, requestID: String) -> AttemptFailure {
        AttemptFailure(
            kind: .unreadableReply, message: message, httpStatus: 200, usage: usage, vendorRequestID: requestID)
    }
}
