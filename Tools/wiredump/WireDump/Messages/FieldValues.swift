// What the values of fields mean, by the kinds of the fields.
extension MessageSchema.Kind {
    /// What a field has that is absent.
    var defaultValue: WireField.Value {
        switch self {
        case .string, .bytes, .message: .bytes([])
        case .double, .fixed64, .sfixed64: .fixed64(0)
        case .float, .fixed32, .sfixed32: .fixed32(0)
        default: .varint(0)
        }
    }

    /// A whole number, the number of an enum's value, or 1 for true; nil where the value is none, or the kind.
    func integer(_ value: WireField.Value) -> Int128? {
        switch (self, value) {
        case (.bool, .varint(let number)): number == 0 ? 0 : 1
        case (.int32, .varint(let number)), (.enumeration, .varint(let number)): Int128(Int32(truncatingIfNeeded: number))
        case (.uint32, .varint(let number)): Int128(UInt32(truncatingIfNeeded: number))
        case (.int64, .varint(let number)): Int128(Int64(bitPattern: number))
        case (.uint64, .varint(let number)): Int128(number)
        case (.sint32, .varint(let number)), (.sint64, .varint(let number)): Int128(Self.zigzag(number))
        case (.fixed64, .fixed64(let bits)): Int128(bits)
        case (.sfixed64, .fixed64(let bits)): Int128(Int64(bitPattern: bits))
        case (.fixed32, .fixed32(let bits)): Int128(bits)
        case (.sfixed32, .fixed32(let bits)): Int128(Int32(bitPattern: bits))
        default: nil
        }
    }

    func number(_ value: WireField.Value) -> Double? {
        switch (self, value) {
        case (.double, .fixed64(let bits)): Double(bitPattern: bits)
        case (.float, .fixed32(let bits)): Double(Float(bitPattern: bits))
        default: nil
        }
    }

    static func zigzag(_ number: UInt64) -> Int64 { Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1) }

    /// Numbers of a repeated field may stand together in one value.
    func unpacked(_ value: WireField.Value) -> [WireField.Value] {
        guard case .bytes(var bytes) = value else { return [value] }
        switch self {
        case .string, .bytes, .message: return [value]
        default: break
        }
        // Each number is read as the value of a field of its own.
        let wireType: UInt8 =
            switch self {
            case .double, .fixed64, .sfixed64: 1
            case .float, .fixed32, .sfixed32: 5
            default: 0
            }
        var numbers: [WireField.Value] = []
        while !bytes.isEmpty {
            var reader = WireFields([1 << 3 | wireType] + bytes.prefix(10))
            // Bytes that are no numbers stay what they are.
            guard let field = try? reader.next() else { return [value] }
            numbers.append(field.value)
            bytes = bytes.dropFirst(Self.length(field.value, in: bytes))
        }
        return numbers
    }

    private static func length(_ value: WireField.Value, in bytes: ArraySlice<UInt8>) -> Int {
        switch value {
        case .fixed64: 8
        case .fixed32: 4
        default: (bytes.firstIndex { $0 < 0x80 } ?? bytes.endIndex - 1) - bytes.startIndex + 1
        }
    }
}
