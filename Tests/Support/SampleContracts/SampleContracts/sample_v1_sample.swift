// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CSampleContracts
public import Wire

extension SampleV1 {
    public protocol SamplesService: Sendable {
        func get(
            _ request: SampleV1.Sample, context: ServerContext
        ) async throws -> SampleV1.Sample
        /// Any number of answers.
        func list(
            _ request: SampleV1.Sample, to responses: MessageSender<SampleV1.Sample>, context: ServerContext
        ) async throws
        func collect(
            _ requests: MessageStream<SampleV1.Sample>, context: ServerContext
        ) async throws -> SampleV1.Sample
        func discuss(
            _ requests: MessageStream<SampleV1.Sample>, to responses: MessageSender<SampleV1.Sample>, context: ServerContext
        ) async throws
    }

    /// Calls `huleedu.sample.v1.Samples` over a transport.
    public struct SamplesClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        public func get(
            _ request: SampleV1.Sample, options: CallOptions = CallOptions()
        ) async throws -> SampleV1.Sample {
            try await transport.call(SamplesServer.get, request, options: options)
        }

        /// Any number of answers.
        public func list(
            _ request: SampleV1.Sample, options: CallOptions = CallOptions()
        ) async throws -> MessageStream<SampleV1.Sample> {
            try await transport.follow(SamplesServer.list, request, options: options)
        }

        public func collect(
            options: CallOptions = CallOptions()
        ) async throws -> Upload<SampleV1.Sample, SampleV1.Sample> {
            try await transport.upload(SamplesServer.collect, options: options)
        }

        public func discuss(
            options: CallOptions = CallOptions()
        ) async throws -> Exchange<SampleV1.Sample, SampleV1.Sample> {
            try await transport.exchange(SamplesServer.discuss, options: options)
        }
    }

    /// Serves an implementation of `huleedu.sample.v1.Samples`.
    public struct SamplesServer: RPCService {
        public static let serviceName = "huleedu.sample.v1.Samples"
        public static let get = MethodDescriptor(service: serviceName, method: "Get")
        public static let list = MethodDescriptor(service: serviceName, method: "List")
        public static let collect = MethodDescriptor(service: serviceName, method: "Collect")
        public static let discuss = MethodDescriptor(service: serviceName, method: "Discuss")

        private let service: any SamplesService

        public init(_ service: any SamplesService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["Get"] }
        public var streams: [String: StreamKind] { ["List": .serverStreaming, "Collect": .clientStreaming, "Discuss": .bidirectional] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "Get":
                    try await UnaryCall.answer(payload) { request in
                        try await service.get(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }

        public func serve(
            method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
        ) async throws {
            switch method {
                case "List":
                    try await StreamingMethod.follow(requests, responses) { request, responses in
                        try await service.list(request, to: responses, context: context)
                    }
                case "Collect":
                    try await StreamingMethod.upload(requests, responses) { requests in
                        try await service.collect(requests, context: context)
                    }
                case "Discuss":
                    try await StreamingMethod.exchange(requests, responses) { requests, responses in
                        try await service.discuss(requests, to: responses, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no streaming method \(method)")
            }
        }
    }

    public struct Sample: Sendable, Hashable {
        public var plainInt32: Int32
        public var zigzagInt32: Int32
        public var fixedInt32: Int32
        public var plainInt64: Int64
        public var zigzagInt64: Int64
        public var fixedInt64: Int64
        public var plainUint32: UInt32
        public var fixedUint32: UInt32
        public var plainUint64: UInt64
        public var fixedUint64: UInt64
        public var single: Float
        public var twofold: Double
        public var flag: Bool
        public var text: String
        public var blob: [UInt8]
        public var colour: SampleV1.Colour
        public var nested: SampleV1.Sample.Nested?
        public var int32s: [Int32]
        public var zigzagInt32s: [Int32]
        public var fixedUint32s: [UInt32]
        public var int64s: [Int64]
        public var zigzagInt64s: [Int64]
        public var fixedUint64s: [UInt64]
        public var uint32s: [UInt32]
        public var uint64s: [UInt64]
        public var singles: [Float]
        public var twofolds: [Double]
        public var flags: [Bool]
        public var texts: [String]
        public var blobs: [[UInt8]]
        public var colours: [SampleV1.Colour]
        /// Nests as deep as anybody likes.
        public var children: [SampleV1.Sample]
        public var unpackedUint32s: [UInt32]
        public var maybeNumber: UInt32?
        public var maybeText: String?
        public var maybeBlob: [UInt8]?
        public var maybeFlag: Bool?
        public var maybeTwofold: Double?
        public var maybeColour: SampleV1.Colour?
        public var choice: Choice?

        public init(
            plainInt32: Int32 = 0,
            zigzagInt32: Int32 = 0,
            fixedInt32: Int32 = 0,
            plainInt64: Int64 = 0,
            zigzagInt64: Int64 = 0,
            fixedInt64: Int64 = 0,
            plainUint32: UInt32 = 0,
            fixedUint32: UInt32 = 0,
            plainUint64: UInt64 = 0,
            fixedUint64: UInt64 = 0,
            single: Float = 0,
            twofold: Double = 0,
            flag: Bool = false,
            text: String = "",
            blob: [UInt8] = [],
            colour: SampleV1.Colour = .init(rawValue: 0),
            nested: SampleV1.Sample.Nested? = nil,
            int32s: [Int32] = [],
            zigzagInt32s: [Int32] = [],
            fixedUint32s: [UInt32] = [],
            int64s: [Int64] = [],
            zigzagInt64s: [Int64] = [],
            fixedUint64s: [UInt64] = [],
            uint32s: [UInt32] = [],
            uint64s: [UInt64] = [],
            singles: [Float] = [],
            twofolds: [Double] = [],
            flags: [Bool] = [],
            texts: [String] = [],
            blobs: [[UInt8]] = [],
            colours: [SampleV1.Colour] = [],
            children: [SampleV1.Sample] = [],
            unpackedUint32s: [UInt32] = [],
            maybeNumber: UInt32? = nil,
            maybeText: String? = nil,
            maybeBlob: [UInt8]? = nil,
            maybeFlag: Bool? = nil,
            maybeTwofold: Double? = nil,
            maybeColour: SampleV1.Colour? = nil,
            choice: Choice? = nil
        ) {
            self.plainInt32 = plainInt32
            self.zigzagInt32 = zigzagInt32
            self.fixedInt32 = fixedInt32
            self.plainInt64 = plainInt64
            self.zigzagInt64 = zigzagInt64
            self.fixedInt64 = fixedInt64
            self.plainUint32 = plainUint32
            self.fixedUint32 = fixedUint32
            self.plainUint64 = plainUint64
            self.fixedUint64 = fixedUint64
            self.single = single
            self.twofold = twofold
            self.flag = flag
            self.text = text
            self.blob = blob
            self.colour = colour
            self.nested = nested
            self.int32s = int32s
            self.zigzagInt32s = zigzagInt32s
            self.fixedUint32s = fixedUint32s
            self.int64s = int64s
            self.zigzagInt64s = zigzagInt64s
            self.fixedUint64s = fixedUint64s
            self.uint32s = uint32s
            self.uint64s = uint64s
            self.singles = singles
            self.twofolds = twofolds
            self.flags = flags
            self.texts = texts
            self.blobs = blobs
            self.colours = colours
            self.children = children
            self.unpackedUint32s = unpackedUint32s
            self.maybeNumber = maybeNumber
            self.maybeText = maybeText
            self.maybeBlob = maybeBlob
            self.maybeFlag = maybeFlag
            self.maybeTwofold = maybeTwofold
            self.maybeColour = maybeColour
            self.choice = choice
        }

        public enum Choice: Sendable, Hashable {
            case numberChoice(UInt64)
            case textChoice(String)
            case nestedChoice(SampleV1.Sample.Nested)
            case blobChoice([UInt8])
            case colourChoice(SampleV1.Colour)
        }

        public struct Nested: Sendable, Hashable {
            public var name: String
            public var values: [UInt32]

            public init(
                name: String = "",
                values: [UInt32] = []
            ) {
                self.name = name
                self.values = values
            }
        }
    }

    public struct Colour: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = Colour(rawValue: 0)
        public static let red = Colour(rawValue: 1)
        public static let green = Colour(rawValue: 2)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "COLOUR_UNSPECIFIED"
                case 1: "COLOUR_RED"
                case 2: "COLOUR_GREEN"
                default: "\(rawValue)"
            }
        }
    }
}

extension SampleV1.Sample: WireMessage {
    public static let typeName = "huleedu.sample.v1.Sample"
    static let shape = MessageShape(huleedu_sample_v1_Sample())

    public init() {
        self.init(plainInt32: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        plainInt32 = cMessage.int32(0)
        zigzagInt32 = cMessage.int32(1)
        fixedInt32 = cMessage.int32(2)
        plainInt64 = cMessage.int64(3)
        zigzagInt64 = cMessage.int64(4)
        fixedInt64 = cMessage.int64(5)
        plainUint32 = cMessage.uint32(6)
        fixedUint32 = cMessage.uint32(7)
        plainUint64 = cMessage.uint64(8)
        fixedUint64 = cMessage.uint64(9)
        single = cMessage.float(10)
        twofold = cMessage.double(11)
        flag = cMessage.bool(12)
        text = cMessage.string(13)
        blob = cMessage.bytes(14)
        colour = SampleV1.Colour(rawValue: cMessage.int32(15))
        nested = cMessage.message(16).map(SampleV1.Sample.Nested.init(reading:))
        int32s = cMessage.int32s(17)
        zigzagInt32s = cMessage.int32s(18)
        fixedUint32s = cMessage.uint32s(19)
        int64s = cMessage.int64s(20)
        zigzagInt64s = cMessage.int64s(21)
        fixedUint64s = cMessage.uint64s(22)
        uint32s = cMessage.uint32s(23)
        uint64s = cMessage.uint64s(24)
        singles = cMessage.floats(25)
        twofolds = cMessage.doubles(26)
        flags = cMessage.bools(27)
        texts = cMessage.strings(28)
        blobs = cMessage.byteStrings(29)
        colours = cMessage.int32s(30).map(SampleV1.Colour.init(rawValue:))
        children = cMessage.messages(31).map(SampleV1.Sample.init(reading:))
        unpackedUint32s = cMessage.uint32s(32)
        if cMessage.isSet(33) { maybeNumber = cMessage.uint32(33) }
        if cMessage.isSet(34) { maybeText = cMessage.string(34) }
        if cMessage.isSet(35) { maybeBlob = cMessage.bytes(35) }
        if cMessage.isSet(36) { maybeFlag = cMessage.bool(36) }
        if cMessage.isSet(37) { maybeTwofold = cMessage.double(37) }
        if cMessage.isSet(38) { maybeColour = SampleV1.Colour(rawValue: cMessage.int32(38)) }
        if cMessage.isSet(39) { choice = .numberChoice(cMessage.uint64(39)) }
        if cMessage.isSet(40) { choice = .textChoice(cMessage.string(40)) }
        if cMessage.isSet(41), let member = cMessage.message(41) { choice = .nestedChoice(SampleV1.Sample.Nested(reading: member)) }
        if cMessage.isSet(42) { choice = .blobChoice(cMessage.bytes(42)) }
        if cMessage.isSet(43) { choice = .colourChoice(SampleV1.Colour(rawValue: cMessage.int32(43))) }
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: plainInt32)
        cMessage.set(1, int32: zigzagInt32)
        cMessage.set(2, int32: fixedInt32)
        cMessage.set(3, int64: plainInt64)
        cMessage.set(4, int64: zigzagInt64)
        cMessage.set(5, int64: fixedInt64)
        cMessage.set(6, uint32: plainUint32)
        cMessage.set(7, uint32: fixedUint32)
        cMessage.set(8, uint64: plainUint64)
        cMessage.set(9, uint64: fixedUint64)
        cMessage.set(10, float: single)
        cMessage.set(11, double: twofold)
        cMessage.set(12, bool: flag)
        try cMessage.set(13, string: text)
        cMessage.set(14, bytes: blob)
        cMessage.set(15, int32: colour.rawValue)
        if let nested {
            try cMessage.set(16, message: nested.write)
        }
        if !int32s.isEmpty { cMessage.set(17, int32s: int32s) }
        if !zigzagInt32s.isEmpty { cMessage.set(18, int32s: zigzagInt32s) }
        if !fixedUint32s.isEmpty { cMessage.set(19, uint32s: fixedUint32s) }
        if !int64s.isEmpty { cMessage.set(20, int64s: int64s) }
        if !zigzagInt64s.isEmpty { cMessage.set(21, int64s: zigzagInt64s) }
        if !fixedUint64s.isEmpty { cMessage.set(22, uint64s: fixedUint64s) }
        if !uint32s.isEmpty { cMessage.set(23, uint32s: uint32s) }
        if !uint64s.isEmpty { cMessage.set(24, uint64s: uint64s) }
        if !singles.isEmpty { cMessage.set(25, floats: singles) }
        if !twofolds.isEmpty { cMessage.set(26, doubles: twofolds) }
        if !flags.isEmpty { cMessage.set(27, bools: flags) }
        if !texts.isEmpty { try cMessage.set(28, strings: texts) }
        if !blobs.isEmpty { cMessage.set(29, byteStrings: blobs) }
        if !colours.isEmpty { cMessage.set(30, int32s: colours.map(\.rawValue)) }
        if !children.isEmpty { try cMessage.set(31, messages: children) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if !unpackedUint32s.isEmpty { cMessage.set(32, uint32s: unpackedUint32s) }
        if let maybeNumber {
            cMessage.choose(33)
            cMessage.set(33, uint32: maybeNumber)
        }
        if let maybeText {
            cMessage.choose(34)
            try cMessage.set(34, string: maybeText)
        }
        if let maybeBlob {
            cMessage.choose(35)
            cMessage.set(35, bytes: maybeBlob)
        }
        if let maybeFlag {
            cMessage.choose(36)
            cMessage.set(36, bool: maybeFlag)
        }
        if let maybeTwofold {
            cMessage.choose(37)
            cMessage.set(37, double: maybeTwofold)
        }
        if let maybeColour {
            cMessage.choose(38)
            cMessage.set(38, int32: maybeColour.rawValue)
        }
        if case .numberChoice(let numberChoice) = choice {
            cMessage.choose(39)
            cMessage.set(39, uint64: numberChoice)
        }
        if case .textChoice(let textChoice) = choice {
            cMessage.choose(40)
            try cMessage.set(40, string: textChoice)
        }
        if case .nestedChoice(let nestedChoice) = choice {
            cMessage.choose(41)
            try cMessage.set(41, message: nestedChoice.write)
        }
        if case .blobChoice(let blobChoice) = choice {
            cMessage.choose(42)
            cMessage.set(42, bytes: blobChoice)
        }
        if case .colourChoice(let colourChoice) = choice {
            cMessage.choose(43)
            cMessage.set(43, int32: colourChoice.rawValue)
        }
    }
}

extension SampleV1.Sample.Nested: WireMessage {
    public static let typeName = "huleedu.sample.v1.Sample.Nested"
    static let shape = MessageShape(huleedu_sample_v1_Sample_Nested())

    public init() {
        self.init(name: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        name = cMessage.string(0)
        values = cMessage.uint32s(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: name)
        if !values.isEmpty { cMessage.set(1, uint32s: values) }
    }
}
