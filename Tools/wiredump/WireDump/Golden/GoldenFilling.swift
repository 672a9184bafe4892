import FoundationEssentials

/// Fills messages with values that a person can tell apart and that are the same each time.
struct GoldenFilling: Sendable {
    /// What stands in the fields.
    enum Style: Sendable, Hashable {
        /// Each default, written out.
        case defaults
        /// Text says the name of its field, a number comes of the field's own.
        case names
        /// The least numbers there are, and nothing else.
        case least
        /// The greatest.
        case greatest
        /// Text and bytes that careless readers spoil, and nothing else.
        case unusual
    }

    let schema: MessageSchema
    let style: Style

    /// A message as JSON, by its fields' numbers; of each `oneof` the first arm, in messages in one another as well.
    ///
    /// - Parameters:
    ///   - arms: numbers of the arms that are taken instead of the first.
    ///   - outer: messages that it stands in; what would stand in itself is empty.
    func json(_ type: String, arms: Set<Int> = [], within outer: Set<String> = []) -> String {
        var text = JSONText()
        text.object { text in
            for field in taken(of: type, arms: arms) where isFilled(field) {
                text.key(field.name)
                write(field, within: outer.union([type]), &text)
            }
        }
        return text.text
    }

    /// A message with one field alone.
    func json(only field: MessageSchema.Field, of type: String) -> String {
        var text = JSONText()
        text.object { text in
            text.key(field.name)
            write(field, within: [type], &text)
        }
        return text.text
    }

    private func taken(of type: String, arms: Set<Int>) -> [MessageSchema.Field] {
        let fields = (schema.messages[type]?.fields ?? []).sorted { $0.number < $1.number }
        return fields.filter { field in
            guard let oneof = field.oneof else { return true }
            let members = fields.filter { $0.oneof == oneof }.map(\.number)
            return field.number == members.first(where: arms.contains) ?? members.first
        }
    }

    private func isFilled(_ field: MessageSchema.Field) -> Bool {
        switch (style, field.kind) {
        case (.defaults, _), (.names, _), (_, .message): true
        case (.unusual, .string), (.unusual, .bytes): true
        case (.unusual, _), (_, .string), (_, .bytes), (_, .bool), (_, .enumeration): false
        case (.least, _), (.greatest, _): true
        }
    }

    private func write(_ field: MessageSchema.Field, within outer: Set<String>, _ text: inout JSONText) {
        guard field.isRepeated else { return write(field, place: 0, within: outer, &text) }
        text.array { text in
            guard style != .defaults else { return }
            for place in 0..<2 { write(field, place: place, within: outer, &text) }
        }
    }

    private func write(_ field: MessageSchema.Field, place: Int, within outer: Set<String>, _ text: inout JSONText) {
        switch field.kind {
        case .message(let type):
            text.json(style == .defaults || outer.contains(type) ? "{}" : json(type, within: outer))
        case .string: text.string(content(field, place))
        case .bytes: text.string(bytes(field, place).base64EncodedString())
        case .bool: text.bool(style != .defaults)
        case .enumeration(let type): writeValue(of: type, place, &text)
        case .double: writeNumber(field, place, greatest: Double.greatestFiniteMagnitude, &text)
        case .float: writeNumber(field, place, greatest: Double(Float.greatestFiniteMagnitude), &text)
        case .int32, .sint32, .sfixed32: writeInteger(field, place, Int32.self, &text)
        case .int64, .sint64, .sfixed64: writeInteger(field, place, Int64.self, &text)
        case .uint32, .fixed32: writeInteger(field, place, UInt32.self, &text)
        case .uint64, .fixed64: writeInteger(field, place, UInt64.self, &text)
        }
    }

    private func content(_ field: MessageSchema.Field, _ place: Int) -> String {
        switch style {
        case .unusual: place == 0 ? "å € 字 😀 \u{1} \u{202E} \u{10FFFF}" : ""
        case .names: field.name.replacing("_", with: " ") + (field.isRepeated ? " \(place + 1)" : "")
        case .defaults, .least, .greatest: ""
        }
    }

    private func bytes(_ field: MessageSchema.Field, _ place: Int) -> Data {
        style == .unusual && place == 0 ? Data([0, 0xFF, 0x80, 0]) : Data(content(field, place).utf8)
    }

    /// The first value after zero, and in a list the last as well.
    private func writeValue(of type: String, _ place: Int, _ text: inout JSONText) {
        let values = (schema.enumerations[type] ?? [:]).sorted { $0.key < $1.key }
        let named = values.filter { $0.key > 0 }
        let value = style == .defaults ? values.first { $0.key == 0 } : place == 0 ? named.first : named.last
        text.string(value?.value ?? values.first?.value ?? "")
    }

    private func writeInteger<Number: FixedWidthInteger>(
        _ field: MessageSchema.Field, _ place: Int, _ type: Number.Type, _ text: inout JSONText
    ) {
        let number: Number =
            switch style {
            case .defaults, .unusual: 0
            case .names: Number(truncatingIfNeeded: field.number * 10 + place)
            case .least: place == 0 ? .min : 0
            case .greatest: place == 0 ? .max : 1
            }
        // As readers of JSON hold them.
        if Number.bitWidth == 64 { text.string("\(number)") } else { text.number(number) }
    }

    private func writeNumber(_ field: MessageSchema.Field, _ place: Int, greatest: Double, _ text: inout JSONText) {
        let number: Double =
            switch style {
            case .defaults, .unusual: 0
            case .names: Double(field.number) + 0.5 + Double(place)
            case .least: place == 0 ? -greatest : -.infinity
            case .greatest: place == 0 ? greatest : .nan
            }
        text.number(number)
    }
}
