/// Steps through the fields of a message's bytes without interpreting them. Where in the message something is wrong its errors do not say.
struct WireScanner {
    enum WireType: UInt8 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case startGroup = 3
        case endGroup = 4
        case fixed32 = 5

        var name: String {
            switch self {
            case .varint: "varint"
            case .fixed64: "64-bit"
            case .lengthDelimited: "length-delimited"
            case .startGroup: "start of a group"
            case .endGroup: "end of a group"
            case .fixed32: "32-bit"
            }
        }
    }

    struct Tag {
        let field: UInt32
        let type: WireType
    }

    /// A tag is thirty-two bits wide, and so is a length; protobuf-c reads no further, however many zeros follow.
    private static let maximumTagBytes: UInt64 = 5
    private static let maximumLengthBytes: UInt64 = 5

    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func tag() throws(DecodingError) -> Tag {
        let value = try varint(maximumBytes: Self.maximumTagBytes)
        guard let type = WireType(rawValue: UInt8(value & 7)), (1...(1 << 29 - 1)).contains(value >> 3) else {
            throw DecodingError(.malformed, path: "", message: "no protobuf tag at byte \(offset)")
        }
        return Tag(field: UInt32(value >> 3), type: type)
    }

    /// A varint whose value fits 64 bits, of at most ten bytes unless it has to be shorter.
    mutating func varint(maximumBytes: UInt64 = 10) throws(DecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            guard shift < 7 * (maximumBytes - 1) || byte < 0x80 else {
                throw DecodingError(.malformed, path: "", message: "a number of more than \(maximumBytes) bytes")
            }
            guard shift < 63 || byte <= 1 else {
                throw DecodingError(.malformed, path: "", message: "a number longer than 64 bits")
            }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Self.truncated
    }

    mutating func lengthDelimited() throws(DecodingError) -> UnsafeRawBufferPointer {
        let length = try varint(maximumBytes: Self.maximumLengthBytes)
        guard length <= UInt64(bytes.count - offset) else { throw Self.truncated }
        defer { offset += Int(length) }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(length)])
    }

    /// Steps over a value.
    mutating func skip(_ type: WireType) throws(DecodingError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .fixed32: try advance(4)
        case .lengthDelimited: _ = try lengthDelimited()
        case .startGroup, .endGroup:
            throw DecodingError(.malformed, path: "", message: "groups are not supported")
        }
    }

    private mutating func advance(_ count: Int) throws(DecodingError) {
        guard bytes.count - offset >= count else { throw Self.truncated }
        offset += count
    }

    private static var truncated: DecodingError {
        DecodingError(.truncated, path: "", message: "the bytes end inside a field")
    }
}
