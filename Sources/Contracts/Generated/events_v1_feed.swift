// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension EventsV1 {
    /// Every service that has something to tell serves its own feed.
    public protocol EventFeedService: Sendable {
        /// The events of a partition after a position, oldest first, and then each that follows, as it comes. The first message is sent at
        /// once, and no ten seconds go by without one: where there is nothing to tell it holds no events. A stream silent for thirty is dead.
        ///
        /// A reader keeps its position in its own database and moves it in the same transaction as the effects. The stream ends, well, after
        /// five minutes at most and when the server shuts down; then the reader asks again, from where it is.
        func follow(
            _ request: EventsV1.FollowRequest, to responses: MessageSender<EventsV1.FollowResponse>, context: ServerContext
        ) async throws
    }

    /// Calls `huleedu.events.v1.EventFeed` over a transport.
    public struct EventFeedClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        /// The events of a partition after a position, oldest first, and then each that follows, as it comes. The first message is sent at
        /// once, and no ten seconds go by without one: where there is nothing to tell it holds no events. A stream silent for thirty is dead.
        ///
        /// A reader keeps its position in its own database and moves it in the same transaction as the effects. The stream ends, well, after
        /// five minutes at most and when the server shuts down; then the reader asks again, from where it is.
        public func follow(
            _ request: EventsV1.FollowRequest, options: CallOptions = CallOptions()
        ) async throws -> MessageStream<EventsV1.FollowResponse> {
            try await transport.follow(EventFeedServer.follow, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.events.v1.EventFeed`.
    public struct EventFeedServer: RPCService {
        public static let serviceName = "huleedu.events.v1.EventFeed"
        public static let follow = MethodDescriptor(service: serviceName, method: "Follow", isIdempotent: true)

        private let service: any EventFeedService

        public init(_ service: any EventFeedService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { [] }
        public var streams: [String: StreamKind] { ["Follow": .serverStreaming] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }

        public func serve(
            method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
        ) async throws {
            switch method {
                case "Follow":
                    try await StreamingMethod.follow(requests, responses) { request, responses in
                        try await service.follow(request, to: responses, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no streaming method \(method)")
            }
        }
    }

    public struct FollowRequest: Sendable, Hashable {
        /// Position of the last event that the reader has dealt with; zero at the beginning.
        public var afterPosition: UInt64
        /// Events in one message, 1 to 1000; fewer are sent where they are large.
        public var limit: UInt32
        /// Counted from zero.
        public var partition: UInt32
        /// Name under which the reader is known, at most 100 bytes: what it has not dealt with is kept, however old it gets. Empty for one
        /// that is not waited for.
        public var consumer: String

        public init(
            afterPosition: UInt64 = 0,
            limit: UInt32 = 0,
            partition: UInt32 = 0,
            consumer: String = ""
        ) {
            self.afterPosition = afterPosition
            self.limit = limit
            self.partition = partition
            self.consumer = consumer
        }
    }

    public struct FollowResponse: Sendable, Hashable {
        public var events: [EventsV1.Event]
        /// How many partitions there are.
        public var partitions: UInt32

        public init(
            events: [EventsV1.Event] = [],
            partitions: UInt32 = 0
        ) {
            self.events = events
            self.partitions = partitions
        }
    }

    public struct Event: Sendable, Hashable {
        /// Rises by one from event to event of a partition, without gaps.
        public var position: UInt64
        /// Sixteen bytes; fixed when the event is written.
        public var id: [UInt8]
        /// Full protobuf name of the payload.
        public var type: String
        /// What it happened to.
        public var aggregateID: String
        /// Counts the events of the aggregate from one.
        public var aggregateVersion: UInt64
        /// Microseconds since 1970 by the database's clock.
        public var occurredAtUnixMicroseconds: Int64
        public var payload: [UInt8]

        public init(
            position: UInt64 = 0,
            id: [UInt8] = [],
            type: String = "",
            aggregateID: String = "",
            aggregateVersion: UInt64 = 0,
            occurredAtUnixMicroseconds: Int64 = 0,
            payload: [UInt8] = []
        ) {
            self.position = position
            self.id = id
            self.type = type
            self.aggregateID = aggregateID
            self.aggregateVersion = aggregateVersion
            self.occurredAtUnixMicroseconds = occurredAtUnixMicroseconds
            self.payload = payload
        }
    }
}

extension EventsV1.FollowRequest: WireMessage {
    public static let typeName = "huleedu.events.v1.FollowRequest"
    static let shape = MessageShape(huleedu_events_v1_FollowRequest())

    public init() {
        self.init(afterPosition: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        afterPosition = cMessage.uint64(0)
        limit = cMessage.uint32(1)
        partition = cMessage.uint32(2)
        consumer = cMessage.string(3)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint64: afterPosition)
        cMessage.set(1, uint32: limit)
        cMessage.set(2, uint32: partition)
        try cMessage.set(3, string: consumer)
    }
}

extension EventsV1.FollowResponse: WireMessage {
    public static let typeName = "huleedu.events.v1.FollowResponse"
    static let shape = MessageShape(huleedu_events_v1_FollowResponse())

    public init() {
        self.init(events: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        events = cMessage.messages(0).map(EventsV1.Event.init(reading:))
        partitions = cMessage.uint32(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if !events.isEmpty { try cMessage.set(0, messages: events) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        cMessage.set(1, uint32: partitions)
    }
}

extension EventsV1.Event: WireMessage {
    public static let typeName = "huleedu.events.v1.Event"
    static let shape = MessageShape(huleedu_events_v1_Event())

    public init() {
        self.init(position: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        position = cMessage.uint64(0)
        id = cMessage.bytes(1)
        type = cMessage.string(2)
        aggregateID = cMessage.string(3)
        aggregateVersion = cMessage.uint64(4)
        occurredAtUnixMicroseconds = cMessage.int64(5)
        payload = cMessage.bytes(6)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint64: position)
        cMessage.set(1, bytes: id)
        try cMessage.set(2, string: type)
        try cMessage.set(3, string: aggregateID)
        cMessage.set(4, uint64: aggregateVersion)
        cMessage.set(5, int64: occurredAtUnixMicroseconds)
        cMessage.set(6, bytes: payload)
    }
}
