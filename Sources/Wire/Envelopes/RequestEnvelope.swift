/// What a client sends to make a call: `huleedu.wire.v1.Request`.
public struct RequestEnvelope: Sendable, Hashable {
    public var method: MethodDescriptor
    public var payload: [UInt8]
    /// How long the caller waits, in nanoseconds; zero means that it did not say, below zero that the time is over.
    public var timeoutNanoseconds: Int64
    public var metadata: Metadata

    public init(method: MethodDescriptor, payload: [UInt8], timeoutNanoseconds: Int64 = 0, metadata: Metadata = Metadata()) {
        self.method = method
        self.payload = payload
        self.timeoutNanoseconds = timeoutNanoseconds
        self.metadata = metadata
    }

    public func encoded() -> [UInt8] {
        var writer = EnvelopeWriter()
        writer.string(1, method.service)
        writer.string(2, method.method)
        writer.bytes(3, payload)
        writer.integer(4, timeoutNanoseconds)
        for entry in metadata.entries {
            writer.message(5) {
                $0.string(1, entry.key)
                $0.string(2, entry.value)
            }
        }
        return writer.bytes
    }

    /// Reads a request.
    ///
    /// - Parameter maximumMetadataBytes: what ``Metadata/byteCount`` may come to.
    /// - Throws: `tooExpensive` when it comes to more, before the rest of it is kept.
    public init(decoding bytes: [UInt8], maximumMetadataBytes: Int = .max) throws(DecodingError) {
        self = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingError) in
            try RequestEnvelope(reading: UnsafeRawBufferPointer(bytes), maximumMetadataBytes: maximumMetadataBytes)
        }
    }

    private init(reading bytes: UnsafeRawBufferPointer, maximumMetadataBytes: Int) throws(DecodingError) {
        var service = ""
        var method = ""
        var payload: [UInt8] = []
        var timeout: Int64 = 0
        var metadata = Metadata()
        var metadataBytes = 0
        var reader = EnvelopeReader(bytes)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: service = try value.text("service")
            case 2: method = try value.text("method")
            case 3: payload = Array(try value.content("payload"))
            case 4: timeout = try value.number("timeout_nano")
            case 5:
                let (key, text) = try Self.entry(try value.content("metadata"))
                metadata.append(text, for: key)
                metadataBytes += metadata.entries.last?.byteCount ?? 0
                guard metadataBytes <= maximumMetadataBytes else {
                    throw DecodingError(
                        .tooExpensive, path: "metadata", message: "more than \(maximumMetadataBytes) bytes of metadata")
                }
            default: break
            }
        }
        self.init(
            method: MethodDescriptor(service: service, method: method), payload: payload, timeoutNanoseconds: timeout,
            metadata: metadata)
    }

    private static func entry(_ bytes: UnsafeRawBufferPointer) throws(DecodingError) -> (String, String) {
        var key = ""
        var text = ""
        var reader = EnvelopeReader(bytes)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: key = try value.text("metadata.key")
            case 2: text = try value.text("metadata.value")
            default: break
            }
        }
        return (key, text)
    }
}
