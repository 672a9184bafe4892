/// What a server answers who asks whether it takes calls: `huleedu.wire.v1.HealthCheckResponse`, of which a transport needs no more.
package struct ServingStatus: Sendable {
    /// The stream on which a server tells changes of it; its request is empty for the server as a whole.
    package static let watch = MethodDescriptor(service: "huleedu.wire.v1.Health", method: "Watch", isIdempotent: true)

    package let isServing: Bool

    package init(decoding bytes: [UInt8]) throws(DecodingError) {
        let result: Result<Int64, DecodingError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(DecodingError) in try Self.status(bytes) }
        }
        isServing = try result.get() == 1
    }

    private static func status(_ bytes: UnsafeRawBufferPointer) throws(DecodingError) -> Int64 {
        var status: Int64 = 0
        var reader = EnvelopeReader(bytes)
        while let (field, value) = try reader.next() {
            if field == 1 { status = try value.number("status") }
        }
        return status
    }
}
