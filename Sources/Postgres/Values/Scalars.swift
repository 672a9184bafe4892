extension Bool: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .bool }
    public static var arrayParameterType: TypeID { .boolArray }
    public func encodeParameter() -> [UInt8]? { [self ? 1 : 0] }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Bool {
        guard type == .bool else { throw .unexpectedType(type, wanted: "Bool") }
        guard let bytes else { throw .unexpectedNull }
        guard bytes.count == 1, let byte = bytes.first else { throw .malformed }
        return byte != 0
    }
}

extension Double: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .float8 }
    public static var arrayParameterType: TypeID { .float8Array }
    public func encodeParameter() -> [UInt8]? { bitPattern.bigEndianBytes }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Double {
        guard type == .float8 || type == .float4 else { throw .unexpectedType(type, wanted: "Double") }
        guard let bytes else { throw .unexpectedNull }
        let value =
            type == .float8
            ? UInt64(bigEndianBytes: bytes).map { Double(bitPattern: $0) }
            : UInt32(bigEndianBytes: bytes).map { Double(Float(bitPattern: $0)) }
        guard let value else { throw .malformed }
        return value
    }
}

/// Text is declared to the server as `text`; for a column of an enum, `jsonb` or `uuid` the query casts, as in `\(state)::essay_state`.
extension String: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .text }
    public static var arrayParameterType: TypeID { .textArray }
    public func encodeParameter() -> [UInt8]? { Array(utf8) }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> String {
        guard let bytes else { throw .unexpectedNull }
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .unknown, .char: return try utf8(bytes)
        case .jsonb:
            // One byte for the version of the format, then the text.
            guard bytes.first == 1 else { throw .malformed }
            return try utf8(bytes.dropFirst())
        case .uuid: return try uuidText(bytes)
        case _ where type.isUserDefined: return try utf8(bytes)
        default: throw .unexpectedType(type, wanted: "String; cast the column to text")
        }
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) throws(DecodingMismatch) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        return text
    }

    private static func uuidText(_ bytes: ArraySlice<UInt8>) throws(DecodingMismatch) -> String {
        guard bytes.count == 16 else { throw .malformed }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (position, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(position) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
