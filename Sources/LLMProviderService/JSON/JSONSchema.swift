/// The part of JSON Schema by which a reply is asked for: an object whose properties have a type and perhaps a list of values.
///
/// Known are `type`, `properties`, `required`, `enum`, `additionalProperties` and `description`; a schema with anything else is refused,
/// because what is not checked is not promised.
struct JSONSchema: Sendable, Hashable {
    private enum Kind: String { case string, integer, number, boolean }

    private let properties: [String: JSONValue]
    private let required: [String]
    private let allowsOthers: Bool

    /// Reads a schema; the error says what it should be.
    init(_ bytes: [UInt8]) throws(JSONSchemaError) {
        guard let schema = JSONValue(bytes), case .object(let members) = schema else {
            throw JSONSchemaError("expected a JSON object")
        }
        let known: Set = ["type", "properties", "required", "additionalProperties", "description"]
        if let other = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw JSONSchemaError("the keyword \(other) is not supported")
        }
        guard schema["type"]?.text == "object", case .object(let properties) = schema["properties"] else {
            throw JSONSchemaError("expected type object with properties")
        }
        for (name, property) in properties {
            guard let type = property["type"]?.text, Kind(rawValue: type) != nil else {
                throw JSONSchemaError("property \(name): expected type string, integer, number or boolean")
            }
        }
        let required = schema["required"]?.elements?.compactMap(\.text) ?? []
        if let unknown = required.first(where: { properties[$0] == nil }) {
            throw JSONSchemaError("the required property \(unknown) is not among the properties")
        }
        self.properties = properties
        self.required = required
        allowsOthers = schema["additionalProperties"] != .bool(false)
    }

    /// A value that fits, with the schema's own spelling of listed values; vendors' constrained output may differ in capitals.
    func conforming(_ value: JSONValue) throws(JSONSchemaError) -> JSONValue {
        guard case .object(var members) = value else { throw JSONSchemaError("expected an object") }
        for name in required where members[name] == nil { throw JSONSchemaError("\(name) is missing") }
        for (name, member) in members {
            guard let property = properties[name] else {
                guard allowsOthers else { throw JSONSchemaError("\(name) was not asked for") }
                continue
            }
            members[name] = try Self.conforming(member, to: property, name: name)
        }
        return .object(members)
    }

    private static func conforming(
        _ value: JSONValue, to property: JSONValue, name: String
    ) throws(JSONSchemaError) -> JSONValue {
        let type = property["type"]?.text ?? ""
        let fits =
            switch (Kind(rawValue: type), value) {
            case (.string, .string), (.integer, .integer), (.number, .integer), (.number, .number), (.boolean, .bool): true
            default: false
            }
        guard fits else { throw JSONSchemaError("\(name): expected \(type)") }
        guard let choices = property["enum"]?.elements else { return value }
        let match = choices.first { $0 == value || isSameText($0, value) }
        guard let match else { throw JSONSchemaError("\(name): expected one of the listed values") }
        return match
    }

    private static func isSameText(_ one: JSONValue, _ other: JSONValue) -> Bool {
        guard let one = one.text, let other = other.text else { return false }
        return one.lowercased() == other.lowercased()
    }
}

/// What a schema or a reply should have been.
struct JSONSchemaError: Error, Sendable, Hashable {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
