/// The Messages API's JSON.
enum MessagesDialect {
    static func message(_ completion: Completion, _ usage: Usage, model: String, id: String) -> JSON {
        let content = completion.content.enumerated().map { index, part -> JSON in
            switch part {
            case .text(let text): ["type": "text", "text": .string(text)]
            case .toolCall(let name, let input):
                ["type": "tool_use", "id": .string("toolu_\(id)\(index)"), "name": .string(name), "input": input]
            }
        }
        let details: JSON =
            completion.stopReason == .refusal
            ? ["type": "refusal", "category": "general_harms", "explanation": "SIMULATED refusal"] : .null
        return [
            "id": .string("msg_\(id)"), "type": "message", "role": "assistant", "model": .string(model),
            "content": .array(content), "stop_reason": .string(completion.stopReason.rawValue), "stop_sequence": .null,
            "stop_details": details, "usage": json(usage),
        ]
    }

    static func json(_ usage: Usage) -> JSON {
        [
            "input_tokens": JSON(usage.input), "cache_creation_input_tokens": JSON(usage.cacheWrite5m + usage.cacheWrite1h),
            "cache_read_input_tokens": JSON(usage.cacheRead),
            "cache_creation": [
                "ephemeral_5m_input_tokens": JSON(usage.cacheWrite5m), "ephemeral_1h_input_tokens": JSON(usage.cacheWrite1h),
            ],
            "output_tokens": JSON(usage.output), "service_tier": "standard",
        ]
    }

    static func error(_ error: ProviderError, requestID: String) -> OutgoingReply {
        .json(
            error.status, errorBody(error, requestID: requestID),
            headers: error.retryAfter.map { [("retry-after", String($0))] } ?? [])
    }

    static func errorBody(_ error: ProviderError, requestID: String) -> JSON {
        var content: [JSON.Member] = [
            JSON.Member(name: "type", value: .string(error.kind.rawValue)),
            JSON.Member(name: "message", value: .string(error.message)),
        ]
        if let code = error.errorCode { content.append(JSON.Member(name: "details", value: ["error_code": .string(code)])) }
        return ["type": "error", "error": .object(content), "request_id": .string(requestID)]
    }

    static func model(_ model: SimulatedModel) -> JSON {
        [
            "type": "model", "id": .string(model.id), "display_name": .string(model.displayName),
            "created_at": "2026-10-01T00:00:00Z", "max_input_tokens": JSON(model.contextWindow),
            "max_tokens": JSON(model.maxOutputTokens), "lifecycle": "active",
        ]
    }

    static let models: JSON = [
        "data": .array(ModelCatalogue.models.map(model)), "has_more": false,
        "first_id": JSON(ModelCatalogue.models.first?.id), "last_id": JSON(ModelCatalogue.models.last?.id),
    ]
}
