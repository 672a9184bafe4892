/// A value that can be read from a column.
public protocol ColumnDecodable {
    /// Reads a value from a column's bytes in binary format.
    ///
    /// - Parameters:
    ///   - bytes: nil when the column is NULL.
    ///   - type: the type the server gives for the column.
    /// - Throws: ``DecodingMismatch`` when this type cannot represent the value; the row adds which column it was.
    static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Self
}

/// Why a column's value could not become the Swift type asked for.
public struct DecodingMismatch: Error, Sendable, Hashable {
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }

    static func unexpectedType(_ type: TypeID, wanted: String) -> DecodingMismatch {
        DecodingMismatch("\(type) cannot be read as \(wanted)")
    }

    static let unexpectedNull = DecodingMismatch("NULL in a column that was asked for as a value")
    static let malformed = DecodingMismatch("the bytes are not a value of the column's type")
}

extension Optional: ColumnDecodable where Wrapped: ColumnDecodable {
    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Self {
        guard let bytes else { return nil }
        return try Wrapped.decodeColumn(bytes, type: type)
    }
}
