/// The OpenAI-compatible chat route's JSON.
enum ChatDialect {
    static func completion(_ completion: Completion, _ usage: Usage, model: String, id: String, now: Int64) -> JSON {
        var text: String?
        var calls: [JSON] = []
        for part in completion.content {
            switch part {
            case .text(let content): text = content
            case .toolCall(let name, let input):
                let arguments = String(decoding: input.encoded, as: UTF8.self)
                calls.append([
                    "id": .string("call_\(id)"), "type": "function",
                    "function": ["name": .string(name), "arguments": .string(arguments)],
                ])
            }
        }
        var message: [JSON.Member] = [
            JSON.Member(name: "role", value: "assistant"), JSON.Member(name: "content", value: JSON(text)),
            JSON.Member(name: "refusal", value: completion.stopReason == .refusal ? "SIMULATED refusal" : .null),
        ]
        if !calls.isEmpty { message.append(JSON.Member(name: "tool_calls", value: .array(calls))) }
        return [
            "id": .string("chatcmpl-\(id)"), "object": "chat.completion", "created": JSON(Int(now / 1_000_000_000)),
            "model": .string(model),
            "choices": [
                [
                    "index": 0, "message": .object(message), "logprobs": .null,
                    "finish_reason": .string(finishReason(completion.stopReason)),
                ]
            ],
            "usage": [
                "prompt_tokens": JSON(usage.prompt), "completion_tokens": JSON(usage.output),
                "total_tokens": JSON(usage.prompt + usage.output), "prompt_tokens_details": ["cached_tokens": 0],
                "completion_tokens_details": ["reasoning_tokens": 0],
            ],
        ]
    }

    private static func finishReason(_ reason: Completion.StopReason) -> String {
        switch reason {
        case .endTurn, .refusal: "stop"
        case .maxTokens: "length"
        case .toolUse: "tool_calls"
        }
    }

    static func error(_ error: ProviderError) -> OutgoingReply {
        let (type, code): (String, String?) =
            switch error.kind {
            case .invalidRequest, .notFound, .requestTooLarge: ("invalid_request_error", error.errorCode)
            case .authentication: ("invalid_request_error", "invalid_api_key")
            case .rateLimit:
                error.retryAfter == nil ? ("insufficient_quota", "insufficient_quota") : ("requests", "rate_limit_exceeded")
            case .api, .timeout, .overloaded: ("server_error", nil)
            }
        let body: JSON = [
            "error": [
                "message": .string(error.message), "type": .string(type), "param": JSON(error.parameter), "code": JSON(code),
            ]
        ]
        return .json(
            // This dialect has no status of its own for being overloaded.
            error.status == 529 ? 503 : error.status, body,
            headers: error.retryAfter.map { [("retry-after", String($0))] } ?? [])
    }
}
