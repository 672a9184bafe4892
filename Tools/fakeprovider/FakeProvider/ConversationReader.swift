/// Reads and checks `system` and `messages`.
struct ConversationReader {
    struct Conversation {
        var segments: [PromptSegment] = []
        var userText = ""
    }

    static let maxMessages = 100_000
    /// What an image or a document counts as; nobody looks at it.
    private static let tokensPerAttachment = 1500

    let model: SimulatedModel
    let estimate: TokenEstimate

    func read(_ body: Field) throws(ProviderError) -> Conversation {
        var conversation = Conversation()
        if let system = body.optional("system") { try readSystem(system, into: &conversation) }
        let messages = try body.required("messages").elements()
        guard let first = messages.first else { throw .invalid("messages: at least one message is required") }
        guard messages.count <= Self.maxMessages else {
            throw .invalid(at: "messages", "List should have at most \(Self.maxMessages) items after validation")
        }
        for message in messages { try readMessage(message, into: &conversation) }
        guard first.value["role"] == "user" else { throw .invalid(#"messages: first message must use the "user" role"#) }
        if messages.last?.value["role"] == "assistant", !model.acceptsPrefill {
            throw .invalid(
                "This model does not support assistant message prefill. The conversation must end with a user message.")
        }
        return conversation
    }

    private func readSystem(_ system: Field, into conversation: inout Conversation) throws(ProviderError) {
        if let text = system.value.text {
            append(["type": "text", "text": .string(text)], tier: .system, breakpoint: nil, path: "system", to: &conversation)
            return
        }
        for block in try system.elements() {
            guard try block.object().required("type").value == "text" else { throw block.invalid("Input tag should be 'text'") }
            _ = try readText(block)
            append(
                block.value, tier: .system, breakpoint: try CacheMarkers.lifetime(block), path: block.path, to: &conversation)
        }
    }

    private func readMessage(_ message: Field, into conversation: inout Conversation) throws(ProviderError) {
        try message.object().allowOnly(["role", "content"])
        let role = try message.required("role").choice(["user", "assistant"])
        let content = try message.required("content")
        let blocks: [Field]
        if let text = content.value.text {
            guard !text.isEmpty else { throw .invalid("\(message.path): all messages must have non-empty content") }
            blocks = [Field(value: ["type": "text", "text": .string(text)], path: content.path)]
        } else {
            blocks = try content.elements()
            guard !blocks.isEmpty else { throw .invalid("\(message.path): all messages must have non-empty content") }
        }
        for block in blocks {
            let text = try readBlock(block.object(), role: role)
            if role == "user", let text { conversation.userText += conversation.userText.isEmpty ? text : "\n" + text }
            append(
                ["role": .string(role), "block": block.value.removing("cache_control")], tier: .messages,
                breakpoint: try CacheMarkers.lifetime(block), path: block.path, to: &conversation)
        }
    }

    /// The text of a block, if it has any.
    private func readBlock(_ block: Field, role: String) throws(ProviderError) -> String? {
        let types =
            role == "user"
            ? ["text", "image", "document", "tool_result"] : ["text", "tool_use", "thinking", "redacted_thinking"]
        let type = try block.required("type")
        guard let name = type.value.text, types.contains(name) else {
            let expected = types.map { "'\($0)'" }.joined(separator: ", ")
            throw block.invalid(
                "Input tag '\(type.value.text ?? "?")' found using 'type' does not match any of the expected tags: \(expected)")
        }
        switch name {
        case "text": return try readText(block)
        case "tool_use":
            _ = try block.required("id").text()
            _ = try block.required("name").text()
            _ = try block.required("input").object()
            return nil
        case "tool_result":
            _ = try block.required("tool_use_id").text()
            return nil
        case "image", "document":
            _ = try block.required("source").object()
            return nil
        default: return nil
        }
    }

    private func readText(_ block: Field) throws(ProviderError) -> String {
        try block.allowOnly(["type", "text", "cache_control", "citations"])
        let text = try block.required("text").text()
        guard !text.isEmpty else {
            guard block.optional("cache_control") == nil else {
                throw block.invalid("cache_control cannot be set for empty text blocks")
            }
            throw .invalid("\(block.path): text content blocks must be non-empty")
        }
        return text
    }

    private func append(
        _ value: JSON, tier: PromptSegment.Tier, breakpoint: PromptSegment.Lifetime?, path: String,
        to conversation: inout Conversation
    ) {
        let content = value.removing("cache_control").encoded
        let type = (value["block"] ?? value)["type"]
        let tokens = type == "image" || type == "document" ? Self.tokensPerAttachment : estimate.tokens(content.count)
        conversation.segments.append(
            PromptSegment(
                tier: tier, content: content, tokens: tokens + TokenEstimate.overheadPerPiece, breakpoint: breakpoint, path: path)
        )
    }
}
