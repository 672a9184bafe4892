/// The way between a message's bytes and its Swift value, through protobuf-c.
///
/// This is the only place where the two meet; the generated types call it and see neither the arena nor the C structure.
public enum MessageCodec {
    /// Checks bytes, unpacks them and hands the fields to `read`.
    public static func decode<Value>(
        _ bytes: [UInt8], shape: MessageShape, limits: DecodingLimits, _ read: (MessageReader) -> Value
    ) throws(DecodingError) -> Value {
        let arena = Arena()
        defer { withExtendedLifetime(arena) {} }
        return read(try unpack(bytes, shape: shape, limits: limits, into: arena))
    }

    private static func unpack(
        _ bytes: [UInt8], shape: MessageShape, limits: DecodingLimits, into arena: Arena
    ) throws(DecodingError) -> MessageReader {
        try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingError) in
            let bytes = UnsafeRawBufferPointer(bytes)
            try PreCheck.check(bytes, shape: shape, limits: limits)
            guard let message = arena.unpack(bytes, shape: shape) else {
                throw DecodingError(.malformed, path: "", message: "no \(shape.name)")
            }
            return MessageReader(message)
        }
    }

    /// Lets `fill` set the fields of a message and appends its bytes.
    public static func encode(
        shape: MessageShape, into buffer: inout [UInt8], _ fill: (MessageWriter) throws(EncodingError) -> Void
    ) throws(EncodingError) {
        let writer = MessageWriter(shape, arena: Arena())
        try fill(writer)
        writer.pack(into: &buffer)
    }
}
