package import Wire

/// Puts the frames of one connection together to calls.
package struct CallTracker: Sendable {
    package enum Event: Sendable {
        case ended(Call)
        /// A frame that means nothing where it stands, and why.
        case stray(StreamID, String)
    }

    /// What is kept of calls until they end, beside their counts.
    package enum Keeping: Sendable {
        case nothing, messages
    }

    /// Calls that are followed at once on one connection; of more only the frames are seen.
    static let maximumCalls = 65_536
    /// Messages of a call, and their bytes, that are kept until it ends.
    static let keptMessages = 1000
    static let keptBytesOfCall = 8 << 20
    /// Calls that have ended, of which late frames are expected.
    static let rememberedCalls = 1024
    /// What a call takes up beside its messages and metadata, roughly.
    private static let callBytes = 512

    private let peers: Call.Peers
    private let keeping: Keeping
    private var open: [StreamID: Call] = [:]
    private var ended: Set<StreamID> = []
    private var endedInOrder: [StreamID] = []
    /// Memory that the calls take up that have not ended, roughly.
    private var callsBytes = 0
    /// The same, and what has come in part.
    package var keptBytes: Int { callsBytes + pieces.values.reduce(0) { $0 + $1.keptBytes } }
    /// Messages of which there is more to come, whether or not that was agreed on.
    private var pieces = Dictionary(
        uniqueKeysWithValues: Side.allCases.map { ($0, Reassembly(longest: keptBytesOfCall)) })
    /// Calls that have not ended.
    package var running: Int { open.count }

    package init(_ peers: Call.Peers, keeping: Keeping) {
        self.peers = peers
        self.keeping = keeping
    }

    package mutating func receive(_ frame: Frame, from side: Side, at time: UInt64) -> [Event] {
        guard !frame.type.isControl, pieces[side]?.concerns(frame.stream, frame.flags) == true else {
            return whole(frame, from: side, at: time)
        }
        do throws(RPCError) {
            guard let frame = try pieces[side]?.take(frame).whole else { return [] }
            return whole(frame, from: side, at: time)
        } catch {
            pieces[side] = Reassembly(longest: Self.keptBytesOfCall)
            return [.stray(frame.stream, error.message)]
        }
    }

    private mutating func whole(_ frame: Frame, from side: Side, at time: UInt64) -> [Event] {
        switch (frame.type, side) {
        case (.request, .client): request(frame, at: time)
        case (.response, .server): response(frame, at: time)
        case (.data, _): data(frame, from: side, at: time)
        case (.request, .server), (.response, .client):
            [.stray(frame.stream, "a \(FrameNames.type(frame.type)) from the wrong side")]
        default: []
        }
    }

    /// The connection is over: what still runs has no answer.
    package mutating func finish(at time: UInt64) -> [Event] {
        let calls = open.values.sorted { ($0.begin, $0.id.stream) < ($1.begin, $1.id.stream) }
        open = [:]
        callsBytes = 0
        return calls.map { call in
            var call = call
            call.end = max(time, call.begin)
            return .ended(call)
        }
    }

    private mutating func request(_ frame: Frame, at time: UInt64) -> [Event] {
        let request: RequestEnvelope
        do throws(DecodingError) {
            request = try RequestEnvelope(decoding: frame.payload)
        } catch {
            return [.stray(frame.stream, "no request: \(error.description)")]
        }
        // A capture may show what answers a request before the request.
        guard open[frame.stream]?.method == nil else { return [.stray(frame.stream, "a request on a stream that is in use")] }
        ended.remove(frame.stream)
        guard adopt(frame.stream, at: time) else { return [.stray(frame.stream, "more calls at once than are followed")] }
        callsBytes += open[frame.stream]?.note(request, keeping) ?? 0
        // A stream of requests that begins without a payload has none yet.
        if !frame.flags.contains(.remoteOpen) || !request.payload.isEmpty {
            note(request.payload, on: frame.stream, from: .client, at: time)
        }
        return []
    }

    private mutating func response(_ frame: Frame, at time: UInt64) -> [Event] {
        let response: ResponseEnvelope
        do throws(DecodingError) {
            response = try ResponseEnvelope(decoding: frame.payload)
        } catch {
            return [.stray(frame.stream, "no response: \(error.description)")]
        }
        guard adopt(frame.stream, at: time) else { return [] }
        switch response {
        case .success(let payload):
            note(payload, on: frame.stream, from: .server, at: time)
            return end(frame.stream, .answered(.ok, message: ""), at: time)
        case .failure(let error):
            return end(frame.stream, .answered(error.code, message: error.message), at: time)
        }
    }

    private mutating func data(_ frame: Frame, from side: Side, at time: UInt64) -> [Event] {
        guard adopt(frame.stream, at: time) else { return [] }
        if !frame.flags.contains(.noData) { note(frame.payload, on: frame.stream, from: side, at: time) }
        guard side == .server, frame.flags.contains(.remoteClosed) else { return [] }
        return end(frame.stream, .answered(.ok, message: ""), at: time)
    }

    /// Follows a call from here on whose request was not captured.
    ///
    /// - Returns: false where it is over, or one too many.
    private mutating func adopt(_ stream: StreamID, at time: UInt64) -> Bool {
        guard open[stream] == nil else { return true }
        guard !ended.contains(stream), open.count < Self.maximumCalls else { return false }
        var call = Call(id: .init(connection: peers.connection, stream: stream), peers: peers, begin: time, end: time)
        call.keptBytes = Self.callBytes
        callsBytes += call.keptBytes
        open[stream] = call
        return true
    }

    private mutating func note(_ bytes: [UInt8], on stream: StreamID, from side: Side, at time: UInt64) {
        callsBytes += open[stream]?.note(bytes, from: side, at: time, keeping) ?? 0
    }

    private mutating func end(_ stream: StreamID, _ outcome: Call.Outcome, at time: UInt64) -> [Event] {
        guard var call = open.removeValue(forKey: stream) else { return [] }
        callsBytes -= call.keptBytes
        remember(stream)
        call.outcome = outcome
        call.end = time
        return [.ended(call)]
    }

    private mutating func remember(_ stream: StreamID) {
        ended.insert(stream)
        endedInOrder.append(stream)
        guard endedInOrder.count >= 2 * Self.rememberedCalls else { return }
        endedInOrder.removeFirst(Self.rememberedCalls)
        ended = Set(endedInOrder)
    }
}
