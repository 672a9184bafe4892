import Wire

/// Checks the frames of one connection against the protocol, and says nothing that what was not captured could explain.
struct ConnectionLinter: Sendable {
    /// How much of a connection was seen when a frame came.
    struct Sight: Sendable {
        /// Whether everything that the frame's sender has sent was seen, from the connection's beginning.
        var isSenderWhole: Bool
        /// Whether everything that the other side has sent was seen, from the connection's beginning.
        var isOtherWhole: Bool
        /// Whether everything that the sender had received when it sent the frame was seen before it.
        var isCaughtUp: Bool

        /// Whether nothing was missed that could explain the frame.
        var isAll: Bool { isSenderWhole && isOtherWhole && isCaughtUp }
    }

    /// What is known of a call that runs.
    struct Running: Sendable {
        /// Nil where its request could not be read, or it is not in the contracts.
        var method: MessageSchema.Method?
        var name: String
        var begin: UInt64
        var timeoutNanoseconds: Int64 = 0
        var isUnary = false
        var hasClientEnded = false
        /// Whether it would be noticed that its answer was not captured: not so before anything of the server was.
        var isTraced = true
        /// Whether its client has been told, or has said, that nobody sees it to its end: an answer may be on its way.
        var isGivenUp = false
        /// Requests and data on the same stream that are to be refused while the call goes on.
        var refusalsOwed = 0
    }

    enum Greeting {
        case unsaid, asked, met, refused
        /// What was missed may have been a Hello, or its answer.
        case unknown
    }

    static let longestPayload = 4 << 20
    static let mostMetadataBytes = 16 << 10
    static let mostCalls = 256
    static let firstForbiddenStream: UInt32 = 1 << 31
    static let longestUnaryNanoseconds: Int64 = 600_000_000_000
    static let longestStreamNanoseconds: Int64 = 3_600_000_000_000
    /// Our own clients ask for this one, which no server need have.
    static let optionalService = "huleedu.wire.v1.Control"
    /// What a call takes up, and the number of one that has ended, roughly.
    private static let callBytes = 256
    private static let endedBytes = 32

    let connection: Int
    let linting: Linting
    private(set) var running: [StreamID: Running] = [:]
    private var ended: Set<StreamID> = []
    private var endedInOrder: [StreamID] = []
    private var highest: StreamID?
    /// What has become of Hello, as far as was seen.
    var greeting = Greeting.unsaid
    /// What the client has said in it, until it is answered.
    var offered: Hello?
    /// What each side may send; nothing where no credit was agreed on, or some of it was missed.
    var credits: [Side: Credit] = [:]
    /// Whether both have agreed that messages may come in pieces.
    var hasPieces = false
    /// What has come in part.
    var pieces = Dictionary(uniqueKeysWithValues: Side.allCases.map { ($0, Reassembly(longest: longestPayload)) })
    /// Whether a frame of the server was seen.
    private(set) var hasHeardServer = false

    init(connection: Int, linting: Linting) {
        self.connection = connection
        self.linting = linting
    }

    var keptBytes: Int {
        (running.count + credits.values.reduce(0) { $0 + $1.streams.count }) * Self.callBytes
            + endedInOrder.count * Self.endedBytes + pieces.values.reduce(0) { $0 + $1.keptBytes }
    }

    mutating func receive(_ frame: Frame, from side: Side, at time: UInt64, _ sight: Sight) -> [LintFinding] {
        var report = Report(connection: connection, stream: frame.stream.rawValue, side: side, time: time)
        if sight.isSenderWhole { form(frame, mayHavePieces: mayHavePieces(side, sight), &report) }
        let isInside = !frame.type.isControl && pieces[side]?.isInside(frame.stream) == true
        guard let frame = whole(frame, from: side, sight, &report) else { return allowed(report) }
        switch (frame.type, side) {
        case (.request, .client): request(frame, hasBegun: isInside, at: time, sight, &report)
        case (.response, .server): response(frame, at: time, sight, &report)
        case (.data, .client): clientData(frame, at: time, sight, &report)
        case (.data, .server): serverData(frame, at: time, sight, &report)
        case (.request, .server), (.response, .client):
            report.add(.wrongSide, "a \(FrameNames.type(frame.type)) of the \(side)", if: sight.isSenderWhole)
        default: control(frame, from: side, sight, &report)
        }
        if side == .server { hasHeardServer = true }
        return allowed(report)
    }

    /// A header stands where none can, in a connection that was seen from its beginning.
    mutating func impossible(_ header: FrameHeader, from side: Side, at time: UInt64) -> [LintFinding] {
        var report = Report(connection: connection, stream: nil, side: side, time: time)
        report.add(.impossibleLength, "\(header.length) bytes")
        return allowed(report)
    }

    /// Something is missing: of what came before nothing is concluded.
    mutating func lost() {
        running = [:]
        (ended, endedInOrder, highest) = ([], [], nil)
        greeting = .unknown
        (offered, credits, hasPieces) = (nil, [:], false)
        for side in Side.allCases { pieces[side] = Reassembly(longest: Self.longestPayload) }
    }

    /// One side has said that it sends no more, inside a frame.
    func endedInsideFrame(_ side: Side, bytes: Int, at time: UInt64) -> [LintFinding] {
        var report = Report(connection: connection, stream: nil, side: side, time: time)
        report.add(.endInsideFrame, "\(bytes) bytes of it")
        return allowed(report)
    }

    /// The connection is over, and all answers that its client has received were seen.
    mutating func finish(at time: UInt64) -> [LintFinding] {
        let calls = running.filter { !$0.value.isGivenUp && $0.value.isTraced }.sorted {
            ($0.value.begin, $0.key) < ($1.value.begin, $1.key)
        }
        running = [:]
        return calls.flatMap { stream, call in
            var report = Report(connection: connection, stream: stream.rawValue, side: .client, time: time)
            report.add(.unanswered, call.name)
            return allowed(report)
        }
    }

    private func allowed(_ report: Report) -> [LintFinding] {
        report.findings.filter { !linting.allowed.contains($0.rule) }
    }

    // MARK: - Calls that run

    func hasEnded(_ stream: StreamID) -> Bool { ended.contains(stream) }

    mutating func begin(_ call: Running, on stream: StreamID) {
        guard running.count < CallTracker.maximumCalls else { return }
        running[stream] = call
    }

    mutating func change(_ stream: StreamID, _ body: (inout Running) -> Void) {
        if var call = running.removeValue(forKey: stream) {
            body(&call)
            running[stream] = call
        }
    }

    mutating func end(_ stream: StreamID) {
        running[stream] = nil
        for side in Side.allCases { credits[side]?.streams[stream] = nil }
        guard ended.insert(stream).inserted else { return }
        endedInOrder.append(stream)
        guard endedInOrder.count >= 2 * CallTracker.rememberedCalls else { return }
        endedInOrder.removeFirst(CallTracker.rememberedCalls)
        ended = Set(endedInOrder)
    }

    /// Takes a stream for a new call.
    ///
    /// - Returns: the highest one before.
    mutating func take(_ stream: StreamID) -> StreamID? {
        defer { highest = max(highest ?? stream, stream) }
        if ended.remove(stream) != nil { endedInOrder.removeAll { $0 == stream } }
        return highest
    }
}

/// What a check is made with.
package struct Linting: Sendable {
    let schema: MessageSchema
    let allowed: Set<LintRule>

    /// - Parameter allowed: rules of which nothing is told.
    package init(schema: MessageSchema, allowed: Set<LintRule> = []) {
        self.schema = schema
        self.allowed = allowed
    }
}

/// What is found about one frame.
struct Report: Sendable {
    let connection: Int
    let stream: UInt32?
    let side: Side
    let time: UInt64
    private(set) var findings: [LintFinding] = []

    init(connection: Int, stream: UInt32?, side: Side, time: UInt64) {
        (self.connection, self.stream, self.side, self.time) = (connection, stream, side, time)
    }

    mutating func add(_ rule: LintRule, _ detail: String, if holds: Bool = true) {
        guard holds else { return }
        findings.append(
            LintFinding(rule: rule, connection: connection, stream: stream, side: side, nanoseconds: time, detail: detail))
    }
}
