// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension WireV1 {
    /// Whether a server, or one of its services, can take calls.
    public protocol HealthService: Sendable {
        func check(
            _ request: WireV1.HealthCheckRequest, context: ServerContext
        ) async throws -> WireV1.HealthCheckResponse
        /// The same at once, again within two seconds of each change, and at least every ten seconds. The stream ends, well, when the server shuts
        /// down, after it has said so.
        func watch(
            _ request: WireV1.HealthCheckRequest, to responses: MessageSender<WireV1.HealthCheckResponse>, context: ServerContext
        ) async throws
    }

    /// Calls `huleedu.wire.v1.Health` over a transport.
    public struct HealthClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        public func check(
            _ request: WireV1.HealthCheckRequest, options: CallOptions = CallOptions()
        ) async throws -> WireV1.HealthCheckResponse {
            try await transport.call(HealthServer.check, request, options: options)
        }

        /// The same at once, again within two seconds of each change, and at least every ten seconds. The stream ends, well, when the server shuts
        /// down, after it has said so.
        public func watch(
            _ request: WireV1.HealthCheckRequest, options: CallOptions = CallOptions()
        ) async throws -> MessageStream<WireV1.HealthCheckResponse> {
            try await transport.follow(HealthServer.watch, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.wire.v1.Health`.
    public struct HealthServer: RPCService {
        public static let serviceName = "huleedu.wire.v1.Health"
        public static let check = MethodDescriptor(service: serviceName, method: "Check", isIdempotent: true)
        public static let watch = MethodDescriptor(service: serviceName, method: "Watch", isIdempotent: true)

        private let service: any HealthService

        public init(_ service: any HealthService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["Check"] }
        public var streams: [String: StreamKind] { ["Watch": .serverStreaming] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "Check":
                    try await UnaryCall.answer(payload) { request in
                        try await service.check(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }

        public func serve(
            method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
        ) async throws {
            switch method {
                case "Watch":
                    try await StreamingMethod.follow(requests, responses) { request, responses in
                        try await service.watch(request, to: responses, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no streaming method \(method)")
            }
        }
    }

    public struct HealthCheckRequest: Sendable, Hashable {
        /// Full protobuf name of a service; empty asks for the server as a whole. An unknown service is NOT_FOUND.
        public var service: String

        public init(
            service: String = ""
        ) {
            self.service = service
        }
    }

    public struct HealthCheckResponse: Sendable, Hashable {
        public var status: WireV1.ServingStatus
        /// Why it is not serving, for a person to read.
        public var reason: String

        public init(
            status: WireV1.ServingStatus = .init(rawValue: 0),
            reason: String = ""
        ) {
            self.status = status
            self.reason = reason
        }
    }

    public struct ServingStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = ServingStatus(rawValue: 0)
        public static let serving = ServingStatus(rawValue: 1)
        public static let notServing = ServingStatus(rawValue: 2)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "SERVING_STATUS_UNSPECIFIED"
                case 1: "SERVING_STATUS_SERVING"
                case 2: "SERVING_STATUS_NOT_SERVING"
                default: "\(rawValue)"
            }
        }
    }
}

extension WireV1.HealthCheckRequest: WireMessage {
    public static let typeName = "huleedu.wire.v1.HealthCheckRequest"
    static let shape = MessageShape(huleedu_wire_v1_HealthCheckRequest())

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
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: service)
    }
}

extension WireV1.HealthCheckResponse: WireMessage {
    public static let typeName = "huleedu.wire.v1.HealthCheckResponse"
    static let shape = MessageShape(huleedu_wire_v1_HealthCheckResponse())

    public init() {
        self.init(status: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        status = WireV1.ServingStatus(rawValue: cMessage.int32(0))
        reason = cMessage.string(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: status.rawValue)
        try cMessage.set(1, string: reason)
    }
}
