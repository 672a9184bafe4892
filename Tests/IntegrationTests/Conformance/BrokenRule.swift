import Wire

/// A rule of the protocol that a server breaks, and who has to find that.
struct BrokenRule: Sendable {
    /// What was said on a connection.
    struct Past: Sendable {
        /// Requests by their streams, the last on each that began something.
        private(set) var requests: [UInt32: (flags: FrameFlags, envelope: RequestEnvelope?)] = [:]
        /// Streams on which a response or an end has come.
        private(set) var ended: Set<UInt32> = []
        private(set) var highest: UInt32 = 0

        mutating func ask(_ frame: Frame) {
            guard frame.type == .request else { return }
            let stream = frame.stream.rawValue
            highest = max(highest, stream)
            guard requests[stream] == nil || ended.contains(stream) else { return }
            requests[stream] = (frame.flags, frame.envelope)
            ended.remove(stream)
        }

        mutating func answer(_ frame: Frame) {
            if frame.type == .response || frame.flags.contains(.remoteClosed) { ended.insert(frame.stream.rawValue) }
        }

        /// What the connection was begun with, where that was Hello; nil inside where it could not be read.
        var hello: Hello?? {
            guard let envelope = requests[1]?.envelope, envelope.method == Hello.method else { return nil }
            // What cannot be read has agreed on nothing.
            return .some(try? Hello(decoding: envelope.payload))
        }

        /// Bare name of the method that a stream was opened with.
        func method(_ frame: Frame) -> String? { requests[frame.stream.rawValue]?.envelope?.method.method }
    }

    /// What becomes of a frame from a client.
    enum Reaction: Sendable {
        case passed(Frame)
        case answered(Frame)
        case dropped
        case closed
    }

    /// What the server does.
    let fault: String
    /// The checks that fail by it, and no others.
    let checks: Set<String>
    /// Whether they fail because nothing comes.
    var isSilent = false
    var asked: @Sendable (Frame, Past) -> Reaction = { frame, _ in .passed(frame) }
    var answered: @Sendable (Frame, Past) -> [Frame] = { frame, _ in [frame] }
    var closesAtImpossibleLength = true
    var survivesCutFrames = true

    init(_ fault: String, _ checks: Set<String>) {
        self.fault = fault
        self.checks = checks
    }

    /// A rule that is broken where a frame comes from the client.
    static func asking(
        _ fault: String, _ checks: Set<String>, _ reaction: @escaping @Sendable (Frame, Past) -> Reaction?
    ) -> BrokenRule {
        var rule = BrokenRule(fault, checks)
        rule.asked = { reaction($0, $1) ?? .passed($0) }
        return rule
    }

    /// A rule that is broken in what the server says.
    static func answering(
        _ fault: String, _ checks: Set<String>, _ change: @escaping @Sendable (Frame, Past) -> [Frame]?
    ) -> BrokenRule {
        var rule = BrokenRule(fault, checks)
        rule.answered = { change($0, $1) ?? [$0] }
        return rule
    }
}

extension Frame {
    /// The request that it is, if it can be read.
    var envelope: RequestEnvelope? { type == .request ? try? RequestEnvelope(decoding: payload) : nil }

    /// The failure that it is.
    var failure: RPCError? {
        guard type == .response, case .failure(let error) = try? ResponseEnvelope(decoding: payload) else { return nil }
        return error
    }

    var isMessage: Bool { type == .data && !flags.contains(.noData) }

    func with(flags: FrameFlags? = nil, payload: [UInt8]? = nil) -> Frame {
        Frame(stream: stream, type: type, flags: flags ?? self.flags, payload: payload ?? self.payload)
    }

    /// The same request, but for something.
    func with(_ change: (inout RequestEnvelope) -> Void) -> Frame {
        guard var envelope else { return self }
        change(&envelope)
        return with(payload: envelope.encoded())
    }

    /// An answer on its stream.
    func answer(_ envelope: ResponseEnvelope) -> Frame {
        Frame(stream: stream, type: .response, payload: envelope.encoded())
    }

    func failed(_ code: StatusCode, _ message: String = "no", isRefused: Bool = false) -> Frame {
        answer(.failure(RPCError(code, message, isRefused: isRefused)))
    }

    /// The end of its stream, when all goes well.
    var end: Frame { Frame(stream: stream, type: .data, flags: [.remoteClosed, .noData], payload: []) }
}
