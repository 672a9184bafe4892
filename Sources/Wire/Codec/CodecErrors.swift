/// Why bytes were not accepted as a message.
public struct DecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// The bytes end inside a field, or a length points past their end.
        case truncated
        /// A tag, varint or wire type that no protobuf encoder writes.
        case malformed
        /// A known field with another wire type than its declaration's.
        case wireTypeMismatch
        /// A `string` that is not UTF-8.
        case invalidUTF8
        /// A `string` with a NUL in it, which protobuf-c would cut off there.
        case nulInString
        /// Messages nested deeper than the limit.
        case tooDeep
        /// The message would cost more memory than its size allows.
        case tooExpensive
    }

    public let code: Code
    /// Where, as `essays[3].text`; empty for the message itself.
    public let path: String
    /// What was expected, for the caller to read.
    public let message: String

    public init(_ code: Code, path: String, message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// Why a value could not be written as a message.
public struct EncodingError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// A `string` field holds a NUL; text that may hold one belongs in a `bytes` field.
        case nulInString
    }

    public let code: Code
    /// Where, as `metadata[0].key`.
    public let path: String

    public init(_ code: Code, path: String) {
        self.code = code
        self.path = path
    }

    public var description: String { "\(path): a string field cannot hold a NUL" }
}
