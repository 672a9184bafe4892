/// A valid request to the OpenAI-compatible chat route, as far as a judge needs it.
struct ChatRequest: Sendable {
    let question: Question
    let promptTokens: Int

    init(_ bytes: [UInt8]) throws(ProviderError) {
        let json: JSON
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw .invalid("We could not parse the JSON body of your request: \(error.message) at byte \(error.offset)")
        }
        let body = try Field(value: json, path: "").object()
        let id = try body.required("model").text()
        guard let model = ModelCatalogue.chatModel(id) else {
            throw ProviderError(
                status: 404, kind: .notFound, message: "The model `\(id)` does not exist or you do not have access to it.",
                errorCode: "model_not_found", parameter: "model")
        }
        guard try body.optional("stream")?.truth() != true else {
            throw .invalid(at: "stream", "the simulated provider does not stream on this route")
        }
        let tools = try Self.tools(body)
        let (userText, prompt) = try Self.messages(body)
        let estimate = TokenEstimate(bytesPerToken: model.bytesPerToken)
        let toolBytes = body.optional("tools")?.value.encoded ?? []
        promptTokens = estimate.tokens(prompt.count + toolBytes.count) + TokenEstimate.overheadPerPiece
        guard promptTokens <= model.contextWindow else {
            throw ProviderError(
                status: 400, kind: .invalidRequest,
                message: "This model's maximum context length is \(model.contextWindow) tokens, not \(promptTokens).",
                errorCode: "context_length_exceeded", parameter: "messages")
        }
        question = Question(
            model: model, userText: userText, tools: tools, form: try Self.form(body, tools: tools),
            maxTokens: try Self.maxTokens(body, model),
            promptSHA256: Digest.hex(toolBytes + [0] + prompt + (body.optional("response_format")?.value.encoded ?? [])))
    }

    private static func tools(_ body: Field) throws(ProviderError) -> [Question.Tool] {
        var tools: [Question.Tool] = []
        for tool in try body.optional("tools")?.elements() ?? [] {
            _ = try tool.object().required("type").choice(["function"])
            let function = try tool.required("function").object()
            let name = try function.required("name").text()
            let parameters = try function.optional("parameters")?.object()
            if try function.optional("strict")?.truth() == true, let parameters { try StrictSchema.check(parameters) }
            tools.append(Question.Tool(name: name, schema: parameters?.value ?? ["type": "object"]))
        }
        return tools
    }

    private static func messages(_ body: Field) throws(ProviderError) -> (userText: String, prompt: [UInt8]) {
        let messages = try body.required("messages").elements()
        guard !messages.isEmpty else { throw .invalid(at: "messages", "empty array; expected at least one message") }
        var texts: [String] = []
        for message in messages {
            let role = try message.object().required("role").choice(["system", "developer", "user", "assistant", "tool"])
            guard let content = message.optional("content") else {
                guard role == "assistant" else { throw .invalid(at: "\(message.path).content", "expected a string or an array") }
                continue
            }
            var parts: [String] = []
            if let text = content.value.text {
                parts = [text]
            } else {
                for part in try content.elements() where part.value["type"] == "text" {
                    parts.append(try part.required("text").text())
                }
            }
            if role == "user" { texts += parts }
        }
        return (texts.joined(separator: "\n"), JSON.array(messages.map(\.value)).encoded)
    }

    private static func form(_ body: Field, tools: [Question.Tool]) throws(ProviderError) -> Question.Form {
        if let choice = body.optional("tool_choice"), choice.value.text != "auto", choice.value.text != "none" {
            guard let first = tools.first else { throw .invalid(at: "tool_choice", "only allowed when 'tools' are specified") }
            guard choice.value.text != "required" else { return .tool(first) }
            _ = try choice.object().required("type").choice(["function"])
            let name = try choice.required("function").object().required("name").text()
            guard let tool = tools.first(where: { $0.name == name }) else {
                throw .invalid(at: "tool_choice", "tool '\(name)' is not in 'tools'")
            }
            return .tool(tool)
        }
        guard let format = body.optional("response_format") else { return .free }
        switch try format.object().required("type").choice(["text", "json_object", "json_schema"]) {
        case "json_schema":
            let described = try format.required("json_schema").object()
            _ = try described.required("name").text()
            let schema = try described.required("schema").object()
            if try described.optional("strict")?.truth() == true { try StrictSchema.check(schema) }
            return .json(schema: schema.value)
        case "json_object": return .json(schema: ["type": "object"])
        default: return .free
        }
    }

    private static func maxTokens(_ body: Field, _ model: SimulatedModel) throws(ProviderError) -> Int {
        guard let field = body.optional("max_completion_tokens") ?? body.optional("max_tokens") else {
            return model.maxOutputTokens
        }
        let maxTokens = try field.integer()
        guard maxTokens >= 1, maxTokens <= model.maxOutputTokens else {
            throw field.invalid("expected a value between 1 and \(model.maxOutputTokens)")
        }
        return maxTokens
    }
}
