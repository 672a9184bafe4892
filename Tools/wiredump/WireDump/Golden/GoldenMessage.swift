import FoundationEssentials

/// What one message looks like in every way that its contract allows, and in some that it does not.
///
/// Each case is a line of JSON; `proto/golden/README.md` says what stands in it.
package struct GoldenMessage: Sendable {
    private let schema: MessageSchema
    private let encoder: MessageEncoder
    private let decoder: MessageDecoder
    private let message: MessageSchema.Message

    /// A field number that no message of ours has, the last that there is.
    private static let strangeField = (1 << 29) - 1
    /// A value that no enum of ours has.
    private static let strangeValue = 8191

    /// - Parameter type: full name of a message that the schema has.
    package init(_ type: String, schema: MessageSchema) throws(MessageSchema.SchemaError) {
        guard let message = schema.messages[type] else {
            throw MessageSchema.SchemaError(description: "the contracts do not have \(type)")
        }
        self.schema = schema
        self.message = message
        encoder = MessageEncoder(schema: schema)
        decoder = MessageDecoder(schema: schema, redaction: Redaction(showsAll: true), bytesForm: .base64)
    }

    /// One line for each case.
    ///
    /// - Throws: ``MessageEncoder/Mistake`` where the contracts speak of what they do not have.
    package func lines() throws -> [String] { try written() + others() + refused() }

    // MARK: - What an encoder writes

    private func written() throws -> [String] {
        var sources = [
            ("nothing", "{}"), ("every default", filling(.defaults)), ("every field", filling(.names)),
            ("least numbers", filling(.least)), ("greatest numbers", filling(.greatest)), ("unusual text", filling(.unusual)),
        ]
        for field in fields where field.oneof != nil {
            for (name, style) in [("only", GoldenFilling.Style.names), ("only the default of", .defaults)] {
                let json = GoldenFilling(schema: schema, style: style).json(only: field, of: message.name)
                sources.append(("\(name) \(field.name)", json))
            }
        }
        for field in fields {
            guard case .enumeration(let type) = field.kind else { continue }
            let values = (schema.enumerations[type] ?? [:]).sorted { $0.key < $1.key }
            sources += values.map { ("\(field.name) \($0.value)", json(field, JSONText.quoted($0.value))) }
            sources.append(("\(field.name) of a later contract", json(field, "\(Self.strangeValue)")))
        }
        var said: Set<String> = []
        // A message without numbers, for one, has no least ones.
        return try sources.filter { said.insert($0.1).inserted }.map { try line($0.0, source: $0.1) }
    }

    private var fields: [MessageSchema.Field] { message.fields.sorted { $0.number < $1.number } }

    private func filling(_ style: GoldenFilling.Style) -> String {
        GoldenFilling(schema: schema, style: style).json(message.name)
    }

    private func json(_ field: MessageSchema.Field, _ value: String) -> String {
        "{\(JSONText.quoted(field.name)):\(field.isRepeated ? "[\(value)]" : value)}"
    }

    private func line(_ name: String, source: String) throws -> String {
        let bytes = try encoder.bytes(source, as: message.name)
        return object(name) { text in
            text.key("source")
            text.json(source)
            text.key("bytes")
            text.string(bytes.hexadecimal)
            text.key("decoded")
            text.json(decoder.json(bytes, as: message.name))
        }
    }

    // MARK: - What other encoders write

    private func others() throws -> [String] {
        let canonical = try encoder.bytes(filling(.names), as: message.name)
        let parts = try WireFields.all(canonical[...])
        var strange = WireBytes()
        strange.varint(Self.strangeField, 1)
        strange.fixed64(Self.strangeField, 2)
        strange.delimited(Self.strangeField, [3])
        strange.fixed32(Self.strangeField, 4)
        var lines = [other("fields of a later contract", strange.bytes + canonical + strange.bytes, canonical)]
        if Set(parts.map(\.number)).count > 1 {
            // Elements of a list keep their order, for that is theirs.
            let numbers = Set(parts.map(\.number)).sorted(by: >)
            let reversed = numbers.flatMap { number in parts.filter { $0.number == number } }
            lines.append(other("fields from last to first", WireBytes(reversed).bytes, canonical))
        }
        if let field = fields.first(where: { !$0.isRepeated && !$0.isMessage && $0.oneof == nil }) {
            // A default that is written all the same.
            var twice = WireBytes()
            twice.append(field.kind.defaultValue, field.number)
            lines.append(other("\(field.name) twice, of which the last counts", twice.bytes + canonical, canonical))
        }
        for field in fields where field.isRepeated && field.isNumber {
            lines.append(try numbersApart(field))
        }
        return lines
    }

    /// Numbers one by one where they are packed, and packed where they are not.
    private func numbersApart(_ field: MessageSchema.Field) throws -> String {
        let json = GoldenFilling(schema: schema, style: .names).json(only: field, of: message.name)
        let canonical = try encoder.bytes(json, as: message.name)
        let values = try WireFields.all(canonical[...]).map(\.value)
        var bytes = WireBytes()
        if field.isPacked {
            for value in values.flatMap({ field.kind.unpacked($0) }) { bytes.append(value, field.number) }
        } else {
            var packed = WireBytes()
            for value in values { packed.append(value) }
            bytes.delimited(field.number, packed.bytes)
        }
        return other("\(field.name) \(field.isPacked ? "one by one" : "packed")", bytes.bytes, canonical)
    }

    private func other(_ name: String, _ bytes: [UInt8], _ canonical: [UInt8]) -> String {
        object(name) { text in
            text.key("bytes")
            text.string(bytes.hexadecimal)
            text.key("again")
            text.string(canonical.hexadecimal)
            text.key("decoded")
            text.json(decoder.json(canonical, as: message.name))
        }
    }

    // MARK: - What is refused

    private func refused() -> [String] {
        var lines: [String] = []
        func refuse(_ name: String, at path: String, _ write: (inout WireBytes) -> Void) {
            var bytes = WireBytes()
            write(&bytes)
            lines.append(
                object(name) { text in
                    text.key("bytes")
                    text.string(bytes.bytes.hexadecimal)
                    text.key("refused")
                    text.string(path)
                })
        }
        for field in fields {
            let place = field.isRepeated ? "\(field.name)[0]" : field.name
            if field.kind == .string {
                refuse("\(field.name) with a NUL", at: place) { $0.delimited(field.number, [0x61, 0, 0x62]) }
                refuse("\(field.name) that is not UTF-8", at: place) { $0.delimited(field.number, [0xC3, 0x28]) }
            }
            if field.isMessage, !field.isRepeated, field.oneof == nil {
                refuse("\(field.name) twice", at: field.name) {
                    $0.delimited(field.number, [])
                    $0.delimited(field.number, [])
                }
            }
            refuse("\(field.name) of another kind", at: place) { bytes in
                if case .fixed32 = field.kind.defaultValue {
                    bytes.fixed64(field.number, 1)
                } else {
                    bytes.fixed32(field.number, 1)
                }
            }
            if case .message(message.name) = field.kind {
                let path = Array(repeating: place, count: 64).joined(separator: ".")
                refuse("sixty-five in one another", at: path) { bytes in
                    for _ in 0..<64 {
                        var outer = WireBytes()
                        outer.delimited(field.number, bytes.bytes)
                        bytes = outer
                    }
                }
            }
        }
        refuse("an end inside a field", at: "\(Self.strangeField)") { bytes in
            bytes.delimited(Self.strangeField, [])
            bytes.removeLast()
        }
        refuse("a group", at: "\(Self.strangeField)") { $0.varint(UInt64(Self.strangeField) << 3 | 3) }
        refuse("field number 0", at: "") { $0.varint(0, 1) }
        return lines
    }

    private func object(_ name: String, _ body: (inout JSONText) -> Void) -> String {
        var text = JSONText()
        text.object { text in
            text.key("case")
            text.string(name)
            body(&text)
        }
        return text.text
    }
}

extension MessageSchema.Field {
    var isMessage: Bool {
        if case .message = kind { true } else { false }
    }

    /// Whether its values may be packed.
    var isNumber: Bool {
        switch kind {
        case .string, .bytes, .message: false
        default: true
        }
    }
}
