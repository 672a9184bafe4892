/// A value that travels as one protobuf message.
///
/// The generated contract types conform to it. No C structure or pointer shows through: decoding copies into the value, encoding copies out of it.
public protocol WireMessage: Sendable, Hashable {
    /// Full protobuf name, `huleedu.cj.v1.Essay` for example.
    static var typeName: String { get }

    /// The message with every field at its default.
    init()

    /// Reads a message.
    ///
    /// The bytes are checked before they are unpacked, so that hostile input costs an error and nothing else.
    init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError)

    /// Appends the message's bytes to `buffer`.
    ///
    /// - Throws: ``EncodingError`` when a value cannot be written as protobuf-c would read it back (a NUL inside a `string`).
    func encode(into buffer: inout [UInt8]) throws(EncodingError)
}

extension WireMessage {
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        try self.init(decoding: bytes, limits: .default)
    }

    /// The message's bytes.
    public func encoded() throws(EncodingError) -> [UInt8] {
        var buffer: [UInt8] = []
        try encode(into: &buffer)
        return buffer
    }
}
