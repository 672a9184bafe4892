// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension EventsV1 {
    /// An assessment reached its end; sent exactly once for a run of an assessment, whose id is the aggregate's. An assessment that was
    /// continued has a further run, which ends by itself.
    public struct AssessmentFinished: Sendable, Hashable {
        public var assessmentID: String
        public var state: CJV1.AssessmentState
        public var stopReason: CJV1.StopReason
        public var essays: UInt32
        /// Judgements that count.
        public var comparisons: UInt32
        /// True when no language model stands behind the judgements.
        public var simulated: Bool
        /// Counts from one; every continuation begins the next.
        public var run: UInt32

        public init(
            assessmentID: String = "",
            state: CJV1.AssessmentState = .init(rawValue: 0),
            stopReason: CJV1.StopReason = .init(rawValue: 0),
            essays: UInt32 = 0,
            comparisons: UInt32 = 0,
            simulated: Bool = false,
            run: UInt32 = 0
        ) {
            self.assessmentID = assessmentID
            self.state = state
            self.stopReason = stopReason
            self.essays = essays
            self.comparisons = comparisons
            self.simulated = simulated
            self.run = run
        }
    }

    /// What an assessment came to; sent with its end, exactly once for a run, before AssessmentFinished. Whoever needs no more than the state
    /// reads that one.
    public struct AssessmentRanked: Sendable, Hashable {
        public var assessmentID: String
        /// As in AssessmentFinished.
        public var run: UInt32
        /// As GetAssessment answers it at the end, without the history. Where it would pass 2 MiB, the items have no grade probabilities.
        public var result: CJV1.GetAssessmentResponse?

        public init(
            assessmentID: String = "",
            run: UInt32 = 0,
            result: CJV1.GetAssessmentResponse? = nil
        ) {
            self.assessmentID = assessmentID
            self.run = run
            self.result = result
        }
    }
}

extension EventsV1.AssessmentFinished: WireMessage {
    public static let typeName = "huleedu.events.v1.AssessmentFinished"
    static let shape = MessageShape(huleedu_events_v1_AssessmentFinished())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        state = CJV1.AssessmentState(rawValue: cMessage.int32(1))
        stopReason = CJV1.StopReason(rawValue: cMessage.int32(2))
        essays = cMessage.uint32(3)
        comparisons = cMessage.uint32(4)
        simulated = cMessage.bool(5)
        run = cMessage.uint32(6)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        cMessage.set(1, int32: state.rawValue)
        cMessage.set(2, int32: stopReason.rawValue)
        cMessage.set(3, uint32: essays)
        cMessage.set(4, uint32: comparisons)
        cMessage.set(5, bool: simulated)
        cMessage.set(6, uint32: run)
    }
}

extension EventsV1.AssessmentRanked: WireMessage {
    public static let typeName = "huleedu.events.v1.AssessmentRanked"
    static let shape = MessageShape(huleedu_events_v1_AssessmentRanked())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        run = cMessage.uint32(1)
        result = cMessage.message(2).map(CJV1.GetAssessmentResponse.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        cMessage.set(1, uint32: run)
        if let result {
            try cMessage.set(2, message: result.write)
        }
    }
}
