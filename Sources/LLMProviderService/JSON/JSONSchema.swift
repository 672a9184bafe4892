import Wire

/// The part of JSON Schema by which a reply is asked for: an object whose properties have a type and perhaps a list of values.
///
/// Known are `type`, `properties`, `required`, `enum`, `additionalProperties` and `description`; a schema with anything else is refused,
/// because what is not checked is not promised.
struct JSONSchema: Sendable, Hashable {
    private enum Kind: String { case string, integer, number, boolean }

    private struct Property: Sendable, Hashable {
        let kind: Kind
        /// The only values there are; nil where any of the kind will do.
        let choices: [JSONValue]?
    }

    private let properties: [String: Property]
    private let required: [String]
    private let allowsOthers: Bool

    /// Reads a schema; the error says what it should be.
    init(_ bytes: [UInt8]) throws(JSONSchemaError) {
        guard let schema = JSONValue(bytes), case .object(let members) = schema else {
            throw JSONSchemaError("expected a JSON object")
        }
        try Self.check(members, knows: ["type", "properties", "required", "additionalProperties", "description"])
        guard schema["type"]?.text == "object", case .object(let properties) = schema["properties"] else {
            throw JSONSchemaError("expected type object with properties")
        }
        var parsed: [String: Property] = [:]
        for (name, property) in properties.sorted(by: { $0.key < $1.key }) { parsed[name] = try Self.property(property, name) }
        let required = try Self.required(schema["required"])
        if let unknown = required.first(where: { parsed[$0] == nil }) {
            throw JSONSchemaError("the required property \(unknown.echoed) is not among the properties")
        }
        self.properties = parsed
        self.required = required
        switch schema["additionalProperties"] {
        case nil, .bool(true): allowsOthers = true
        case .bool(false): allowsOthers = false
        default: throw JSONSchemaError("additionalProperties: expected true or false")
        }
    }

    private static func check(_ members: [String: JSONValue], knows keywords: Set<String>) throws(JSONSchemaError) {
        if let other = members.keys.sorted().first(where: { !keywords.contains($0) }) {
            throw JSONSchemaError("the keyword \(other.echoed) is not supported")
        }
    }

    private static func required(_ value: JSONValue?) throws(JSONSchemaError) -> [String] {
        guard let value else { return [] }
        guard let names = value.elements?.map(\.text), !names.contains(nil) else {
            throw JSONSchemaError("required: expected an array of names")
        }
        return names.compactMap(\.self)
    }

    private static func property(_ value: JSONValue, _ name: String) throws(JSONSchemaError) -> Property {
        guard case .object(let members) = value, let kind = value["type"]?.text.flatMap(Kind.init) else {
            throw JSONSchemaError("property \(name.echoed): expected type string, integer, number or boolean")
        }
        try check(members, knows: ["type", "enum", "description"])
        guard let listed = value["enum"] else { return Property(kind: kind, choices: nil) }
        guard let choices = listed.elements, !choices.isEmpty, choices.allSatisfy({ fits($0, kind) }) else {
            throw JSONSchemaError("property \(name.echoed): expected enum to list values of type \(kind.rawValue)")
        }
        return Property(kind: kind, choices: choices)
    }

    private static func fits(_ value: JSONValue, _ kind: Kind) -> Bool {
        switch (kind, value) {
        case (.string, .string), (.integer, .integer), (.number, .integer), (.number, .number), (.boolean, .bool): true
        default: false
        }
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
        _ value: JSONValue, to property: Property, name: String
    ) throws(JSONSchemaError) -> JSONValue {
        guard fits(value, property.kind) else { throw JSONSchemaError("\(name): expected \(property.kind.rawValue)") }
        guard let choices = property.choices, !choices.contains(value) else { return value }
        let alike = choices.filter { isSameText($0, value) }
        guard alike.count == 1 else { throw JSONSchemaError("\(name): expected one of the listed values") }
        return alike[0]
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
