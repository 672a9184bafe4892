/// Reads and checks what shapes the answer: `tool_choice` and `output_config`.
struct FormReader {
    let model: SimulatedModel
    let tools: [Question.Tool]

    func read(_ body: Field) throws(ProviderError) -> Question.Form {
        let schema = try readOutput(body)
        guard let choice = body.optional("tool_choice") else { return schema.map { .json(schema: $0) } ?? .free }
        try choice.object().allowOnly(["type", "name", "disable_parallel_tool_use"])
        let type = try choice.required("type").choice(["auto", "any", "tool", "none"])
        guard !tools.isEmpty else { throw .invalid("tool_choice: may only be specified while providing tools.") }
        guard type == "any" || type == "tool" else { return schema.map { .json(schema: $0) } ?? .free }
        guard model.acceptsForcedTools else {
            throw .invalid("tool_choice: forced tool use ('\(type)') is not supported by \(model.id)")
        }
        guard type == "tool" else { return .tool(tools[0]) }
        let name = try choice.required("name").text()
        guard let tool = tools.first(where: { $0.name == name }) else {
            throw .invalid("tool_choice.name: Tool '\(name)' not found in provided tools")
        }
        return .tool(tool)
    }

    private func readOutput(_ body: Field) throws(ProviderError) -> JSON? {
        guard let output = body.optional("output_config") else { return nil }
        try output.object().allowOnly(["effort", "format"])
        _ = try output.optional("effort")?.choice(["low", "medium", "high", "xhigh", "max"])
        guard let format = output.optional("format") else { return nil }
        try format.object().allowOnly(["type", "schema"])
        _ = try format.required("type").choice(["json_schema"])
        let schema = try format.required("schema").object()
        try StrictSchema.check(schema)
        return schema.value
    }
}
