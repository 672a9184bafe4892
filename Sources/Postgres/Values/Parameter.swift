/// One value bound to a query, in PostgreSQL's binary format.
public struct Parameter: Sendable, Hashable {
    public let type: TypeID
    /// The value's bytes; nil is NULL.
    public let bytes: [UInt8]?

    public init(type: TypeID, bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }

    /// True for text, or an array of texts, with a NUL in it.
    var isTextWithNUL: Bool {
        guard let bytes else { return false }
        switch type {
        case .text: return bytes.containsNUL
        // The format around the elements has zeros of its own. What is no array is left to the server.
        case .textArray:
            guard let (_, texts) = try? ArrayFormat.decode(bytes[...], type: type) else { return false }
            return texts.contains { $0?.containsNUL ?? false }
        default: return false
        }
    }
}

/// A value that can be bound to a query.
public protocol ParameterEncodable {
    /// The type under which the value is declared to the server.
    static var parameterType: TypeID { get }
    /// The value's bytes in binary format, or nil for NULL.
    func encodeParameter() -> [UInt8]?
}

extension ParameterEncodable {
    /// The value with its type.
    var parameter: Parameter { Parameter(type: Self.parameterType, bytes: encodeParameter()) }
}

extension Optional: ParameterEncodable where Wrapped: ParameterEncodable {
    public static var parameterType: TypeID { Wrapped.parameterType }
    public func encodeParameter() -> [UInt8]? { self?.encodeParameter() }
}
