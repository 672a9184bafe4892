// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension WireV1 {
    /// What a server has done since it was started, and what it is doing.
    public protocol StatisticsService: Sendable {
        func getStatistics(
            _ request: WireV1.GetStatisticsRequest, context: ServerContext
        ) async throws -> WireV1.GetStatisticsResponse
    }

    /// Calls `huleedu.wire.v1.Statistics` over a transport.
    public struct StatisticsClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        public func getStatistics(
            _ request: WireV1.GetStatisticsRequest, options: CallOptions = CallOptions()
        ) async throws -> WireV1.GetStatisticsResponse {
            try await transport.call(StatisticsServer.getStatistics, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.wire.v1.Statistics`.
    public struct StatisticsServer: RPCService {
        public static let serviceName = "huleedu.wire.v1.Statistics"
        public static let getStatistics = MethodDescriptor(service: serviceName, method: "GetStatistics", isIdempotent: true)

        private let service: any StatisticsService

        public init(_ service: any StatisticsService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["GetStatistics"] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "GetStatistics":
                    try await UnaryCall.answer(payload) { request in
                        try await service.getStatistics(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }
    }

    public struct GetStatisticsRequest: Sendable, Hashable {
        public init() {}
    }

    public struct GetStatisticsResponse: Sendable, Hashable {
        /// Since the server was started, on a clock that is never set.
        public var uptimeMilliseconds: UInt64
        /// Open at this moment.
        public var connections: UInt32
        public var acceptedConnections: UInt64
        /// Closed as soon as they came, because there were too many, or because the server is shutting down.
        public var refusedConnections: UInt64
        /// Handlers that run, those whose caller has gone among them; the one of this call too.
        public var runningHandlers: UInt32
        /// Bytes of requests that are being received or handled.
        public var heldRequestBytes: UInt64
        /// Every method that has been called, in ascending order of their names.
        public var methods: [WireV1.MethodStatistics]

        public init(
            uptimeMilliseconds: UInt64 = 0,
            connections: UInt32 = 0,
            acceptedConnections: UInt64 = 0,
            refusedConnections: UInt64 = 0,
            runningHandlers: UInt32 = 0,
            heldRequestBytes: UInt64 = 0,
            methods: [WireV1.MethodStatistics] = []
        ) {
            self.uptimeMilliseconds = uptimeMilliseconds
            self.connections = connections
            self.acceptedConnections = acceptedConnections
            self.refusedConnections = refusedConnections
            self.runningHandlers = runningHandlers
            self.heldRequestBytes = heldRequestBytes
            self.methods = methods
        }
    }

    /// Of calls whose handlers were begun: calls of methods that are not there, or came when there was no room, are not among them.
    public struct MethodStatistics: Sendable, Hashable {
        /// Full name of the service, a slash, and the name of the method.
        public var method: String
        /// Ended or running.
        public var calls: UInt64
        public var running: UInt32
        /// How calls ended, by status; a call whose caller has gone counts as CANCELLED.
        public var statuses: [WireV1.StatusCount]
        /// Payloads alone, of calls that have ended.
        public var receivedBytes: UInt64
        public var sentBytes: UInt64
        /// Of calls that have ended, from the start of their handler to its end.
        public var latency: WireV1.Latency?

        public init(
            method: String = "",
            calls: UInt64 = 0,
            running: UInt32 = 0,
            statuses: [WireV1.StatusCount] = [],
            receivedBytes: UInt64 = 0,
            sentBytes: UInt64 = 0,
            latency: WireV1.Latency? = nil
        ) {
            self.method = method
            self.calls = calls
            self.running = running
            self.statuses = statuses
            self.receivedBytes = receivedBytes
            self.sentBytes = sentBytes
            self.latency = latency
        }
    }

    public struct StatusCount: Sendable, Hashable {
        /// As in the Status of a response.
        public var code: Int32
        public var calls: UInt64

        public init(
            code: Int32 = 0,
            calls: UInt64 = 0
        ) {
            self.code = code
            self.calls = calls
        }
    }

    /// In nanoseconds, to within three per cent. All are zero where no call has ended.
    public struct Latency: Sendable, Hashable {
        public var median: UInt64
        public var percentile90: UInt64
        public var percentile99: UInt64
        public var longest: UInt64

        public init(
            median: UInt64 = 0,
            percentile90: UInt64 = 0,
            percentile99: UInt64 = 0,
            longest: UInt64 = 0
        ) {
            self.median = median
            self.percentile90 = percentile90
            self.percentile99 = percentile99
            self.longest = longest
        }
    }
}

extension WireV1.GetStatisticsRequest: WireMessage {
    public static let typeName = "huleedu.wire.v1.GetStatisticsRequest"
    static let shape = MessageShape(huleedu_wire_v1_GetStatisticsRequest())

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

extension WireV1.GetStatisticsResponse: WireMessage {
    public static let typeName = "huleedu.wire.v1.GetStatisticsResponse"
    static let shape = MessageShape(huleedu_wire_v1_GetStatisticsResponse())

    public init() {
        self.init(uptimeMilliseconds: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        uptimeMilliseconds = cMessage.uint64(0)
        connections = cMessage.uint32(1)
        acceptedConnections = cMessage.uint64(2)
        refusedConnections = cMessage.uint64(3)
        runningHandlers = cMessage.uint32(4)
        heldRequestBytes = cMessage.uint64(5)
        methods = cMessage.messages(6).map(WireV1.MethodStatistics.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint64: uptimeMilliseconds)
        cMessage.set(1, uint32: connections)
        cMessage.set(2, uint64: acceptedConnections)
        cMessage.set(3, uint64: refusedConnections)
        cMessage.set(4, uint32: runningHandlers)
        cMessage.set(5, uint64: heldRequestBytes)
        if !methods.isEmpty { try cMessage.set(6, messages: methods) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension WireV1.MethodStatistics: WireMessage {
    public static let typeName = "huleedu.wire.v1.MethodStatistics"
    static let shape = MessageShape(huleedu_wire_v1_MethodStatistics())

    public init() {
        self.init(method: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        method = cMessage.string(0)
        calls = cMessage.uint64(1)
        running = cMessage.uint32(2)
        statuses = cMessage.messages(3).map(WireV1.StatusCount.init(reading:))
        receivedBytes = cMessage.uint64(4)
        sentBytes = cMessage.uint64(5)
        latency = cMessage.message(6).map(WireV1.Latency.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: method)
        cMessage.set(1, uint64: calls)
        cMessage.set(2, uint32: running)
        if !statuses.isEmpty { try cMessage.set(3, messages: statuses) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        cMessage.set(4, uint64: receivedBytes)
        cMessage.set(5, uint64: sentBytes)
        if let latency {
            try cMessage.set(6, message: latency.write)
        }
    }
}

extension WireV1.StatusCount: WireMessage {
    public static let typeName = "huleedu.wire.v1.StatusCount"
    static let shape = MessageShape(huleedu_wire_v1_StatusCount())

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
        calls = cMessage.uint64(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: code)
        cMessage.set(1, uint64: calls)
    }
}

extension WireV1.Latency: WireMessage {
    public static let typeName = "huleedu.wire.v1.Latency"
    static let shape = MessageShape(huleedu_wire_v1_Latency())

    public init() {
        self.init(median: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        median = cMessage.uint64(0)
        percentile90 = cMessage.uint64(1)
        percentile99 = cMessage.uint64(2)
        longest = cMessage.uint64(3)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint64: median)
        cMessage.set(1, uint64: percentile90)
        cMessage.set(2, uint64: percentile99)
        cMessage.set(3, uint64: longest)
    }
}
