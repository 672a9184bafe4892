// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension WireV1 {
    public struct Request: Sendable, Hashable {
        /// Full protobuf name of the service.
        public var service: String
        /// Bare name of the method.
        public var method: String
        /// The request message.
        public var payload: [UInt8]
        /// How long the caller waits, counted from sending; zero means that it did not say.
        public var timeoutNano: Int64
        public var metadata: [WireV1.KeyValue]

        public init(
            service: String = "",
            method: String = "",
            payload: [UInt8] = [],
            timeoutNano: Int64 = 0,
            metadata: [WireV1.KeyValue] = []
        ) {
            self.service = service
            self.method = method
            self.payload = payload
            self.timeoutNano = timeoutNano
            self.metadata = metadata
        }
    }

    public struct Response: Sendable, Hashable {
        /// Absent, or code zero, for success.
        public var status: WireV1.Status?
        /// The response message.
        public var payload: [UInt8]

        public init(
            status: WireV1.Status? = nil,
            payload: [UInt8] = []
        ) {
            self.status = status
            self.payload = payload
        }
    }

    public struct KeyValue: Sendable, Hashable {
        public var key: String
        public var value: String

        public init(
            key: String = "",
            value: String = ""
        ) {
            self.key = key
            self.value = value
        }
    }

    /// google.rpc.Status, by its wire format.
    public struct Status: Sendable, Hashable {
        /// One of gRPC's seventeen codes.
        public var code: Int32
        public var message: String
        public var details: [WireV1.Detail]

        public init(
            code: Int32 = 0,
            message: String = "",
            details: [WireV1.Detail] = []
        ) {
            self.code = code
            self.message = message
            self.details = details
        }
    }

    /// google.protobuf.Any, by its wire format.
    public struct Detail: Sendable, Hashable {
        public var typeURL: String
        public var value: [UInt8]

        public init(
            typeURL: String = "",
            value: [UInt8] = []
        ) {
            self.typeURL = typeURL
            self.value = value
        }
    }

    /// A detail of a status: no handler has seen the request, so it is safe to send again.
    public struct Refused: Sendable, Hashable {
        /// How long to wait before trying again; zero means that the server does not know.
        public var retryAfterMilliseconds: UInt64

        public init(
            retryAfterMilliseconds: UInt64 = 0
        ) {
            self.retryAfterMilliseconds = retryAfterMilliseconds
        }
    }
}

extension WireV1.Request: WireMessage {
    public static let typeName = "huleedu.wire.v1.Request"
    static let shape = MessageShape(huleedu_wire_v1_Request())

    public init() {
        self.init(service: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        service = cMessage.string(0)
        method = cMessage.string(1)
        payload = cMessage.bytes(2)
        timeoutNano = cMessage.int64(3)
        metadata = cMessage.messages(4).map(WireV1.KeyValue.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: service)
        try cMessage.set(1, string: method)
        cMessage.set(2, bytes: payload)
        cMessage.set(3, int64: timeoutNano)
        if !metadata.isEmpty { try cMessage.set(4, messages: metadata) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension WireV1.Response: WireMessage {
    public static let typeName = "huleedu.wire.v1.Response"
    static let shape = MessageShape(huleedu_wire_v1_Response())

    public init() {
        self.init(status: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        status = cMessage.message(0).map(WireV1.Status.init(reading:))
        payload = cMessage.bytes(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let status {
            try cMessage.set(0, message: status.write)
        }
        cMessage.set(1, bytes: payload)
    }
}

extension WireV1.KeyValue: WireMessage {
    public static let typeName = "huleedu.wire.v1.KeyValue"
    static let shape = MessageShape(huleedu_wire_v1_KeyValue())

    public init() {
        self.init(key: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        key = cMessage.string(0)
        value = cMessage.string(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: key)
        try cMessage.set(1, string: value)
    }
}

extension WireV1.Status: WireMessage {
    public static let typeName = "huleedu.wire.v1.Status"
    static let shape = MessageShape(huleedu_wire_v1_Status())

    public init() {
        self.init(code: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        code = cMessage.int32(0)
        message = cMessage.string(1)
        details = cMessage.messages(2).map(WireV1.Detail.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: code)
        try cMessage.set(1, string: message)
        if !details.isEmpty { try cMessage.set(2, messages: details) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension WireV1.Detail: WireMessage {
    public static let typeName = "huleedu.wire.v1.Detail"
    static let shape = MessageShape(huleedu_wire_v1_Detail())

    public init() {
        self.init(typeURL: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        typeURL = cMessage.string(0)
        value = cMessage.bytes(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: typeURL)
        cMessage.set(1, bytes: value)
    }
}

extension WireV1.Refused: WireMessage {
    public static let typeName = "huleedu.wire.v1.Refused"
    static let shape = MessageShape(huleedu_wire_v1_Refused())

    public init() {
        self.init(retryAfterMilliseconds: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        retryAfterMilliseconds = cMessage.uint64(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint64: retryAfterMilliseconds)
    }
}
