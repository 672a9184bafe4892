/// Whether a message may be sent now, as far as the other side has given credit.
public enum SendLeave: Sendable, Hashable {
    case granted
    /// Its stream has no credit; messages of others may go before it.
    case streamWaits
    /// There is no credit for any stream; no other message may go before it.
    case connectionWaits
}

/// The credit of a connection whose sides have agreed on windows, both ways.
///
/// Only the messages of streams that come in data frames are counted: a request and an answer are bounded by the limit of a frame and by that
/// of calls.
struct FlowControl: Sendable {
    private struct Stream {
        var sending: CreditWindow
        var receiving: CreditWindow
    }

    private let own: StreamWindows
    private let peer: StreamWindows
    private var sending: CreditWindow
    private var receiving: CreditWindow
    private var streams: [StreamID: Stream] = [:]

    /// - Parameters:
    ///   - own: what this side takes.
    ///   - peer: what the other takes.
    init(own: StreamWindows, peer: StreamWindows) {
        self.own = own
        self.peer = peer
        sending = CreditWindow(bytes: peer.connection)
        receiving = CreditWindow(bytes: own.connection)
    }

    /// What has arrived and has not been given back, in bytes.
    var outstanding: Int { receiving.outstanding }

    mutating func begin(_ stream: StreamID) {
        streams[stream] = Stream(sending: CreditWindow(bytes: peer.stream), receiving: CreditWindow(bytes: own.stream))
    }

    /// A stream is over: its credit is worth nothing from here on.
    mutating func end(_ stream: StreamID) {
        streams[stream] = nil
    }

    // MARK: - What is sent

    func leave(toSend cost: Int, on stream: StreamID) -> SendLeave {
        guard streams[stream]?.sending.admits(cost) ?? true else { return .streamWaits }
        return sending.admits(cost) ? .granted : .connectionWaits
    }

    mutating func sent(_ cost: Int, on stream: StreamID) {
        streams[stream]?.sending.spend(cost)
        sending.spend(cost)
    }

    /// A message of a stream that is over has not been sent after all.
    mutating func withdrawn(_ cost: Int) {
        // The other side may have given credit for it, which it could not know.
        _ = sending.give(min(cost, sending.outstanding))
    }

    /// The other side has given credit.
    ///
    /// - Returns: whether there is more of it now: not for a stream that is over, or never was, of which nothing is known.
    /// - Throws: `INVALID_ARGUMENT` for more than it has been sent.
    mutating func credited(_ credit: UInt32, on stream: StreamID) throws(RPCError) -> Bool {
        let isKept = stream == .control ? sending.give(Int(credit)) : streams[stream]?.sending.give(Int(credit))
        guard let isKept else { return false }
        guard isKept else { throw RPCError(.invalidArgument, "credit for more than has been sent") }
        return true
    }

    // MARK: - What arrives

    /// Whether there is credit for a message that begins.
    ///
    /// - Parameter cost: of the message, or of its first piece, for how long it will be is not known then.
    /// - Throws: `RESOURCE_EXHAUSTED` where there is none.
    func begins(_ cost: Int, on stream: StreamID) throws(RPCError) {
        guard receiving.admits(cost), streams[stream]?.receiving.admits(cost) ?? true else {
            throw RPCError(.resourceExhausted, "messages beyond the window")
        }
    }

    /// Counts a message that has arrived.
    mutating func arrived(_ cost: Int, on stream: StreamID) {
        receiving.spend(cost)
        streams[stream]?.receiving.spend(cost)
    }

    /// Gives credit back for what has been taken, or dropped.
    ///
    /// - Parameters:
    ///   - credit: of the stream; nothing comes of it where that is over.
    ///   - whole: of the connection.
    /// - Returns: what says so.
    mutating func give(_ credit: Int, on stream: StreamID, connection whole: Int) -> [Frame] {
        var frames: [Frame] = []
        if credit > 0, streams[stream]?.receiving.give(credit) == true {
            frames.append(ControlFrame.window(stream, UInt32(credit)).frame)
        }
        if whole > 0 {
            precondition(receiving.give(whole), "what is given back has come")
            frames.append(ControlFrame.window(.control, UInt32(whole)).frame)
        }
        return frames
    }
}
