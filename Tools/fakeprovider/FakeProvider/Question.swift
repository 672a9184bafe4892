/// What a model is asked, whatever the dialect: the text, and the form that the answer must take.
struct Question: Sendable {
    struct Tool: Sendable, Equatable {
        let name: String
        let schema: JSON
    }

    /// The form of the answer.
    enum Form: Sendable, Equatable {
        /// Prose, or a call of one of the tools if the judge understands it.
        case free
        /// A call of this tool.
        case tool(Tool)
        /// JSON in the text, following this schema.
        case json(schema: JSON)
    }

    let model: SimulatedModel
    /// What the user said, all pieces joined by line breaks; the essays are looked for here.
    let userText: String
    let tools: [Tool]
    let form: Form
    /// The most tokens the answer may have.
    let maxTokens: Int
    /// Of everything that the model reads, in lower-case hexadecimal.
    let promptSHA256: String
}

/// What a model answers, whatever the dialect.
struct Completion: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case text(String)
        case toolCall(name: String, input: JSON)
    }

    enum StopReason: String, Sendable {
        case endTurn = "end_turn"
        case maxTokens = "max_tokens"
        case toolUse = "tool_use"
        case refusal
    }

    var content: [Content]
    var stopReason: StopReason
    var outputTokens: Int
    /// `first` or `second` when the judge has spoken, for the ledger.
    var verdict: String?
}
