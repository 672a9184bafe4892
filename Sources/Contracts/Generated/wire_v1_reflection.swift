// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension WireV1 {
    /// What a server serves, and in what terms.
    public protocol ReflectionService: Sendable {
        func listServices(
            _ request: WireV1.ListServicesRequest, context: ServerContext
        ) async throws -> WireV1.ListServicesResponse
        func getContracts(
            _ request: WireV1.GetContractsRequest, context: ServerContext
        ) async throws -> WireV1.GetContractsResponse
    }

    /// Calls `huleedu.wire.v1.Reflection` over a transport.
    public struct ReflectionClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        public func listServices(
            _ request: WireV1.ListServicesRequest, options: CallOptions = CallOptions()
        ) async throws -> WireV1.ListServicesResponse {
            try await transport.call(ReflectionServer.listServices, request, options: options)
        }

        public func getContracts(
            _ request: WireV1.GetContractsRequest, options: CallOptions = CallOptions()
        ) async throws -> WireV1.GetContractsResponse {
            try await transport.call(ReflectionServer.getContracts, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.wire.v1.Reflection`.
    public struct ReflectionServer: RPCService {
        public static let serviceName = "huleedu.wire.v1.Reflection"
        public static let listServices = MethodDescriptor(service: serviceName, method: "ListServices", isIdempotent: true)
        public static let getContracts = MethodDescriptor(service: serviceName, method: "GetContracts", isIdempotent: true)

        private let service: any ReflectionService

        public init(_ service: any ReflectionService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["ListServices", "GetContracts"] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "ListServices":
                    try await UnaryCall.answer(payload) { request in
                        try await service.listServices(request, context: context)
                    }
                case "GetContracts":
                    try await UnaryCall.answer(payload) { request in
                        try await service.getContracts(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }
    }

    public struct ListServicesRequest: Sendable, Hashable {
        public init() {}
    }

    public struct ListServicesResponse: Sendable, Hashable {
        /// Full protobuf names, in ascending order.
        public var services: [String]

        public init(
            services: [String] = []
        ) {
            self.services = services
        }
    }

    public struct GetContractsRequest: Sendable, Hashable {
        public init() {}
    }

    public struct GetContractsResponse: Sendable, Hashable {
        /// A google.protobuf.FileDescriptorSet with the files of every service listed, and of others; each file stands after those that it imports.
        public var descriptorSet: [UInt8]

        public init(
            descriptorSet: [UInt8] = []
        ) {
            self.descriptorSet = descriptorSet
        }
    }
}

extension WireV1.ListServicesRequest: WireMessage {
    public static let typeName = "huleedu.wire.v1.ListServicesRequest"
    static let shape = MessageShape(huleedu_wire_v1_ListServicesRequest())

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
    }
}

extension WireV1.ListServicesResponse: WireMessage {
    public static let typeName = "huleedu.wire.v1.ListServicesResponse"
    static let shape = MessageShape(huleedu_wire_v1_ListServicesResponse())

    public init() {
        self.init(services: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        services = cMessage.strings(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if !services.isEmpty { try cMessage.set(0, strings: services) }
    }
}

extension WireV1.GetContractsRequest: WireMessage {
    public static let typeName = "huleedu.wire.v1.GetContractsRequest"
    static let shape = MessageShape(huleedu_wire_v1_GetContractsRequest())

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
    }
}

extension WireV1.GetContractsResponse: WireMessage {
    public static let typeName = "huleedu.wire.v1.GetContractsResponse"
    static let shape = MessageShape(huleedu_wire_v1_GetContractsResponse())

    public init() {
        self.init(descriptorSet: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        descriptorSet = cMessage.bytes(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, bytes: descriptorSet)
    }
}
