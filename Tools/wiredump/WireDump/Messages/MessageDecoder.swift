import FoundationEssentials

/// Turns the bytes of messages into the JSON that proto3 gives them, without the texts that are hidden.
///
/// What the schema does not know stands under the numbers of its fields. Bytes that are no message stand as text that says so.
package struct MessageDecoder: Sendable {
    /// Messages in messages; deeper ones stand as hidden bytes.
    static let deepest = 32

    package let schema: MessageSchema
    package let redaction: Redaction
    /// Names of the schema's fields whose text is hidden.
    private let hiddenNames: Set<String>
    private let bytesForm: BytesForm
    /// Whether numbers of 64 bits are text, because readers of JSON may not hold them.
    private var wideNumbersAreText = true

    /// How fields of bytes are written.
    enum BytesForm: Sendable, Hashable {
        /// As the text that they mostly hold, for people.
        case text
        /// As proto3 has it, for programs.
        case base64
    }

    package init(schema: MessageSchema, redaction: Redaction = Redaction()) {
        self.init(schema: schema, redaction: redaction, bytesForm: .text)
    }

    init(schema: MessageSchema, redaction: Redaction, bytesForm: BytesForm) {
        self.schema = schema
        self.redaction = redaction
        hiddenNames = Set(schema.messages.values.flatMap(\.fields).map(\.name).filter(redaction.hides))
        self.bytesForm = bytesForm
    }

    /// - Parameter type: full name of the message; nil, or one that the schema does not have, where it is not known.
    package func json(_ bytes: [UInt8], as type: String?) -> String {
        var text = JSONText(capacity: 512)
        let message = if let type { schema.messages[type] } else { MessageSchema.Message?.none }
        write(bytes[...], message, depth: 0, &text)
        return text.text
    }

    /// The same for a reader that holds all numbers.
    private var withNumbers: MessageDecoder {
        var decoder = self
        decoder.wideNumbersAreText = false
        return decoder
    }

    /// A message as a value of JSON, the same for all the ways in which it may have been written.
    func value(_ bytes: [UInt8], as type: String?) -> JSONValue {
        // What is written here is JSON, whatever the bytes are.
        (try? JSONDecoder().decode(JSONValue.self, from: Data(withNumbers.json(bytes, as: type).utf8))) ?? .null
    }

    private func write(_ bytes: ArraySlice<UInt8>, _ message: MessageSchema.Message?, depth: Int, _ text: inout JSONText) {
        // Bytes that are no message are not told apart from text that may not be shown.
        guard depth < Self.deepest, let fields = try? WireFields.all(bytes) else {
            return text.string(redaction.replacement(bytes))
        }
        let inner = innerType(fields, message)
        text.object { text in
            var rest = fields.grouped[...]
            while let number = rest.first?.number {
                let values = rest.prefix { $0.number == number }
                rest = rest.dropFirst(values.count)
                guard let field = message?.field(number) else {
                    text.key("\(number)")
                    writeUnknown(values, number: number, depth: depth, &text)
                    continue
                }
                text.key(field.name)
                write(values, field, inner: inner, depth: depth, &text)
            }
        }
    }

    /// An event carries the bytes of the message that its type names.
    private func innerType(_ fields: [WireField], _ message: MessageSchema.Message?) -> MessageSchema.Message? {
        message?.typeNumber.flatMap { fields.text($0) }.flatMap { schema.messages[$0] }
    }

    // MARK: - Fields that are known

    private func write(
        _ values: ArraySlice<WireField>, _ field: MessageSchema.Field, inner: MessageSchema.Message?, depth: Int,
        _ text: inout JSONText
    ) {
        guard field.isRepeated else {
            return write(values[values.endIndex - 1].value, field, inner: inner, depth: depth, &text)
        }
        text.array { text in
            for value in values {
                for element in field.kind.unpacked(value.value) { write(element, field, inner: inner, depth: depth, &text) }
            }
        }
    }

    private func write(
        _ value: WireField.Value, _ field: MessageSchema.Field, inner: MessageSchema.Message?, depth: Int,
        _ text: inout JSONText
    ) {
        switch (field.kind, value) {
        case (.message(let name), .bytes(let bytes)): write(bytes, schema.messages[name], depth: depth + 1, &text)
        case (.bytes, .bytes(let bytes)) where bytesForm == .base64 && !hiddenNames.contains(field.name):
            text.string(Data(bytes).base64EncodedString())
        case (.bytes, .bytes(let bytes)) where field.name == "payload" && inner != nil:
            write(bytes, inner, depth: depth + 1, &text)
        case (.string, .bytes(let bytes)), (.bytes, .bytes(let bytes)):
            if hiddenNames.contains(field.name) { text.string(redaction.replacement(bytes)) } else { text.string(bytes) }
        case (.enumeration(let name), .varint(let number)):
            let number = Int32(truncatingIfNeeded: number)
            if let known = schema.enumerations[name]?[number] { text.string(known) } else { text.number(number) }
        case (.bool, .varint(let number)): text.bool(number != 0)
        case (.int32, .varint(let number)): text.number(Int32(truncatingIfNeeded: number))
        case (.uint32, .varint(let number)): text.number(UInt32(truncatingIfNeeded: number))
        case (.sint32, .varint(let number)): text.number(MessageSchema.Kind.zigzag(number))
        case (.int64, .varint(let number)): writeWide(Int64(bitPattern: number), &text)
        case (.uint64, .varint(let number)): writeWide(number, &text)
        case (.sint64, .varint(let number)): writeWide(MessageSchema.Kind.zigzag(number), &text)
        case (.double, .fixed64(let bits)): text.number(Double(bitPattern: bits))
        case (.fixed64, .fixed64(let bits)): writeWide(bits, &text)
        case (.sfixed64, .fixed64(let bits)): writeWide(Int64(bitPattern: bits), &text)
        case (.float, .fixed32(let bits)): text.number(Double(Float(bitPattern: bits)))
        case (.fixed32, .fixed32(let bits)): text.number(bits)
        case (.sfixed32, .fixed32(let bits)): text.number(Int32(bitPattern: bits))
        default: writeUnknown(value, number: field.number, depth: depth, &text)
        }
    }

    private func writeWide(_ number: some BinaryInteger, _ text: inout JSONText) {
        if wideNumbersAreText { text.string(String(number)) } else { text.number(number) }
    }

    // MARK: - Fields that are not

    private func writeUnknown(_ values: ArraySlice<WireField>, number: Int, depth: Int, _ text: inout JSONText) {
        guard values.count > 1 else {
            return writeUnknown(values[values.startIndex].value, number: number, depth: depth, &text)
        }
        text.array { text in for value in values { writeUnknown(value.value, number: number, depth: depth, &text) } }
    }

    private func writeUnknown(_ value: WireField.Value, number: Int, depth: Int, _ text: inout JSONText) {
        switch value {
        case .varint(let value): text.number(value)
        case .fixed64(let bits): text.number(bits)
        case .fixed32(let bits): text.number(bits)
        case .bytes(let bytes):
            // A text that happens to read like a message must not be told in the numbers of its fields.
            guard !redaction.hides("\(number)") else { return text.string(redaction.replacement(bytes)) }
            // Whether they read like a message is all that is asked.
            guard !bytes.isEmpty, (try? WireFields.all(bytes)) != nil else {
                return text.string(bytes)
            }
            write(bytes, nil, depth: depth + 1, &text)
        }
    }
}
