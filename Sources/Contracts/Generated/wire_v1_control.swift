// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension WireV1 {
    /// What two peers may do for each other beyond plain ttrpc. A peer that has no such service is called as ever.
    public protocol ControlService: Sendable {
        /// The first request of a connection, or none of it: FAILED_PRECONDITION later. Nobody need wait for the answer; until it has come nothing
        /// is agreed. Any answer but this message is a plain peer's. It asks nobody who they are.
        func hello(
            _ request: WireV1.HelloRequest, context: ServerContext
        ) async throws -> WireV1.HelloResponse
    }

    /// Calls `huleedu.wire.v1.Control` over a transport.
    public struct ControlClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        /// The first request of a connection, or none of it: FAILED_PRECONDITION later. Nobody need wait for the answer; until it has come nothing
        /// is agreed. Any answer but this message is a plain peer's. It asks nobody who they are.
        public func hello(
            _ request: WireV1.HelloRequest, options: CallOptions = CallOptions()
        ) async throws -> WireV1.HelloResponse {
            try await transport.call(ControlServer.hello, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.wire.v1.Control`.
    public struct ControlServer: RPCService {
        public static let serviceName = "huleedu.wire.v1.Control"
        public static let hello = MethodDescriptor(service: serviceName, method: "Hello", isIdempotent: true)

        private let service: any ControlService

        public init(_ service: any ControlService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["Hello"] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "Hello":
                    try await UnaryCall.answer(payload) { request in
                        try await service.hello(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }
    }

    public struct HelloRequest: Sendable, Hashable {
        /// Highest version that the client speaks, from 1.
        public var version: UInt32
        /// What it can do. Unknown ones are passed over.
        public var features: [WireV1.Feature]
        public var limits: WireV1.ConnectionLimits?
        /// What program speaks, for a person to read.
        public var agent: String

        public init(
            version: UInt32 = 0,
            features: [WireV1.Feature] = [],
            limits: WireV1.ConnectionLimits? = nil,
            agent: String = ""
        ) {
            self.version = version
            self.features = features
            self.limits = limits
            self.agent = agent
        }
    }

    public struct HelloResponse: Sendable, Hashable {
        /// The version that both speak.
        public var version: UInt32
        /// What both can do, and may from now on.
        public var features: [WireV1.Feature]
        public var limits: WireV1.ConnectionLimits?
        public var agent: String

        public init(
            version: UInt32 = 0,
            features: [WireV1.Feature] = [],
            limits: WireV1.ConnectionLimits? = nil,
            agent: String = ""
        ) {
            self.version = version
            self.features = features
            self.limits = limits
            self.agent = agent
        }
    }

    /// What the sender takes on this connection.
    public struct ConnectionLimits: Sendable, Hashable {
        /// Longest payload of a frame, envelope included; zero for the 4 MiB of plain ttrpc, and otherwise at least 16384.
        public var maximumFrameBytes: UInt32
        /// What may be sent to it of the messages of one stream before it gives credit; zero for 262144, and otherwise from 16384 to 2147483647.
        public var streamWindowBytes: UInt32
        /// The same of all streams of the connection together; zero for 4194304.
        public var connectionWindowBytes: UInt32

        public init(
            maximumFrameBytes: UInt32 = 0,
            streamWindowBytes: UInt32 = 0,
            connectionWindowBytes: UInt32 = 0
        ) {
            self.maximumFrameBytes = maximumFrameBytes
            self.streamWindowBytes = streamWindowBytes
            self.connectionWindowBytes = connectionWindowBytes
        }
    }

    public struct Feature: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = Feature(rawValue: 0)
        /// Either side asks the other whether it is there.
        public static let ping = Feature(rawValue: 1)
        /// A server that takes no more calls says which it has taken.
        public static let goAway = Feature(rawValue: 2)
        /// Either side ends a call at once.
        public static let cancel = Feature(rawValue: 3)
        /// Messages of streams are sent as far as the other side has given credit.
        public static let window = Feature(rawValue: 4)
        /// Long messages are sent in pieces, which take turns.
        public static let fragments = Feature(rawValue: 5)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "FEATURE_UNSPECIFIED"
                case 1: "FEATURE_PING"
                case 2: "FEATURE_GO_AWAY"
                case 3: "FEATURE_CANCEL"
                case 4: "FEATURE_WINDOW"
                case 5: "FEATURE_FRAGMENTS"
                default: "\(rawValue)"
            }
        }
    }
}

extension WireV1.HelloRequest: WireMessage {
    public static let typeName = "huleedu.wire.v1.HelloRequest"
    static let shape = MessageShape(huleedu_wire_v1_HelloRequest())

    public init() {
        self.init(version: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        version = cMessage.uint32(0)
        features = cMessage.int32s(1).map(WireV1.Feature.init(rawValue:))
        limits = cMessage.message(2).map(WireV1.ConnectionLimits.init(reading:))
        agent = cMessage.string(3)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: version)
        if !features.isEmpty { cMessage.set(1, int32s: features.map(\.rawValue)) }
        if let limits {
            try cMessage.set(2, message: limits.write)
        }
        try cMessage.set(3, string: agent)
    }
}

extension WireV1.HelloResponse: WireMessage {
    public static let typeName = "huleedu.wire.v1.HelloResponse"
    static let shape = MessageShape(huleedu_wire_v1_HelloResponse())

    public init() {
        self.init(version: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        version = cMessage.uint32(0)
        features = cMessage.int32s(1).map(WireV1.Feature.init(rawValue:))
        limits = cMessage.message(2).map(WireV1.ConnectionLimits.init(reading:))
        agent = cMessage.string(3)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: version)
        if !features.isEmpty { cMessage.set(1, int32s: features.map(\.rawValue)) }
        if let limits {
            try cMessage.set(2, message: limits.write)
        }
        try cMessage.set(3, string: agent)
    }
}

extension WireV1.ConnectionLimits: WireMessage {
    public static let typeName = "huleedu.wire.v1.ConnectionLimits"
    static let shape = MessageShape(huleedu_wire_v1_ConnectionLimits())

    public init() {
        self.init(maximumFrameBytes: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        maximumFrameBytes = cMessage.uint32(0)
        streamWindowBytes = cMessage.uint32(1)
        connectionWindowBytes = cMessage.uint32(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: maximumFrameBytes)
        cMessage.set(1, uint32: streamWindowBytes)
        cMessage.set(2, uint32: connectionWindowBytes)
    }
}
