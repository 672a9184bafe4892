// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension WireV1 {
    /// Takes a server out of service without losing a call.
    public protocol DrainService: Sendable {
        /// Begins the shutdown that SIGTERM would: the server accepts no connection and refuses new calls, with the mark that they may be made
        /// elsewhere; calls that run have its grace period to end. It cannot be taken back. PERMISSION_DENIED for callers from another machine.
        func beginDrain(
            _ request: WireV1.BeginDrainRequest, context: ServerContext
        ) async throws -> WireV1.BeginDrainResponse
    }

    /// Calls `huleedu.wire.v1.Drain` over a transport.
    public struct DrainClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        /// Begins the shutdown that SIGTERM would: the server accepts no connection and refuses new calls, with the mark that they may be made
        /// elsewhere; calls that run have its grace period to end. It cannot be taken back. PERMISSION_DENIED for callers from another machine.
        public func beginDrain(
            _ request: WireV1.BeginDrainRequest, options: CallOptions = CallOptions()
        ) async throws -> WireV1.BeginDrainResponse {
            try await transport.call(DrainServer.beginDrain, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.wire.v1.Drain`.
    public struct DrainServer: RPCService {
        public static let serviceName = "huleedu.wire.v1.Drain"
        public static let beginDrain = MethodDescriptor(service: serviceName, method: "BeginDrain", isIdempotent: true)

        private let service: any DrainService

        public init(_ service: any DrainService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["BeginDrain"] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "BeginDrain":
                    try await UnaryCall.answer(payload) { request in
                        try await service.beginDrain(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }
    }

    public struct BeginDrainRequest: Sendable, Hashable {
        public init() {}
    }

    public struct BeginDrainResponse: Sendable, Hashable {
        /// Calls that were running, this one among them.
        public var runningHandlers: UInt32

        public init(
            runningHandlers: UInt32 = 0
        ) {
            self.runningHandlers = runningHandlers
        }
    }
}

extension WireV1.BeginDrainRequest: WireMessage {
    public static let typeName = "huleedu.wire.v1.BeginDrainRequest"
    static let shape = MessageShape(huleedu_wire_v1_BeginDrainRequest())

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

extension WireV1.BeginDrainResponse: WireMessage {
    public static let typeName = "huleedu.wire.v1.BeginDrainResponse"
    static let shape = MessageShape(huleedu_wire_v1_BeginDrainResponse())

    public init() {
        self.init(runningHandlers: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        runningHandlers = cMessage.uint32(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: runningHandlers)
    }
}
