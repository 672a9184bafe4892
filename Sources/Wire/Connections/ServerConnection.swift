/// One client's connection as the server sees it: which calls run, and what each frame means. It decides; its owner acts.
public struct ServerConnection: Sendable {
    public enum Action: Sendable {
        /// Give a request to its handler; ``handlerEnded(_:with:)`` or ``streamEnded(_:)`` follows once.
        case start(StreamID, RequestEnvelope, ClientSide)
        /// The client has said Hello, and has been answered: ``features`` are what both can do.
        case met(Hello)
        /// Give the handler one more message of its client; ``give(_:on:connection:)`` gives its credit back once it is taken.
        case deliver(StreamID, [UInt8], credit: Int)
        /// Messages may have leave to be sent that had none.
        case resume
        /// Tell the handler that its client sends no more.
        case endMessages(StreamID)
        case write(Frame)
        /// End a handler; its caller has had an answer.
        case cancel(StreamID)
        /// End a handler; its caller has given the call up, for which it has the code.
        case gaveUp(StreamID, StatusCode)
        /// End the handlers of everything that runs; nobody waits for their answers.
        case cancelAll
        /// Close once what was written has left.
        case close
        /// Close once the client has, which knows that nothing more comes, or has had the time to.
        case closeAfterClient
        /// Close once what was written has left: the client has broken what it agreed to.
        case breakOff(RPCError)
    }

    /// What a request says its client will do.
    public enum ClientSide: Sendable, Hashable {
        /// Wait for one answer.
        case unary
        /// Take answers one after the other, and send nothing more.
        case closed
        /// Send more messages.
        case open

        init(_ flags: FrameFlags) {
            self = flags.contains(.remoteOpen) ? .open : flags.contains(.remoteClosed) ? .closed : .unary
        }
    }

    struct Call {
        /// Whether the client may send more messages.
        var isOpen: Bool
        /// Whether the caller has had its last answer, though the handler has not ended.
        var isAnswered = false
    }

    /// Limits of one connection.
    public struct Limits: Sendable, Hashable {
        /// Handlers that run at once, those whose caller has gone among them.
        public var handlers = 256
        /// Bytes of a request's metadata, counted as ``Metadata/byteCount`` counts.
        public var metadataBytes = 16 << 10

        public init() {}
    }

    /// Ends of streams that are remembered; late data on those streams is dropped in silence.
    private static let rememberedEnds = 1024

    private let limits: Limits
    var agreement: Agreement
    /// Whether a request has come, whatever became of it.
    var hasBegun = false
    /// The highest stream on which a request has been taken.
    private var lastAccepted = StreamID(rawValue: 0)
    var running: [StreamID: Call] = [:]
    /// The streams that ended most recently, a ring once it is full; one that was taken again may be in it twice.
    private var ends: [StreamID] = []
    private var oldestEnd = 0
    private var isDraining = false
    private(set) var isClosed = false
    /// Whether nothing more is taken from the client, which has broken what it agreed to.
    private(set) var isBrokenOff = false

    /// - Parameters:
    ///   - maximumMessageBytes: longest frame that is taken, and longest answer that is sent, its envelope included.
    ///   - features: what is offered to a client that says Hello; with none the connection is one of plain ttrpc.
    ///   - windows: how much of the messages of streams is taken ahead.
    public init(
        limits: Limits = Limits(), maximumMessageBytes: Int = 4 << 20, features: Features = .all,
        windows: StreamWindows = StreamWindows()
    ) {
        self.limits = limits
        agreement = Agreement(Hello(features: features, maximumFrameBytes: maximumMessageBytes, windows: windows))
    }

    /// What both ends can do beyond plain ttrpc.
    public var features: Features { agreement.features }
    /// Longest message that is sent, in bytes, the envelope included where it has one.
    public var maximumMessageBytes: Int { agreement.maximumFrameBytes }

    /// Whether nothing runs.
    public var isIdle: Bool { running.isEmpty }
    /// Handlers that have not ended.
    public var handlerCount: Int { running.count }

    // MARK: - What arrives

    /// - Parameter now: looked at where it matters.
    public mutating func received(_ frame: Frame, at now: @autoclosure () -> ContinuousClock.Instant = .now) -> [Action] {
        guard !isClosed, !isBrokenOff else { return [] }
        switch frame.type {
        case .request, .data: return broken { connection throws(RPCError) in try connection.message(frame, at: now()) }
        default: return control(frame, at: now())
        }
    }

    /// A frame whose payload was over the limit and is being dropped.
    public mutating func receivedOversized(_ header: FrameHeader) -> [Action] {
        received(header, without: Self.overlong)
    }

    static let overlong = "the message is larger than this server takes"

    /// Why a request is refused for which a server has no room beside those of all its connections.
    public static let overloadReason = "the server has too many calls in hand"

    /// A frame whose payload is being dropped because the server has no room for it beside those of its other connections.
    public mutating func receivedUnheld(_ header: FrameHeader) -> [Action] {
        received(header, without: Self.overloadReason)
    }

    /// Why no request can be taken on a stream, whatever it says.
    mutating func refusal(of stream: StreamID) -> [Action]? {
        guard stream.isClientInitiated else {
            return [refuse(stream, .invalidArgument, "a client's streams have odd numbers")]
        }
        guard running[stream] == nil else {
            return [refuse(stream, .invalidArgument, "the stream is in use")]
        }
        guard !agreement.hasMet || stream != .control else {
            return [refuse(stream, .invalidArgument, "the stream is the connection's own")]
        }
        guard !isDraining else {
            return [refuse(stream, .unavailable, Self.drainReason, isRefused: true)]
        }
        guard running.count < limits.handlers else {
            return [refuse(stream, .resourceExhausted, "too many calls run on this connection", isRefused: true)]
        }
        return nil
    }

    mutating func request(_ frame: Frame) -> [Action] {
        let stream = frame.stream
        let request: RequestEnvelope
        do throws(DecodingError) {
            request = try RequestEnvelope(decoding: frame.payload, maximumMetadataBytes: limits.metadataBytes)
        } catch  where error.code == .tooExpensive {
            return [refuse(stream, .resourceExhausted, error.message, isRefused: true)]
        } catch {
            return [refuse(stream, .invalidArgument, "no request: \(error.description)")]
        }
        lastAccepted = max(lastAccepted, stream)
        if request.method == Hello.method, !agreement.own.features.isEmpty { return hello(request.payload, on: stream) }
        let side = ClientSide(frame.flags)
        running[stream] = Call(isOpen: side == .open)
        agreement.flow?.begin(stream)
        return [.start(stream, request, side)]
    }

    /// Agrees with a client on what both can do: once, and before anything that it would have changed.
    private mutating func hello(_ payload: [UInt8], on stream: StreamID) -> [Action] {
        guard !hasBegun else {
            return [refuse(stream, .failedPrecondition, "Hello is the first request of a connection", isRefused: true)]
        }
        let peer: Hello
        do throws(DecodingError) {
            peer = try Hello(decoding: payload)
        } catch {
            return [refuse(stream, .invalidArgument, "no Hello: \(error.description)", isRefused: true)]
        }
        agreement.heard(peer)
        rememberEnd(of: stream)
        let answer = ResponseEnvelope.success(agreement.answer.encoded()).encoded()
        return [.write(Frame(stream: stream, type: .response, payload: answer)), .met(peer)]
    }

    private mutating func control(_ frame: Frame, at now: @autoclosure () -> ContinuousClock.Instant) -> [Action] {
        let control: ControlFrame?
        do throws(RPCError) {
            control = try agreement.control(frame, at: now())
        } catch {
            return breakOff(error)
        }
        switch control {
        case .ping(let token): return [.write(ControlFrame.pong(token).frame)]
        case .window: return [.resume]
        case .cancel(let stream, let code): return giveUp(stream, code)
        // A client that goes away closes its connection.
        case .goAway, .pong, nil: return []
        }
    }

    mutating func breakOff(_ error: RPCError) -> [Action] {
        isBrokenOff = true
        return goAway(error.code, error.message) + [.breakOff(error)]
    }

    /// A call's caller waits for it no more. Of one that has ended, or never was, there is nothing to end.
    private mutating func giveUp(_ stream: StreamID, _ code: StatusCode) -> [Action] {
        agreement.reassembly?.drop(stream)
        guard isAwaited(stream) else { return [] }
        running[stream] = Call(isOpen: false, isAnswered: true)
        agreement.flow?.end(stream)
        return [.gaveUp(stream, code)]
    }

    /// Tells a client that understands it that nothing more is taken.
    private func goAway(_ code: StatusCode, _ reason: String, grace: Duration = .zero) -> [Action] {
        guard features.contains(.goAway) else { return [] }
        let goAway = GoAway(lastAccepted: lastAccepted, code: code, grace: grace, reason: reason)
        return [.write(ControlFrame.goAway(goAway).frame)]
    }

    /// Data that no handler waits for. On a stream that runs, or has ended, it is late or mistaken and changes nothing.
    mutating func strayData(on stream: StreamID) -> [Action] {
        guard running[stream] == nil, !ends.contains(stream) else { return [] }
        return [refuse(stream, .invalidArgument, "data on a stream without a request")]
    }

    /// An answer without a handler; the stream is over with it, unless another call runs there.
    mutating func refuse(
        _ stream: StreamID, _ code: StatusCode, _ message: String, isRefused: Bool = false
    ) -> Action {
        if running[stream] == nil { rememberEnd(of: stream) }
        let error = RPCError(code, message, isRefused: isRefused)
        return .write(Frame(stream: stream, type: .response, payload: ResponseEnvelope.failure(error).encoded()))
    }

    // MARK: - What its owner does

    /// Asks the client for a sign of life; nothing where the client cannot be asked.
    public func ping() -> [Action] {
        features.contains(.ping) && !isClosed && !isBrokenOff ? [.write(ControlFrame.ping(0).frame)] : []
    }

    /// Gives the client credit back for messages that a handler has taken, or let go.
    ///
    /// - Parameters:
    ///   - credit: of the stream; nothing comes of it where the client sends no more.
    ///   - whole: of the connection.
    public mutating func give(_ credit: Int, on stream: StreamID, connection whole: Int) -> [Action] {
        guard !isClosed, !isBrokenOff else { return [] }
        let credit = isOpen(stream) ? credit : 0
        return agreement.flow?.give(credit, on: stream, connection: whole).map(Action.write) ?? []
    }

    // MARK: - What handlers do

    /// Whether a message may be sent as far as the client gives credit.
    ///
    /// - Parameter cost: the message's bytes, with its frame's header.
    public func leave(toSend cost: Int, on stream: StreamID) -> SendLeave {
        guard isAwaited(stream) else { return .granted }
        return agreement.flow?.leave(toSend: cost, on: stream) ?? .granted
    }

    /// A handler sends a message of its stream.
    ///
    /// - Returns: nothing when the stream is over for its caller.
    public mutating func send(_ message: [UInt8], on stream: StreamID) -> [Action] {
        precondition(message.count <= maximumMessageBytes, "a message fits a frame")
        guard isAwaited(stream) else { return [] }
        agreement.flow?.sent(CreditWindow.cost(of: message), on: stream)
        return [.write(Frame(stream: stream, type: .data, payload: message))]
    }

    /// Whether a caller waits for what a handler has to say.
    public func isAwaited(_ stream: StreamID) -> Bool {
        !isClosed && running[stream]?.isAnswered == false
    }

    /// Whether a call's client may send more messages.
    public func isOpen(_ stream: StreamID) -> Bool {
        !isClosed && running[stream]?.isOpen == true
    }

    /// Answers a caller whose handler has not ended, and tells the handler to stop.
    public mutating func end(_ stream: StreamID, with error: RPCError) -> [Action] {
        guard isAwaited(stream) else { return [] }
        running[stream] = Call(isOpen: false, isAnswered: true)
        agreement.flow?.end(stream)
        agreement.reassembly?.drop(stream)
        let answer = Frame(stream: stream, type: .response, payload: ResponseEnvelope.failure(error).encoded())
        return [.write(answer), .cancel(stream)]
    }

    /// A handler has ended. A caller that has had its answer gets no other.
    public mutating func handlerEnded(_ stream: StreamID, with answer: ResponseEnvelope) -> [Action] {
        ended(stream, Frame(stream: stream, type: .response, payload: encoded(answer)))
    }

    /// The handler of a stream of answers has ended, and the stream went well.
    ///
    /// The end is a frame of its own: a peer may take a response, or the payload of a last frame, for one more message.
    public mutating func streamEnded(_ stream: StreamID) -> [Action] {
        ended(stream, Frame(stream: stream, type: .data, flags: [.remoteClosed, .noData], payload: []))
    }

    private mutating func ended(_ stream: StreamID, _ last: Frame) -> [Action] {
        guard let call = running.removeValue(forKey: stream) else { return [] }
        rememberEnd(of: stream)
        agreement.flow?.end(stream)
        agreement.reassembly?.drop(stream)
        var actions: [Action] = []
        if !isClosed, !call.isAnswered { actions.append(.write(last)) }
        return actions + closeIfDrained()
    }

    /// An answer's bytes, or, when those are more than a peer takes, the answer that says so.
    private func encoded(_ answer: ResponseEnvelope) -> [UInt8] {
        let bytes = answer.encoded()
        guard bytes.count > maximumMessageBytes else { return bytes }
        let error = RPCError(
            .resourceExhausted, "the answer is \(bytes.count) bytes; at most \(maximumMessageBytes) are sent")
        return ResponseEnvelope.failure(error).encoded()
    }

    private mutating func rememberEnd(of stream: StreamID) {
        guard ends.count == Self.rememberedEnds else {
            return ends.append(stream)
        }
        ends[oldestEnd] = stream
        oldestEnd = (oldestEnd + 1) % Self.rememberedEnds
    }

    // MARK: - How it ends

    private static let drainReason = "the server is shutting down"

    /// From now on requests are refused; the connection closes once nothing runs.
    ///
    /// - Parameter grace: how long what runs has to end, as the client is told.
    public mutating func beginDraining(grace: Duration = .zero) -> [Action] {
        guard !isDraining else { return [] }
        isDraining = true
        guard !isClosed, !isBrokenOff else { return [] }
        return goAway(.unavailable, Self.drainReason, grace: grace) + refuseUnfinished() + closeIfDrained()
    }

    /// The connection is gone.
    public mutating func closed() -> [Action] {
        guard !isClosed else { return [] }
        isClosed = true
        return running.isEmpty ? [] : [.cancelAll]
    }

    /// A request may be on its way to a server that closes. A client that has been told that nothing more is taken closes first, having sent
    /// its last one.
    private func closeIfDrained() -> [Action] {
        guard isDraining, running.isEmpty, !isClosed, !isBrokenOff else { return [] }
        return [features.contains(.goAway) ? .closeAfterClient : .close]
    }
}
