public import Wire

/// Something that happened, not yet written down.
public struct NewEvent: Sendable, Hashable {
    /// Full protobuf name of the payload.
    public let type: String
    /// What it happened to.
    public let aggregateID: String
    public let payload: [UInt8]

    /// An event whose payload is `message`.
    public init(_ message: some WireMessage, aggregateID: String) throws(EncodingError) {
        type = Swift.type(of: message).typeName
        self.aggregateID = aggregateID
        payload = try message.encoded()
    }
}
