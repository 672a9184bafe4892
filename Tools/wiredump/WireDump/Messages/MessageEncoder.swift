import FoundationEssentials

/// Turns JSON as proto3 has it into the bytes of messages: the way back of ``MessageDecoder``.
///
/// Fields go by their names in the contract, or by the same in camel case. The entries of a map are an array of `key` and `value`. The bytes
/// are the canonical ones: fields by their numbers, without those whose default says no more than their absence, numbers packed.
package struct MessageEncoder: Sendable {
    /// What is wrong with the JSON: the field, what was expected there and what was found.
    package struct Mistake: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    private let schema: MessageSchema

    package init(schema: MessageSchema) {
        self.schema = schema
    }

    /// - Parameters:
    ///   - json: one object.
    ///   - type: full name of the message.
    package func bytes(_ json: String, as type: String) throws(Mistake) -> [UInt8] {
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
        } catch {
            throw Mistake(description: "expected JSON: \(Self.reason(error))")
        }
        return try bytes(value, as: type)
    }

    func bytes(_ value: JSONValue, as type: String) throws(Mistake) -> [UInt8] {
        try message(value, type, at: "", depth: 0)
    }

    private static func reason(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
        return context.underlyingError.map { "\($0)" } ?? context.debugDescription
    }

    // MARK: - Messages

    private func message(_ value: JSONValue, _ type: String, at path: String, depth: Int) throws(Mistake) -> [UInt8] {
        guard depth < MessageDecoder.deepest else {
            throw Mistake(description: "\(path): expected at most \(MessageDecoder.deepest) messages in one another")
        }
        guard let message = schema.messages[type] else {
            throw Mistake(description: "\(path.isEmpty ? "the request" : path): the contracts do not have \(type)")
        }
        guard case .object(let members) = value else { throw Self.mistake("an object", value, at: path) }
        var values: [(field: MessageSchema.Field, value: JSONValue)] = []
        var taken: Set<Int> = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where value != .null {
            guard let field = message.fields.first(where: { $0.name == name || Self.camelCase($0.name) == name }) else {
                let names = message.fields.map(\.name).joined(separator: ", ")
                throw Mistake(description: "\(Self.path(path, name)): \(type) has no such field; it has \(names)")
            }
            guard taken.insert(field.number).inserted else {
                throw Mistake(description: "\(Self.path(path, name)): expected once, under one of its names")
            }
            values.append((field, value))
        }
        var bytes = WireBytes()
        for (field, value) in values.sorted(by: { $0.field.number < $1.field.number }) {
            try write(value, field, at: Self.path(path, field.name), depth: depth, &bytes)
        }
        return bytes.bytes
    }

    private func write(
        _ value: JSONValue, _ field: MessageSchema.Field, at path: String, depth: Int, _ bytes: inout WireBytes
    ) throws(Mistake) {
        guard field.isRepeated else {
            let element = try element(value, field, at: path, depth: depth)
            if field.showsDefault || !element.isDefault { element.append(to: &bytes, field.number) }
            return
        }
        guard case .array(let values) = value else { throw Self.mistake("an array", value, at: path) }
        var packed = WireBytes()
        for (place, value) in values.enumerated() {
            let element = try element(value, field, at: "\(path)[\(place)]", depth: depth)
            guard field.isPacked else {
                element.append(to: &bytes, field.number)
                continue
            }
            switch element {
            case .varint(let value): packed.varint(value)
            case .fixed64(let value): packed.fixed64(value)
            case .fixed32(let value): packed.fixed32(value)
            case .delimited(let value): bytes.delimited(field.number, value)
            }
        }
        if !packed.bytes.isEmpty { bytes.delimited(field.number, packed.bytes) }
    }

    private static func path(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// `essay_id` as `essayId`.
    private static func camelCase(_ name: String) -> String {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    // MARK: - Values

    private enum Element {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case delimited([UInt8])

        var isDefault: Bool {
            switch self {
            case .varint(let value), .fixed64(let value): value == 0
            case .fixed32(let value): value == 0
            case .delimited(let value): value.isEmpty
            }
        }

        func append(to bytes: inout WireBytes, _ number: Int) {
            switch self {
            case .varint(let value): bytes.varint(number, value)
            case .fixed64(let value): bytes.fixed64(number, value)
            case .fixed32(let value): bytes.fixed32(number, value)
            case .delimited(let value): bytes.delimited(number, value)
            }
        }
    }

    private func element(
        _ value: JSONValue, _ field: MessageSchema.Field, at path: String, depth: Int
    ) throws(Mistake) -> Element {
        switch field.kind {
        case .message(let type): return .delimited(try message(value, type, at: path, depth: depth + 1))
        case .string:
            guard case .text(let text) = value else { throw Self.mistake("text", value, at: path) }
            return .delimited(Array(text.utf8))
        case .bytes:
            guard case .text(let text) = value, let data = Data(base64Encoded: text) else {
                throw Self.mistake("text in base64", value, at: path)
            }
            return .delimited(Array(data))
        case .bool:
            guard case .bool(let bool) = value else { throw Self.mistake("true or false", value, at: path) }
            return .varint(bool ? 1 : 0)
        case .enumeration(let type): return .varint(UInt64(bitPattern: Int64(try enumeration(value, type, at: path))))
        case .double: return .fixed64(try Self.number(value, at: path).bitPattern)
        case .float:
            let number = try Self.number(value, at: path)
            guard !number.isFinite || Float(number).isFinite else {
                throw Self.mistake("a number of single precision", value, at: path)
            }
            return .fixed32(Float(number).bitPattern)
        case .int32: return .varint(UInt64(bitPattern: Int64(try Self.integer(value, Int32.self, at: path))))
        case .int64: return .varint(UInt64(bitPattern: try Self.integer(value, Int64.self, at: path)))
        case .uint32: return .varint(UInt64(try Self.integer(value, UInt32.self, at: path)))
        case .uint64: return .varint(try Self.integer(value, UInt64.self, at: path))
        case .sint32: return .varint(Self.zigzag(Int64(try Self.integer(value, Int32.self, at: path))))
        case .sint64: return .varint(Self.zigzag(try Self.integer(value, Int64.self, at: path)))
        case .fixed32: return .fixed32(try Self.integer(value, UInt32.self, at: path))
        case .fixed64: return .fixed64(try Self.integer(value, UInt64.self, at: path))
        case .sfixed32: return .fixed32(UInt32(bitPattern: try Self.integer(value, Int32.self, at: path)))
        case .sfixed64: return .fixed64(UInt64(bitPattern: try Self.integer(value, Int64.self, at: path)))
        }
    }

    private func enumeration(_ value: JSONValue, _ type: String, at path: String) throws(Mistake) -> Int32 {
        guard case .text(let name) = value else { return try Self.integer(value, Int32.self, at: path) }
        let values = schema.enumerations[type] ?? [:]
        guard let known = values.first(where: { $0.value == name }) else {
            let names = values.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", ")
            throw Mistake(description: "\(path): expected one of \(names); got '\(name)'")
        }
        return known.key
    }

    /// A whole number, as a number or as text: readers of JSON may not hold those of 64 bits.
    private static func integer<Number: FixedWidthInteger>(
        _ value: JSONValue, _ type: Number.Type, at path: String
    ) throws(Mistake) -> Number {
        let number: Number? =
            switch value {
            case .integer(let integer): Number(exactly: integer)
            case .unsigned(let unsigned): Number(exactly: unsigned)
            case .number(let double): Number(exactly: double)
            case .text(let text): Number(text)
            default: nil
            }
        guard let number else { throw mistake("a whole number from \(Number.min) to \(Number.max)", value, at: path) }
        return number
    }

    private static func number(_ value: JSONValue, at path: String) throws(Mistake) -> Double {
        switch value {
        case .integer(let integer): return Double(integer)
        case .unsigned(let unsigned): return Double(unsigned)
        case .number(let number): return number
        case .text("NaN"): return .nan
        case .text("Infinity"): return .infinity
        case .text("-Infinity"): return -.infinity
        default: throw mistake("a number", value, at: path)
        }
    }

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    private static func mistake(_ expectation: String, _ value: JSONValue, at path: String) -> Mistake {
        Mistake(description: "\(path.isEmpty ? "the request" : path): expected \(expectation), got \(value.kind)")
    }
}

extension MessageSchema.Field {
    /// Whether its default, written, says more than its absence.
    fileprivate var showsDefault: Bool {
        if case .message = kind { true } else { tellsAbsence }
    }
}
