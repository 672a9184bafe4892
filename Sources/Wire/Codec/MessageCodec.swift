/// The way between a message's bytes and its Swift value, through protobuf-c.
///
/// This is the only place where the two meet; the generated types call it and see neither the arena nor the C structure.
public enum MessageCodec {
    /// Checks bytes, unpacks them and hands the fields to `read`.
    public static func decode<Value>(
        _ bytes: [UInt8], shape: MessageShape, limits: DecodingLimits, _ read: (MessageReader) -> Value
    ) throws(DecodingError) -> Value {
        let arena = Arena()
        let result: Result<Value, DecodingError> = bytes.withUnsafeBytes { bytes in
            do throws(DecodingError) {
                try PreCheck.check(bytes, shape: shape, limits: limits)
            } catch {
                return .failure(error)
            }
            guard let message = arena.unpack(bytes, shape: shape) else {
                return .failure(DecodingError(.malformed, path: "", message: "no \(shape.name)"))
            }
            return .success(read(MessageReader(message)))
        }
        return try withExtendedLifetime(arena) { () throws(DecodingError) in try result.get() }
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
