/// A schema that asks for a verdict: an object with a property `winner` whose values include `first` and `second`.
struct VerdictForm {
    private let properties: [JSON.Member]
    private let first: String
    private let second: String

    /// Nil for any other schema.
    init?(_ schema: JSON) {
        guard let properties = schema["properties"]?.members,
            let words = schema["properties"]?["winner"]?["enum"]?.elements?.compactMap(\.text),
            let first = words.first(where: { $0.lowercased() == "first" }),
            let second = words.first(where: { $0.lowercased() == "second" })
        else { return nil }
        self.properties = properties
        self.first = first
        self.second = second
    }

    /// The opinion in the schema's words. `confidence` becomes the number from one to five, `margin` whether it was clear, other strings
    /// the rationale, anything else what its own schema asks for. `winner` stands in for the verdict when it must be wrong on purpose.
    func value(_ opinion: SimulatedJudge.Opinion, winner: String?) -> JSON {
        .object(
            properties.map { property in
                let value: JSON =
                    switch (property.name, property.value["type"]?.text) {
                    case ("winner", _): .string(winner ?? (opinion.prefersFirst ? first : second))
                    case ("margin", "string"): .string(opinion.isClear ? "clear" : "slight")
                    case ("confidence", "integer"), ("confidence", "number"): JSON(opinion.confidence)
                    case (_, "string") where property.value["enum"] == nil: .string(opinion.rationale)
                    default: SchemaFiller.value(for: property.value)
                    }
                return JSON.Member(name: property.name, value: value)
            })
    }
}

/// Makes the smallest value that fits a schema, for tools that are no judgement.
enum SchemaFiller {
    static func value(for schema: JSON, depth: Int = 0) -> JSON {
        if let constant = schema["const"] { return constant }
        if let first = schema["enum"]?.elements?.first { return first }
        if let branch = (schema["anyOf"] ?? schema["oneOf"])?.elements?.first { return value(for: branch, depth: depth + 1) }
        let type = schema["type"]?.text ?? schema["type"]?.elements?.first?.text
        switch type {
        case "object":
            guard depth < 16 else { return .object([]) }
            let properties = schema["properties"]?.members ?? []
            return .object(properties.map { JSON.Member(name: $0.name, value: value(for: $0.value, depth: depth + 1)) })
        case "array":
            guard schema["minItems"]?.integer ?? 0 > 0, let items = schema["items"] else { return .array([]) }
            return .array([value(for: items, depth: depth + 1)])
        case "string": return "SIMULATED"
        case "integer", "number": return schema["minimum"] ?? 1
        case "boolean": return true
        default: return .null
        }
    }
}
