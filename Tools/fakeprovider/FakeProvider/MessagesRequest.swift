/// A valid request to the Messages API.
struct MessagesRequest: Sendable {
    let question: Question
    let segments: [PromptSegment]
    /// What invalidates the cache from the system tier on, beside the text itself.
    let systemSalt: String
    /// What invalidates the cache from the messages tier on.
    let messagesSalt: String
    let isStreaming: Bool

    var promptTokens: Int { segments.reduce(0) { $0 + $1.tokens } }
}

extension MessagesRequest {
    private static let knownFields: Set<String> = [
        "model", "max_tokens", "messages", "system", "tools", "tool_choice", "output_config", "thinking", "stop_sequences",
        "stream", "metadata", "service_tier", "speed", "inference_geo", "cache_control", "temperature", "top_p", "top_k",
        "diagnostics", "container", "user_profile_id",
    ]

    /// Reads and checks a body as the API does. `isCounting` is true for the token counter, which needs no `max_tokens`.
    init(_ bytes: [UInt8], isCounting: Bool = false) throws(ProviderError) {
        let json: JSON
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw .invalid("The request body is not valid JSON: \(error.message) at byte \(error.offset)")
        }
        let body = try Field(value: json, path: "").object()
        try body.allowOnly(Self.knownFields)
        let model = try Self.model(body)
        let maxTokens = isCounting ? 1 : try Self.maxTokens(body, model)
        let estimate = TokenEstimate(bytesPerToken: model.bytesPerToken)
        let tools = try ToolsReader(estimate: estimate).read(body)
        let conversation = try ConversationReader(model: model, estimate: estimate).read(body)
        let form = try FormReader(model: model, tools: tools.tools).read(body)
        try Self.checkSampling(body, model)
        try Self.checkThinking(body, model, maxTokens: maxTokens, form: form)
        try Self.checkRest(body)
        if maxTokens == 0 { try Self.checkPrewarming(body, form) }

        var segments = tools.segments + conversation.segments
        try CacheMarkers.applyAutomatic(body, to: &segments)
        try CacheMarkers.check(segments)
        self.segments = segments
        let tokens = segments.reduce(0) { $0 + $1.tokens }
        guard tokens <= model.contextWindow else {
            throw .invalid("prompt is too long: \(tokens) tokens > \(model.contextWindow) maximum")
        }

        let format = body.optional("output_config")?.optional("format")?.value.encoded ?? []
        systemSalt = Digest.hex(format + (body.optional("speed")?.value.encoded ?? []))
        messagesSalt = Digest.hex(
            ["tool_choice", "thinking"].flatMap { body.optional($0)?.value.encoded ?? [0] }
                + (body.optional("output_config")?.optional("effort")?.value.encoded ?? [0]))
        isStreaming = try body.optional("stream")?.truth() ?? false
        question = Question(
            model: model, userText: conversation.userText, tools: tools.tools, form: form, maxTokens: maxTokens,
            promptSHA256: Digest.hex(segments.flatMap { $0.content + [0] } + format))
    }

    private static func model(_ body: Field) throws(ProviderError) -> SimulatedModel {
        let id = try body.required("model").text()
        guard !id.isEmpty else { throw .invalid(at: "model", "String should have at least 1 character") }
        guard let model = ModelCatalogue.model(id) else { throw .notFound("model: \(id)") }
        return model
    }

    private static func maxTokens(_ body: Field, _ model: SimulatedModel) throws(ProviderError) -> Int {
        let maxTokens = try body.required("max_tokens").integer()
        guard maxTokens >= 0 else { throw .invalid(at: "max_tokens", "Input should be greater than or equal to 0") }
        guard maxTokens <= model.maxOutputTokens else {
            throw .invalid(
                at: "max_tokens",
                "\(maxTokens) > \(model.maxOutputTokens), which is the maximum allowed number of output tokens for \(model.id)")
        }
        return maxTokens
    }

    private static func checkSampling(_ body: Field, _ model: SimulatedModel) throws(ProviderError) {
        for name in ["temperature", "top_p", "top_k"] {
            guard let field = body.optional(name) else { continue }
            guard model.acceptsSampling else { throw field.invalid("`\(name)` is not supported by \(model.id)") }
            _ = try field.number(in: 0...(name == "top_k" ? 1e9 : 1))
        }
    }

    private static func checkThinking(
        _ body: Field, _ model: SimulatedModel, maxTokens: Int, form: Question.Form
    ) throws(ProviderError) {
        guard let thinking = body.optional("thinking") else { return }
        let type = try thinking.required("type").choice(["adaptive", "enabled", "disabled", "between_tools"])
        if type == "disabled", !model.acceptsForcedTools {
            throw thinking.invalid("thinking can't be disabled for \(model.id)")
        }
        guard type == "enabled" else { return }
        let budget = try thinking.required("budget_tokens")
        guard try budget.integer() >= 1024 else { throw budget.invalid("Input should be greater than or equal to 1024") }
        guard try budget.integer() < maxTokens else {
            throw .invalid("`max_tokens` must be greater than `thinking.budget_tokens`")
        }
        if case .tool = form { throw .invalid("Thinking may not be enabled when tool_choice forces tool use.") }
    }

    private static func checkRest(_ body: Field) throws(ProviderError) {
        if let metadata = body.optional("metadata") {
            try metadata.object().allowOnly(["user_id"])
            _ = try metadata.optional("user_id")?.text()
        }
        if let sequences = body.optional("stop_sequences") {
            for sequence in try sequences.elements() where try sequence.text().isEmpty {
                throw sequence.invalid("each stop sequence must contain non-whitespace")
            }
        }
        _ = try body.optional("service_tier")?.choice(["auto", "standard_only"])
        _ = try body.optional("speed")?.choice(["standard", "fast"])
    }

    /// A request for no tokens only fills the cache, and then nothing may shape the answer.
    private static func checkPrewarming(_ body: Field, _ form: Question.Form) throws(ProviderError) {
        guard form == .free, body.optional("stream")?.value.truth != true,
            body.optional("thinking")?.value["type"]?.text != "enabled"
        else {
            throw .invalid(
                at: "max_tokens", "0 can't be combined with stream, output_config.format, a forced tool or enabled thinking")
        }
    }
}
