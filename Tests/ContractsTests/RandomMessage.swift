import Fuzzing

/// Writes random messages of a schema as every protobuf encoder writes them: fields by number, defaults left out, numbers packed.
struct RandomMessage {
    let schema: DescriptorSchema
    private(set) var generator: SeededGenerator

    init(schema: DescriptorSchema, seed: UInt64) {
        self.schema = schema
        generator = SeededGenerator(seed: seed)
    }

    mutating func bytes(of message: String, depth: Int = 0) -> [UInt8] {
        let fields = schema.messages[message] ?? []
        let oneofs = Set(fields.compactMap { $0.isOptional ? nil : $0.oneof }).sorted()
        var chosen: Set<UInt64> = []
        for oneof in oneofs {
            let members = fields.filter { $0.oneof == oneof }.map(\.number)
            if !generator.oneIn(4), let member = members.randomElement(using: &generator) { chosen.insert(member) }
        }
        var bytes: [UInt8] = []
        for field in fields {
            let isMember = field.oneof != nil && !field.isOptional
            guard isMember ? chosen.contains(field.number) : !generator.oneIn(3) else { continue }
            bytes += self.bytes(of: field, depth: depth)
        }
        return bytes
    }

    private mutating func bytes(of field: DescriptorSchema.Field, depth: Int) -> [UInt8] {
        guard field.isRepeated else {
            let hasPresence = field.oneof != nil || field.type == 11
            return record(field, isDefaultKept: hasPresence, depth: depth) ?? []
        }
        let count = depth > 3 ? 0 : Int.random(in: 0...4, using: &generator)
        guard count > 0 else { return [] }
        let isNumber = ![9, 11, 12].contains(field.type)
        guard isNumber, field.isPacked else {
            return (0..<count).flatMap { _ in record(field, isDefaultKept: true, depth: depth) ?? [] }
        }
        let packed = (0..<count).flatMap { _ in number(field, isDefaultKept: true)?.bytes ?? [] }
        return MessageBytes().field(field.number, bytes: packed).bytes
    }

    /// A tag and a value; nil for a default that is not written.
    private mutating func record(_ field: DescriptorSchema.Field, isDefaultKept: Bool, depth: Int) -> [UInt8]? {
        switch field.type {
        case 9: return content(field, Array(text().utf8), isDefaultKept)
        case 12: return content(field, generator.bytes(Int.random(in: 0...40, using: &generator)), isDefaultKept)
        case 11: return content(field, bytes(of: field.typeName, depth: depth + 1), isDefaultKept)
        default:
            guard let (bytes, wireType) = number(field, isDefaultKept: isDefaultKept) else { return nil }
            return MessageBytes().tag(field.number, type: wireType).raw(bytes).bytes
        }
    }

    private func content(_ field: DescriptorSchema.Field, _ bytes: [UInt8], _ isDefaultKept: Bool) -> [UInt8]? {
        bytes.isEmpty && !isDefaultKept ? nil : MessageBytes().field(field.number, bytes: bytes).bytes
    }

    /// A number's bytes and its wire type, by `FieldDescriptorProto.Type`.
    private mutating func number(_ field: DescriptorSchema.Field, isDefaultKept: Bool) -> (bytes: [UInt8], wireType: UInt64)? {
        let value = generator.oneIn(4) ? 0 : generator.next() >> UInt64.random(in: 0...63, using: &generator)
        guard value != 0 || isDefaultKept else { return nil }
        let low = UInt32(truncatingIfNeeded: value)
        // A 32-bit type may have lost all that it had.
        guard low != 0 || isDefaultKept || ![5, 7, 13, 14, 15, 17].contains(field.type) else { return nil }
        let signed = UInt64(bitPattern: Int64(Int32(bitPattern: low)))
        switch field.type {
        case 1: return (MessageBytes.littleEndian(Double(value).bitPattern, count: 8), 1)
        case 2: return (MessageBytes.littleEndian(UInt64(Float(value).bitPattern), count: 4), 5)
        case 3, 4, 18: return (MessageBytes.varint(value), 0)
        case 5, 14: return (MessageBytes.varint(signed), 0)
        case 6, 16: return (MessageBytes.littleEndian(value, count: 8), 1)
        case 7, 15: return (MessageBytes.littleEndian(UInt64(low), count: 4), 5)
        case 8: return (MessageBytes.varint(value == 0 ? 0 : 1), 0)
        default: return (MessageBytes.varint(UInt64(low)), 0)
        }
    }

    /// Text of one to four bytes a character, without NUL.
    private mutating func text() -> String {
        let alphabet: [Character] = ["a", "Z", "7", " ", "\n", "\u{1}", "å", "ß", "€", "字", "😀", "𐍈"]
        return String(
            (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) })
    }
}
