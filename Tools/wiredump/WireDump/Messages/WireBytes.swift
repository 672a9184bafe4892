/// The bytes of a protobuf message in the making.
struct WireBytes: Sendable {
    private(set) var bytes: [UInt8] = []

    init() {}

    /// Fields as they stood.
    init(_ fields: [WireField]) {
        for field in fields { append(field.value, field.number) }
    }

    mutating func append(_ value: WireField.Value, _ number: Int) {
        switch value {
        case .varint(let value): varint(number, value)
        case .fixed64(let value): fixed64(number, value)
        case .fixed32(let value): fixed32(number, value)
        case .bytes(let value): delimited(number, value)
        }
    }

    /// Makes a message of what is none.
    mutating func removeLast() { bytes.removeLast() }

    mutating func varint(_ number: Int, _ value: UInt64) {
        varint(UInt64(number) << 3)
        varint(value)
    }

    mutating func fixed64(_ number: Int, _ value: UInt64) {
        varint(UInt64(number) << 3 | 1)
        fixed64(value)
    }

    mutating func delimited(_ number: Int, _ value: some Collection<UInt8>) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func fixed32(_ number: Int, _ value: UInt32) {
        varint(UInt64(number) << 3 | 5)
        fixed32(value)
    }

    // MARK: - Without a tag, as in packed fields

    mutating func append(_ value: WireField.Value) {
        switch value {
        case .varint(let value): varint(value)
        case .fixed64(let value): fixed64(value)
        case .fixed32(let value): fixed32(value)
        case .bytes(let value): bytes.append(contentsOf: value)
        }
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func fixed64(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }

    mutating func fixed32(_ value: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }
}

extension Collection<UInt8> {
    /// Two digits for each byte.
    package var hexadecimal: String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * count)
        for byte in self {
            text.append(Self.digit(byte >> 4))
            text.append(Self.digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
