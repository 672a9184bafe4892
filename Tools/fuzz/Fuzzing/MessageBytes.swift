/// Protobuf fields written one by one, sound or not, without the code that is under test.
public struct MessageBytes: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// A varint field.
    public func field(_ number: UInt64, varint value: UInt64) -> MessageBytes {
        tag(number, type: 0).raw(Self.varint(value))
    }

    /// A length-delimited field.
    public func field(_ number: UInt64, bytes content: [UInt8]) -> MessageBytes {
        tag(number, type: 2).raw(Self.varint(UInt64(content.count)) + content)
    }

    /// A length-delimited field with text.
    public func field(_ number: UInt64, text: String) -> MessageBytes {
        field(number, bytes: Array(text.utf8))
    }

    /// A 64-bit field.
    public func field(_ number: UInt64, fixed64 value: UInt64) -> MessageBytes {
        tag(number, type: 1).raw(Self.littleEndian(value, count: 8))
    }

    /// A 32-bit field.
    public func field(_ number: UInt64, fixed32 value: UInt32) -> MessageBytes {
        tag(number, type: 5).raw(Self.littleEndian(UInt64(value), count: 4))
    }

    /// A tag alone.
    public func tag(_ number: UInt64, type: UInt64) -> MessageBytes {
        raw(Self.varint(number << 3 | type))
    }

    /// Bytes as they are.
    public func raw(_ content: [UInt8]) -> MessageBytes {
        var copy = self
        copy.bytes += content
        return copy
    }

    public static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    public static func littleEndian(_ value: UInt64, count: UInt64) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
