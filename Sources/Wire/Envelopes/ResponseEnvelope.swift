/// What a server answers a call with: `huleedu.wire.v1.Response`.
public enum ResponseEnvelope: Sendable {
    case success([UInt8])
    case failure(RPCError)

    /// Full name of the detail by which a server says that no handler has seen the request.
    static let refusedDetail = "type.googleapis.com/huleedu.wire.v1.Refused"

    package var code: StatusCode {
        switch self {
        case .success: .ok
        case .failure(let error): error.code
        }
    }

    /// Bytes of its payload; none for a failure.
    package var payloadByteCount: Int {
        switch self {
        case .success(let payload): payload.count
        case .failure: 0
        }
    }

    public func encoded() -> [UInt8] {
        var writer = EnvelopeWriter()
        writer.reserve(payloadByteCount + EnvelopeWriter.fieldHeadBytes)
        switch self {
        case .success(let payload):
            writer.bytes(2, payload)
        case .failure(let error):
            writer.message(1) { status in
                status.integer(1, Int64(error.code.rawValue))
                status.string(2, error.message)
                guard error.isRefused else { return }
                status.message(3) { detail in
                    detail.string(1, Self.refusedDetail)
                    // Rounded up, so that none becomes the zero that says nothing.
                    guard let pause = error.retryAfter else { return }
                    detail.message(2) { $0.integer(1, Int64((pause / .milliseconds(1)).rounded(.up))) }
                }
            }
        }
        return writer.bytes
    }

    /// Reads an answer. A status with code zero is success, as some peers send it; a code that nobody defined is `UNKNOWN`.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        self = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingError) in
            try ResponseEnvelope(reading: UnsafeRawBufferPointer(bytes))
        }
    }

    private init(reading bytes: UnsafeRawBufferPointer) throws(DecodingError) {
        var payload: [UInt8] = []
        var failure: RPCError?
        var reader = EnvelopeReader(bytes)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: failure = try Self.status(try value.content("status"))
            case 2: payload = Array(try value.content("payload"))
            default: break
            }
        }
        self = failure.map(ResponseEnvelope.failure) ?? .success(payload)
    }

    private static func status(_ bytes: UnsafeRawBufferPointer) throws(DecodingError) -> RPCError? {
        var number: Int64 = 0
        var message = ""
        var refusal: Refusal?
        var reader = EnvelopeReader(bytes)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: number = try value.number("status.code")
            case 2: message = try value.text("status.message")
            case 3: if let detail = try Self.refusal(try value.content("status.details")) { refusal = detail }
            default: break
            }
        }
        let code = Int32(exactly: number).flatMap(StatusCode.init(rawValue:)) ?? .unknown
        return code == .ok
            ? nil : RPCError(code, message, isRefused: refusal != nil, retryAfter: refusal?.retryAfter)
    }

    /// What the detail of a refusal says.
    private struct Refusal {
        var retryAfter: Duration?
    }

    /// - Returns: nil for a detail of another type.
    private static func refusal(_ detail: UnsafeRawBufferPointer) throws(DecodingError) -> Refusal? {
        var isRefusal = false
        var content: UnsafeRawBufferPointer?
        var reader = EnvelopeReader(detail)
        while let (field, value) = try reader.next() {
            switch field {
            case 1: isRefusal = try value.text("status.details.type_url") == refusedDetail
            case 2: content = try value.content("status.details.value")
            default: break
            }
        }
        guard isRefusal else { return nil }
        return Refusal(retryAfter: try content.flatMap(pause))
    }

    /// Longest pause that is taken from a server, in milliseconds: a day.
    private static let longestPause: UInt64 = 86_400_000

    private static func pause(_ refused: UnsafeRawBufferPointer) throws(DecodingError) -> Duration? {
        var milliseconds: UInt64 = 0
        var reader = EnvelopeReader(refused)
        while let (field, value) = try reader.next() {
            guard field == 1 else { continue }
            milliseconds = UInt64(bitPattern: try value.number("status.details.value.retry_after_milliseconds"))
        }
        return milliseconds == 0 ? nil : .milliseconds(min(milliseconds, longestPause))
    }
}
