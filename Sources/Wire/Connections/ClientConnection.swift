/// A connection as its client sees it: gives calls their streams when they are written and matches what comes back.
public struct ClientConnection: Sendable {
    /// Names a call within its client, from before it has a stream.
    public typealias CallID = UInt64

    public enum Action: Sendable {
        case write(Frame)
        /// A unary call is over.
        case finish(CallID, ResponseEnvelope)
        /// Give a streaming call's caller a message; ``give(_:on:connection:)`` gives its credit back once it is taken.
        case deliver(CallID, [UInt8], credit: Int)
        /// Messages may have leave to be sent that had none.
        case resume
        /// A streaming call is over, well where there is no error.
        case end(CallID, RPCError?)
        /// A call of whatever kind is over here, and no handler sees it: it may be made elsewhere, whatever it does.
        case unseen(CallID)
        /// Make no more calls on this connection and close it when those that run have ended.
        case retire
        /// Close: the server has broken what it agreed to. The calls have ended.
        case close
    }

    private struct Call {
        let id: CallID
        /// Nil for a unary call.
        let kind: StreamKind?
        /// Whether more messages may be sent.
        var isOpen: Bool
    }

    /// Streams are thirty-two bits wide; a connection is given up long before they run out.
    private static let lastStream: UInt32 = 1 << 31 - 1
    /// Streams let go before their end after which a connection is given up: a plain server stops them with its end, and not before.
    static let mostAbandonedStreams = 16

    private var calls: [StreamID: Call] = [:]
    private var streams: [CallID: StreamID] = [:]
    private var nextStream: UInt32
    private var abandonedStreams = 0
    var agreement: Agreement
    /// Where the answer to Hello will come.
    private var helloStream: StreamID?
    private var pings: UInt64 = 0
    /// What the server has said that takes no more calls.
    private var farewell: GoAway?

    /// - Parameters:
    ///   - maximumMessageBytes: longest frame that is taken, envelope included.
    ///   - features: what is offered to the server by ``hello()``.
    ///   - windows: how much of the messages of streams is taken ahead.
    public init(
        maximumMessageBytes: Int = 4 << 20, features: Features = [], windows: StreamWindows = StreamWindows()
    ) {
        self.init(firstStream: 1, maximumMessageBytes: maximumMessageBytes, features: features, windows: windows)
    }

    init(
        firstStream: UInt32, maximumMessageBytes: Int = 4 << 20, features: Features = [],
        windows: StreamWindows = StreamWindows()
    ) {
        nextStream = firstStream
        agreement = Agreement(Hello(features: features, maximumFrameBytes: maximumMessageBytes, windows: windows))
    }

    /// What both ends can do beyond plain ttrpc; nothing until the server has answered Hello.
    public var features: Features { agreement.features }
    /// Longest frame that may be sent, in bytes, as far as the server has said; nil where it has not.
    public var maximumFrameBytes: Int? { agreement.hasMet ? agreement.maximumFrameBytes : nil }
    /// Whether no other call may be made.
    public var isExhausted: Bool {
        nextStream > Self.lastStream || abandonedStreams >= Self.mostAbandonedStreams || farewell != nil
    }
    /// Calls that are not over.
    public var callCount: Int { calls.count }

    // MARK: - What its owner does

    /// Says Hello, before any call is made and if there is anything to offer. No call need wait for the answer.
    public mutating func hello() -> [Action] {
        precondition(calls.isEmpty && helloStream == nil, "Hello is the first request of a connection")
        guard !agreement.own.features.isEmpty else { return [] }
        let stream = takeStream()
        helloStream = stream
        let request = RequestEnvelope(method: Hello.method, payload: agreement.own.encoded())
        return [.write(Frame(stream: stream, type: .request, payload: request.encoded()))]
    }

    /// Asks the server for a sign of life; nil where it cannot be asked.
    public mutating func ping() -> Action? {
        guard features.contains(.ping) else { return nil }
        pings += 1
        return .write(ControlFrame.ping(pings).frame)
    }

    // MARK: - What callers do

    /// Sends a request. Streams rise in the order in which requests are written, as some servers demand.
    ///
    /// - Parameter kind: nil for a unary call.
    /// - Returns: the end of the call where the request is longer than the server has said that it takes.
    public mutating func send(_ request: RequestEnvelope, as call: CallID, kind: StreamKind? = nil) -> [Action] {
        precondition(!isExhausted, "an exhausted connection makes no calls")
        let payload = request.encoded()
        if let most = maximumFrameBytes, payload.count > most {
            let error = RPCError(
                .resourceExhausted, "the request is \(payload.count) bytes; the server takes \(most)", isRefused: true)
            return [kind == nil ? .finish(call, .failure(error)) : .end(call, error)]
        }
        let stream = takeStream()
        calls[stream] = Call(id: call, kind: kind, isOpen: kind?.clientStreams ?? false)
        streams[call] = stream
        agreement.flow?.begin(stream)
        let flags: FrameFlags = kind.map { $0.clientStreams ? .remoteOpen : .remoteClosed } ?? []
        let write = Action.write(Frame(stream: stream, type: .request, flags: flags, payload: payload))
        return isExhausted ? [write, .retire] : [write]
    }

    /// Sends one more message of a call whose kind allows it.
    ///
    /// - Returns: nothing when the call is over, or was said to have no more messages.
    public mutating func send(_ message: [UInt8], on call: CallID) -> [Action] {
        guard let stream = streams[call], calls[stream]?.isOpen == true else { return [] }
        agreement.flow?.sent(CreditWindow.cost(of: message), on: stream)
        return [.write(Frame(stream: stream, type: .data, payload: message))]
    }

    /// Whether a message may be sent as far as the server gives credit. Before it has said whether it does none may.
    ///
    /// - Parameter cost: the message's bytes, with its frame's header.
    public func leave(toSend cost: Int, on call: CallID) -> SendLeave {
        guard let stream = streams[call], calls[stream]?.isOpen == true else { return .granted }
        guard helloStream == nil || !agreement.own.features.contains(.window) else { return .connectionWaits }
        return agreement.flow?.leave(toSend: cost, on: stream) ?? .granted
    }

    /// Gives the server credit back for messages that a call's caller has taken, or let go.
    ///
    /// - Parameters:
    ///   - credit: of the call; nothing comes of it where that is over.
    ///   - whole: of the connection.
    public mutating func give(_ credit: Int, on call: CallID, connection whole: Int) -> [Action] {
        agreement.flow?.give(credit, on: streams[call] ?? .control, connection: whole).map(Action.write) ?? []
    }

    /// Whether ``send(_:on:)`` would send.
    public func isOpen(_ call: CallID) -> Bool {
        streams[call].flatMap { calls[$0]?.isOpen } ?? false
    }

    /// Says that a call has no more messages, in a frame of its own: peers take its payload for one more message.
    public mutating func finishSending(on call: CallID) -> [Action] {
        guard let stream = streams[call], calls[stream]?.isOpen == true else { return [] }
        calls[stream]?.isOpen = false
        return [.write(Frame(stream: stream, type: .data, flags: [.remoteClosed, .noData], payload: []))]
    }

    /// Nobody waits for a call any more; what still comes of it is dropped.
    ///
    /// - Parameter code: why, for a server that can be told.
    public mutating func abandon(_ call: CallID, because code: StatusCode = .cancelled) -> [Action] {
        guard let stream = streams.removeValue(forKey: call) else { return [] }
        agreement.flow?.end(stream)
        agreement.reassembly?.drop(stream)
        guard !features.contains(.cancel) else {
            calls[stream] = nil
            return cancellation(of: stream, code)
        }
        let wasExhausted = isExhausted
        // A server ends a unary call by its deadline, which it was told.
        if calls.removeValue(forKey: stream)?.kind != nil { abandonedStreams += 1 }
        return isExhausted && !wasExhausted ? [.retire] : []
    }

    /// Where a call is written; nil for one that is over.
    public func stream(of call: CallID) -> StreamID? { streams[call] }

    // MARK: - What arrives

    /// - Parameter now: looked at where it matters.
    public mutating func received(_ frame: Frame, at now: @autoclosure () -> ContinuousClock.Instant = .now) -> [Action] {
        if frame.type.isControl { return control(frame, at: now()) }
        if frame.stream == helloStream, frame.type == .response {
            heard(frame.payload)
            return resumption()
        }
        guard frame.type == .response || frame.type == .data else { return [] }
        do throws(RPCError) {
            return try message(frame)
        } catch {
            return brokenOff(error)
        }
    }

    /// An answer or data, or a piece of it.
    private mutating func message(_ frame: Frame) throws(RPCError) -> [Action] {
        let stream = frame.stream
        let isInside = agreement.reassembly?.isInside(stream) == true
        if frame.type == .data, !isInside { try begins(frame.flags, frame.payload.count, on: stream) }
        guard agreement.reassembly?.concerns(stream, frame.flags) == true else { return whole(frame) }
        let isWanted = isAwaited(frame.type, on: stream)
        guard let outcome = try agreement.reassembly?.take(frame, isWanted: isWanted) else { return [] }
        var actions: [Action] = []
        if outcome.isOverlong { actions += leftOut(frame.type, on: stream) }
        if let whole = outcome.whole { actions += self.whole(whole) }
        if let bytes = outcome.droppedBytes, frame.type == .data { actions += dropped(frame.flags, bytes, on: stream) }
        return actions
    }

    private func isAwaited(_ type: FrameType, on stream: StreamID) -> Bool {
        guard let call = calls[stream] else { return false }
        return type == .response || call.kind != nil
    }

    private mutating func whole(_ frame: Frame) -> [Action] {
        if frame.type == .data, calls[frame.stream]?.kind?.serverStreams != true {
            let dropped = dropped(frame.flags, frame.payload.count, on: frame.stream)
            guard let call = calls[frame.stream], call.kind != nil else { return dropped }
            return dropped + data(frame, for: call)
        }
        guard let call = calls[frame.stream] else { return [] }
        guard frame.type == .data else { return response(frame, to: call) }
        if !frame.flags.contains(.noData) { agreement.flow?.arrived(CreditWindow.cost(of: frame.payload), on: frame.stream) }
        return data(frame, for: call)
    }

    /// - Throws: where the server has no credit for a message that begins.
    private func begins(_ flags: FrameFlags, _ bytes: Int, on stream: StreamID) throws(RPCError) {
        if !flags.contains(.noData) { try agreement.flow?.begins(bytes + CreditWindow.messageOverhead, on: stream) }
    }

    /// Counts data that nobody takes: the server has the credit back at once, that of the connection.
    private mutating func dropped(_ flags: FrameFlags, _ bytes: Int, on stream: StreamID) -> [Action] {
        guard !flags.contains(.noData), agreement.flow != nil else { return [] }
        let cost = bytes + CreditWindow.messageOverhead
        agreement.flow?.arrived(cost, on: stream)
        return agreement.flow?.give(0, on: stream, connection: cost).map(Action.write) ?? []
    }

    /// Where messages may go on, if anybody may have waited for that.
    func resumption() -> [Action] { calls.values.contains { $0.isOpen } ? [.resume] : [] }

    private mutating func brokenOff(_ error: RPCError) -> [Action] {
        closed(because: "the server does not keep to what it agreed: \(error.message)") + [.close]
    }

    /// What a server says to Hello. Whatever is no answer to it is a plain peer's.
    private mutating func heard(_ answer: [UInt8]) {
        helloStream = nil
        do throws(DecodingError) {
            guard case .success(let payload) = try ResponseEnvelope(decoding: answer) else { return }
            let server = try Hello(decoding: payload)
            guard server.version == Hello.currentVersion else { return }
            agreement.heard(server)
            for stream in calls.keys { agreement.flow?.begin(stream) }
        } catch {
            // A method of that name with another answer is none that we know.
        }
    }

    private mutating func control(_ frame: Frame, at now: @autoclosure () -> ContinuousClock.Instant) -> [Action] {
        let control: ControlFrame?
        do throws(RPCError) {
            control = try agreement.control(frame, at: now())
        } catch {
            return brokenOff(error)
        }
        switch control {
        case .ping(let token): return [.write(ControlFrame.pong(token).frame)]
        case .goAway(let goAway): return go(goAway)
        case .cancel(let stream, let code): return cancelled(stream, code)
        case .window: return [.resume]
        case .pong, nil: return []
        }
    }

    /// The server takes no more calls. Of several that say so the lowest last stream counts: what it has once called unseen stays so.
    private mutating func go(_ goAway: GoAway) -> [Action] {
        let isFirst = farewell == nil
        farewell = farewell ?? goAway
        let unseen = calls.filter { $0.key > goAway.lastAccepted }.sorted { $0.key < $1.key }
        for (stream, _) in unseen { forget(stream) }
        return unseen.map { .unseen($0.value.id) } + (isFirst ? [.retire] : [])
    }

    /// The server has ended a call, without an answer.
    private mutating func cancelled(_ stream: StreamID, _ code: StatusCode) -> [Action] {
        guard let call = calls[stream] else { return [] }
        forget(stream)
        let error = RPCError(code, "the server cancelled the call")
        return [call.kind == nil ? .finish(call.id, .failure(error)) : .end(call.id, error)]
    }

    /// Tells a server that understands it that nobody waits for a call any more.
    private func cancellation(of stream: StreamID, _ code: StatusCode) -> [Action] {
        features.contains(.cancel) ? [.write(ControlFrame.cancel(stream, code).frame)] : []
    }

    private mutating func response(_ frame: Frame, to call: Call) -> [Action] {
        forget(frame.stream)
        let answer: ResponseEnvelope
        do throws(DecodingError) {
            answer = try ResponseEnvelope(decoding: frame.payload)
        } catch {
            answer = .failure(RPCError(.internal, "the answer is no response: \(error.description)", cause: error))
        }
        guard let kind = call.kind else { return [.finish(call.id, answer)] }
        switch answer {
        case .failure(let error): return [.end(call.id, error)]
        // A stream of answers that went well ends with a data frame; a peer that ends it with a response may put a last message there.
        case .success(let payload):
            let isMessage = kind == .clientStreaming || !payload.isEmpty
            return (isMessage ? [.deliver(call.id, payload, credit: 0)] : []) + [.end(call.id, nil)]
        }
    }

    private mutating func data(_ frame: Frame, for call: Call) -> [Action] {
        guard call.kind?.serverStreams == true else {
            forget(frame.stream)
            let error = RPCError(.internal, "the server sends messages where one answer was to come")
            return cancellation(of: frame.stream, error.code) + [.end(call.id, error)]
        }
        var actions: [Action] = []
        if !frame.flags.contains(.noData) {
            let credit = agreement.flow == nil ? 0 : CreditWindow.cost(of: frame.payload)
            actions.append(.deliver(call.id, frame.payload, credit: credit))
        }
        if frame.flags.contains(.remoteClosed) {
            forget(frame.stream)
            actions.append(.end(call.id, nil))
        }
        return actions
    }

    /// A frame whose payload was over the limit and is being dropped.
    public mutating func receivedOversized(_ header: FrameHeader) -> [Action] {
        if header.stream == helloStream, header.type == .response {
            helloStream = nil
            return resumption()
        }
        do throws(RPCError) {
            try agreement.check(dropped: header)
            guard header.type == .response || header.type == .data else { return [] }
            return try message(header)
        } catch {
            return brokenOff(error)
        }
    }

    private mutating func message(_ header: FrameHeader) throws(RPCError) -> [Action] {
        let stream = header.stream
        let isInside = agreement.reassembly?.isInside(stream) == true
        if header.type == .data, !isInside { try begins(header.flags, Int(header.length), on: stream) }
        let isTold = isInside && agreement.reassembly?.keeps(stream) == false
        var bytes: Int? = Int(header.length)
        if agreement.reassembly?.concerns(stream, header.flags) == true {
            bytes = try agreement.reassembly?.takeDropped(header).droppedBytes
        }
        let credit = header.type == .data ? bytes.map { dropped(header.flags, $0, on: stream) } ?? [] : []
        return credit + (isTold ? [] : leftOut(header.type, on: stream))
    }

    /// What comes of an answer, or a message, that is not kept.
    private mutating func leftOut(_ type: FrameType, on stream: StreamID) -> [Action] {
        guard let call = calls[stream], isAwaited(type, on: stream) else { return [] }
        forget(stream)
        let error = RPCError(.resourceExhausted, "the answer is larger than this client takes")
        let end = call.kind == nil ? Action.finish(call.id, .failure(error)) : .end(call.id, error)
        // With a response the server has ended the call itself.
        return (type == .data ? cancellation(of: stream, error.code) : []) + [end]
    }

    /// The connection is gone: every call on it ends. Requests were written, so whether they ran is not known.
    ///
    /// - Parameter reason: where the server has not given one that is its client's fault.
    public mutating func closed(because reason: String) -> [Action] {
        let reason = farewell.flatMap { $0.code == .unavailable ? nil : "the server broke off: \($0.reason.echoed)" } ?? reason
        let lost = calls.values.sorted { $0.id < $1.id }
        calls = [:]
        streams = [:]
        let error = RPCError(.unavailable, reason)
        return lost.map { $0.kind == nil ? .finish($0.id, .failure(error)) : .end($0.id, error) }
    }

    private mutating func takeStream() -> StreamID {
        defer { nextStream += 2 }
        return StreamID(rawValue: nextStream)
    }

    mutating func forget(_ stream: StreamID) {
        agreement.flow?.end(stream)
        agreement.reassembly?.drop(stream)
        if let call = calls.removeValue(forKey: stream) { streams[call.id] = nil }
    }
}
