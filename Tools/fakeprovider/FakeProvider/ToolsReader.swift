/// Reads and checks `tools`.
struct ToolsReader {
    let estimate: TokenEstimate

    func read(_ body: Field) throws(ProviderError) -> (tools: [Question.Tool], segments: [PromptSegment]) {
        var tools: [Question.Tool] = []
        var segments: [PromptSegment] = []
        for field in try body.optional("tools")?.elements() ?? [] {
            let tool = try read(tool: field.object())
            guard !tools.contains(where: { $0.name == tool.name }) else { throw .invalid("tools: Tool names must be unique.") }
            let content = field.value.removing("cache_control").encoded
            tools.append(tool)
            segments.append(
                PromptSegment(
                    tier: .tools, content: content,
                    tokens: estimate.tokens(content.count) + TokenEstimate.overheadPerPiece,
                    breakpoint: try CacheMarkers.lifetime(field), path: field.path))
        }
        return (tools, segments)
    }

    private func read(tool field: Field) throws(ProviderError) -> Question.Tool {
        if let type = field.optional("type") { _ = try type.choice(["custom"]) }
        try field.allowOnly([
            "type", "name", "description", "input_schema", "strict", "cache_control", "defer_loading", "allowed_callers",
            "input_examples", "eager_input_streaming",
        ])
        let name = try field.required("name")
        guard Self.isName(try name.text()) else {
            throw name.invalid("String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
        }
        _ = try field.optional("description")?.text()
        let schema = try field.required("input_schema").object()
        guard try schema.required("type").value == "object" else { throw schema.invalid("Input should have type 'object'") }
        if try field.optional("strict")?.truth() == true { try StrictSchema.check(schema) }
        return Question.Tool(name: try name.text(), schema: schema.value)
    }

    private static func isName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-")
            }
    }
}

/// What a schema must look like for the provider to hold a model to it.
enum StrictSchema {
    private static let unsupported = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems",
        "uniqueItems",
    ]

    static func check(_ schema: Field) throws(ProviderError) {
        if let keyword = unsupported.first(where: { schema.value[$0] != nil }) {
            throw schema.invalid("property '\(keyword)' is not supported in a strict schema")
        }
        if let count = schema.value["minItems"]?.integer, count > 1 {
            throw schema.invalid("'minItems' values other than 0 or 1 are not supported in a strict schema")
        }
        if let reference = schema.value["$ref"]?.text, !reference.hasPrefix("#/$defs/") {
            throw schema.invalid("only references into '#/$defs/' are supported in a strict schema")
        }
        if schema.value["type"] == "object", schema.value["additionalProperties"] != .bool(false) {
            throw schema.invalid("For 'object' type, 'additionalProperties' must be explicitly set to false")
        }
        if let properties = schema.optional("properties") {
            for member in try properties.object().value.members ?? [] {
                try check(Field(value: member.value, path: "\(properties.path).\(member.name)"))
            }
        }
        if let items = schema.optional("items") { try check(items.object()) }
        for name in ["anyOf", "allOf"] {
            for branch in try schema.optional(name)?.elements() ?? [] { try check(branch.object()) }
        }
    }
}
