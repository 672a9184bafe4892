/// A value that can be an element of an array parameter or an array column.
public protocol ArrayElement {
    /// The type under which an array of such values is declared to the server.
    static var arrayParameterType: TypeID { get }
    /// The bytes of a whole array.
    static func encodeArray(_ elements: [Self]) -> [UInt8]
    /// Reads a whole array.
    static func decodeArray(_ bytes: ArraySlice<UInt8>, type: TypeID) throws(DecodingMismatch) -> [Self]
}

extension Array: ParameterEncodable where Element: ArrayElement {
    public static var parameterType: TypeID { Element.arrayParameterType }
    public func encodeParameter() -> [UInt8]? { Element.encodeArray(self) }
}

extension Array: ColumnDecodable where Element: ArrayElement {
    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> [Element] {
        guard let bytes else { throw .unexpectedNull }
        return try Element.decodeArray(bytes, type: type)
    }
}

extension ArrayElement where Self: ParameterEncodable & ColumnDecodable {
    public static func encodeArray(_ elements: [Self]) -> [UInt8] {
        ArrayFormat.encode(elements.map { $0.encodeParameter() }, elementType: parameterType)
    }

    public static func decodeArray(_ bytes: ArraySlice<UInt8>, type: TypeID) throws(DecodingMismatch) -> [Self] {
        let (elementType, cells) = try ArrayFormat.decode(bytes, type: type)
        var elements: [Self] = []
        elements.reserveCapacity(cells.count)
        for cell in cells {
            elements.append(try decodeColumn(cell, type: elementType))
        }
        return elements
    }
}

extension Optional: ArrayElement where Wrapped: ArrayElement & ParameterEncodable & ColumnDecodable {
    public static var arrayParameterType: TypeID { Wrapped.arrayParameterType }
}

/// An array of bytes is one `bytea`, not an array of numbers.
extension UInt8: ArrayElement {
    public static var arrayParameterType: TypeID { .bytea }
    public static func encodeArray(_ elements: [UInt8]) -> [UInt8] { elements }

    public static func decodeArray(_ bytes: ArraySlice<UInt8>, type: TypeID) throws(DecodingMismatch) -> [UInt8] {
        guard type == .bytea else { throw .unexpectedType(type, wanted: "[UInt8]") }
        return Array(bytes)
    }
}

/// `[[UInt8]]` is an array of `bytea`.
extension Array: ArrayElement where Element == UInt8 {
    public static var arrayParameterType: TypeID { .byteaArray }
}

/// The binary format of one-dimensional arrays.
///
/// Layout (`array_send` in PostgreSQL's sources), each field an Int32: dimensions, has-NULL flag, element type; then per dimension
/// its length and lower bound; then per element its length (-1 for NULL) and bytes.
enum ArrayFormat {
    static func encode(_ cells: [[UInt8]?], elementType: TypeID) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: Int32(cells.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(cells.contains { $0 == nil } ? 1 : 0))
        bytes.append(bigEndian: elementType.rawValue)
        guard !cells.isEmpty else { return bytes }
        bytes.append(bigEndian: Int32(clamping: cells.count))
        bytes.append(bigEndian: Int32(1))
        for cell in cells {
            bytes.append(bigEndian: cell.map { Int32(clamping: $0.count) } ?? -1)
            if let cell { bytes.append(contentsOf: cell) }
        }
        return bytes
    }

    static func decode(_ bytes: ArraySlice<UInt8>, type: TypeID) throws(DecodingMismatch) -> (TypeID, [ArraySlice<UInt8>?]) {
        guard type.isArray else { throw .unexpectedType(type, wanted: "an array") }
        var reader = Reader(rest: bytes)
        let dimensions = try reader.int32()
        _ = try reader.int32()
        let elementType = TypeID(rawValue: UInt32(bitPattern: try reader.int32()))
        guard dimensions != 0 else { return (elementType, []) }
        guard dimensions == 1 else { throw DecodingMismatch("an array of \(dimensions) dimensions") }
        let count = try reader.int32()
        _ = try reader.int32()
        // Each element takes at least the four bytes of its length, so a count beyond that is a lie and would only waste memory.
        guard count >= 0, Int(count) <= reader.rest.count / 4 else { throw .malformed }
        var cells: [ArraySlice<UInt8>?] = []
        cells.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length = try reader.int32()
            cells.append(length == -1 ? nil : try reader.bytes(count: Int(length)))
        }
        guard reader.rest.isEmpty else { throw .malformed }
        return (elementType, cells)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func bytes(count: Int) throws(DecodingMismatch) -> ArraySlice<UInt8> {
            guard count >= 0, count <= rest.count else { throw .malformed }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        mutating func int32() throws(DecodingMismatch) -> Int32 {
            guard let value = Int32(bigEndianBytes: try bytes(count: 4)) else { throw .malformed }
            return value
        }
    }
}

extension TypeID {
    /// True for the arrays this module reads; arrays of user-defined types included, as their elements say what they are.
    var isArray: Bool {
        switch self {
        case .boolArray, .byteaArray, .int2Array, .int4Array, .int8Array, .textArray, .float8Array, .timestamptzArray: true
        // name[], varchar[], bpchar[], float4[], oid[], json[], uuid[], jsonb[].
        case _ where [1003, 1014, 1015, 1021, 1028, 199, 2951, 3807].contains(rawValue): true
        default: isUserDefined
        }
    }
}
