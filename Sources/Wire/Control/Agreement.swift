/// What the two ends of a connection have agreed on: nothing beyond plain ttrpc, until they have said Hello to each other.
struct Agreement: Sendable {
    /// What this end has said, or would say.
    let own: Hello
    /// Whether the peer has said Hello, whatever it has to offer.
    private(set) var hasMet = false
    /// What both ends can do.
    private(set) var features: Features = []
    /// Longest payload of a frame that both ends take, in bytes.
    private(set) var maximumFrameBytes: Int
    /// The credit of streams, where both ends can give it.
    var flow: FlowControl?
    /// Messages that have arrived in part, where both ends send long ones in pieces.
    var reassembly: Reassembly?
    private var pings = PingAllowance()

    /// - Parameter own: without any feature where this end is to be a plain peer, as one is that takes too little for a Hello.
    init(_ own: Hello) {
        var own = own
        if own.maximumFrameBytes < Hello.leastFrameBytes { own.features = [] }
        self.own = own
        maximumFrameBytes = own.maximumFrameBytes
    }

    mutating func heard(_ peer: Hello) {
        hasMet = true
        features = own.features.intersection(peer.features)
        maximumFrameBytes = min(own.maximumFrameBytes, peer.maximumFrameBytes)
        if features.contains(.fragments) { reassembly = Reassembly(longest: own.maximumFrameBytes) }
        if features.contains(.window) { flow = FlowControl(own: own.windows, peer: peer.windows) }
    }

    /// What a server that has heard its client answers.
    var answer: Hello {
        var answer = own
        answer.features = features
        return answer
    }

    /// Looks at the header of a frame whose payload is not kept.
    ///
    /// - Throws: where it is one that has been agreed on, and longer than any of those.
    func check(dropped header: FrameHeader) throws(RPCError) {
        guard let feature = ControlFrame.feature(of: header.type), features.contains(feature),
            header.length > UInt32(ControlFrame.maximumPayloadBytes)
        else { return }
        throw RPCError(.invalidArgument, "a control frame of \(header.length) bytes")
    }

    /// Reads a frame by what has been agreed on.
    ///
    /// - Returns: nil for a frame that is to be ignored.
    /// - Throws: why the peer, which knows better, is to be given up.
    mutating func control(
        _ frame: Frame, at now: @autoclosure () -> ContinuousClock.Instant
    ) throws(RPCError) -> ControlFrame? {
        guard let feature = ControlFrame.feature(of: frame.type), features.contains(feature) else { return nil }
        let control: ControlFrame?
        do throws(DecodingError) {
            control = try ControlFrame(frame)
        } catch {
            throw RPCError(.invalidArgument, "a control frame that cannot be read: \(error.message)")
        }
        if case .ping = control, !pings.take(at: now()) { throw RPCError(.resourceExhausted, "too many pings") }
        guard case .window(let stream, let credit) = control else { return control }
        return try flow?.credited(credit, on: stream) == true ? control : nil
    }
}
