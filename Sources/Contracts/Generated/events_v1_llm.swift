// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension EventsV1 {
    /// A request reached its end; sent exactly once for a request, whose id is the aggregate's.
    public struct LLMRequestFinished: Sendable, Hashable {
        public var result: LLMV1.Result?

        public init(
            result: LLMV1.Result? = nil
        ) {
            self.result = result
        }
    }
}

extension EventsV1.LLMRequestFinished: WireMessage {
    public static let typeName = "huleedu.events.v1.LLMRequestFinished"
    static let shape = MessageShape(huleedu_events_v1_LLMRequestFinished())

    public init() {
        self.init(result: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        result = cMessage.message(0).map(LLMV1.Result.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let result {
            try cMessage.set(0, message: result.write)
        }
    }
}
