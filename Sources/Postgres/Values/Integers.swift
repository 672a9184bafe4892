/// Integers of the Swift side and of the server's side need not have the same width: a value that fits is taken, any other is an error.
private func decodeInteger<I: FixedWidthInteger>(
    _ bytes: ArraySlice<UInt8>?, type: TypeID, as: I.Type
) throws(DecodingMismatch) -> I {
    guard let bytes else { throw .unexpectedNull }
    let value: Int64? =
        switch type {
        case .int8: Int64(bigEndianBytes: bytes)
        case .int4: Int32(bigEndianBytes: bytes).map(Int64.init)
        case .int2: Int16(bigEndianBytes: bytes).map(Int64.init)
        case .oid: UInt32(bigEndianBytes: bytes).map(Int64.init)
        default: throw .unexpectedType(type, wanted: "\(I.self)")
        }
    guard let value else { throw .malformed }
    guard let narrowed = I(exactly: value) else { throw DecodingMismatch("the value does not fit into \(I.self)") }
    return narrowed
}

extension Int: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .int8 }
    public static var arrayParameterType: TypeID { .int8Array }
    public func encodeParameter() -> [UInt8]? { Int64(self).bigEndianBytes }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Int {
        try decodeInteger(bytes, type: type, as: Int.self)
    }
}

extension Int64: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .int8 }
    public static var arrayParameterType: TypeID { .int8Array }
    public func encodeParameter() -> [UInt8]? { bigEndianBytes }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Int64 {
        try decodeInteger(bytes, type: type, as: Int64.self)
    }
}

extension Int32: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .int4 }
    public static var arrayParameterType: TypeID { .int4Array }
    public func encodeParameter() -> [UInt8]? { bigEndianBytes }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Int32 {
        try decodeInteger(bytes, type: type, as: Int32.self)
    }
}

extension Int16: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .int2 }
    public static var arrayParameterType: TypeID { .int2Array }
    public func encodeParameter() -> [UInt8]? { bigEndianBytes }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Int16 {
        try decodeInteger(bytes, type: type, as: Int16.self)
    }
}
