/// One field of a protobuf message's bytes.
struct WireField: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    let number: Int
    let value: Value
}

/// Steps through the fields of a message's bytes, whatever they mean.
struct WireFields: Sendable {
    /// Bytes that are no message.
    struct Malformed: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// All fields in the order in which they stand.
    static func all(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> [WireField] {
        var reader = WireFields(bytes)
        var fields: [WireField] = []
        // Most messages have no more.
        fields.reserveCapacity(8)
        while let field = try reader.next() { fields.append(field) }
        return fields
    }

    mutating func next() throws(Malformed) -> WireField? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard (1..<1 << 29).contains(tag >> 3) else { throw Malformed() }
        let value: WireField.Value
        switch tag & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try fixed(8))
        case 2:
            let length = try varint()
            guard length <= UInt64(rest.count) else { throw Malformed() }
            value = .bytes(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
        case 5: value = .fixed32(UInt32(try fixed(4)))
        default: throw Malformed()
        }
        return WireField(number: Int(tag >> 3), value: value)
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst(), shift < 63 || byte <= 1 else { throw Malformed() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed()
    }

    private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
        guard rest.count >= count else { throw Malformed() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension [WireField] {
    /// The same with the fields of each number behind one another, where the first of them stood.
    var grouped: [WireField] {
        // As encoders write them.
        guard indices.dropFirst().contains(where: { self[$0 - 1].number > self[$0].number }) else { return self }
        var places: [Int: Int] = [:]
        for (place, field) in enumerated() where places[field.number] == nil { places[field.number] = place }
        return enumerated().map { (first: places[$1.number] ?? $0, place: $0, field: $1) }
            .sorted { ($0.first, $0.place) < ($1.first, $1.place) }.map(\.field)
    }

    /// The last value of a field, which is the one that counts.
    func text(_ number: Int) -> String? {
        last { $0.number == number }.flatMap { field in
            if case .bytes(let bytes) = field.value { String(decoding: bytes, as: UTF8.self) } else { nil }
        }
    }

    func integer(_ number: Int) -> UInt64? {
        last { $0.number == number }.flatMap { field in
            if case .varint(let value) = field.value { value } else { nil }
        }
    }

    /// Every value of a field that holds bytes.
    func allBytes(_ number: Int) -> [ArraySlice<UInt8>] {
        compactMap { field in
            if field.number == number, case .bytes(let bytes) = field.value { bytes } else { nil }
        }
    }
}
