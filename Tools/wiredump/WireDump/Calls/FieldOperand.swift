/// What the values of a field are compared with.
enum FieldOperand: Sendable, Hashable {
    case text([UInt8])
    case integer(Int128)
    case number(Double)

    /// Reads a value as a field of a kind has it.
    init(
        _ text: String, for field: MessageSchema.Field, _ comparison: FieldCondition.Comparison, schema: MessageSchema
    ) throws(FieldCondition.ParseError) {
        func fault(_ reason: String) -> FieldCondition.ParseError { .init(description: "\(field.name): \(reason)") }
        switch field.kind {
        case .string, .bytes:
            guard comparison != .less, comparison != .greater else { throw fault("\(comparison.rawValue) compares numbers") }
            self = .text(Array(text.utf8))
            return
        case .message: throw fault("is a message: go on to one of its fields")
        default: break
        }
        guard comparison != .contains else { throw fault("contains looks into text") }
        switch field.kind {
        case .bool:
            guard let value = ["false": Int128(0), "true": 1][text] else {
                throw fault("expected true or false; '\(text)' is neither")
            }
            self = .integer(value)
        case .enumeration(let name):
            let values = schema.enumerations[name] ?? [:]
            guard let value = values.first(where: { $0.value == text })?.key ?? Int32(text) else {
                let names = values.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", ")
                throw fault("expected one of \(names), or a number; '\(text)' is none")
            }
            self = .integer(Int128(value))
        case .double, .float:
            guard let value = Double(text) else { throw fault("expected a number; '\(text)' is none") }
            self = .number(value)
        default:
            guard let value = Int128(text) else { throw fault("expected a whole number; '\(text)' is none") }
            self = .integer(value)
        }
    }

    /// Whether a value compares so with this.
    func holds(_ value: WireField.Value, _ comparison: FieldCondition.Comparison, _ kind: MessageSchema.Kind) -> Bool {
        switch self {
        case .text(let text):
            guard case .bytes(let bytes) = value else { return false }
            return switch comparison {
            case .equal: bytes.elementsEqual(text)
            case .notEqual: !bytes.elementsEqual(text)
            case .contains: text.isEmpty || bytes.contains(text)
            case .less, .greater: false
            }
        case .integer(let operand): return kind.integer(value).map { Self.holds($0, comparison, operand) } ?? false
        case .number(let operand): return kind.number(value).map { Self.holds($0, comparison, operand) } ?? false
        }
    }

    private static func holds<Number: Comparable>(
        _ value: Number, _ comparison: FieldCondition.Comparison, _ operand: Number
    ) -> Bool {
        switch comparison {
        case .equal: value == operand
        case .notEqual: value != operand
        case .less: value < operand
        case .greater: value > operand
        case .contains: false
        }
    }
}
