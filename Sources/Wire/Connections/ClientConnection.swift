/// A connection as its client sees it: gives calls their streams when they are written and matches what comes back.
public struct ClientConnection: Sendable {
    /// Names a call within its client, from before it has a stream.
    public typealias CallID = UInt64

    public enum Action: Sendable {
        case write(Frame)
        /// A unary call is over.
        case finish(CallID, ResponseEnvelope)
        /// Give a streaming call's caller a message.
        case deliver(CallID, [UInt8])
        /// A streaming call is over, well where there is no error.
        case end(CallID, RPCError?)
        /// Make no more calls on this connection and close it when those that run have ended.
        case retire
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
    /// Streams let go before their end after which a connection is given up. The server is not told of one; it is told by the end of the
    /// connection, so that no more than these run for nobody.
    static let mostAbandonedStreams = 16

    private var calls: [StreamID: Call] = [:]
    private var streams: [CallID: StreamID] = [:]
    private var nextStream: UInt32
    private var abandonedStreams = 0

    public init() {
        self.init(firstStream: 1)
    }

    init(firstStream: UInt32) {
        nextStream = firstStream
    }

    /// Whether no other call may be made.
    public var isExhausted: Bool { nextStream > Self.lastStream || abandonedStreams >= Self.mostAbandonedStreams }
    /// Calls that are not over.
    public var callCount: Int { calls.count }

    // MARK: - What callers do

    /// Sends a request. Streams rise in the order in which requests are written, as some servers demand.
    ///
    /// - Parameter kind: nil for a unary call.
    public mutating func send(_ request: RequestEnvelope, as call: CallID, kind: StreamKind? = nil) -> [Action] {
        precondition(!isExhausted, "an exhausted connection makes no calls")
        let stream = StreamID(rawValue: nextStream)
        nextStream += 2
        calls[stream] = Call(id: call, kind: kind, isOpen: kind?.clientStreams ?? false)
        streams[call] = stream
        let flags: FrameFlags = kind.map { $0.clientStreams ? .remoteOpen : .remoteClosed } ?? []
        let write = Action.write(Frame(stream: stream, type: .request, flags: flags, payload: request.encoded()))
        return isExhausted ? [write, .retire] : [write]
    }

    /// Sends one more message of a call whose kind allows it.
    ///
    /// - Returns: nothing when the call is over, or was said to have no more messages.
    public func send(_ message: [UInt8], on call: CallID) -> [Action] {
        guard let stream = streams[call], calls[stream]?.isOpen == true else { return [] }
        return [.write(Frame(stream: stream, type: .data, payload: message))]
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
    public mutating func abandon(_ call: CallID) -> [Action] {
        guard let stream = streams.removeValue(forKey: call) else { return [] }
        let wasExhausted = isExhausted
        // A server ends a unary call by its deadline, which it was told.
        if calls.removeValue(forKey: stream)?.kind != nil { abandonedStreams += 1 }
        return isExhausted && !wasExhausted ? [.retire] : []
    }

    // MARK: - What arrives

    public mutating func received(_ frame: Frame) -> [Action] {
        guard let call = calls[frame.stream] else { return [] }
        switch frame.type {
        case .response: return response(frame, to: call)
        case .data where call.kind != nil: return data(frame, for: call)
        default: return []
        }
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
            return (isMessage ? [.deliver(call.id, payload)] : []) + [.end(call.id, nil)]
        }
    }

    private mutating func data(_ frame: Frame, for call: Call) -> [Action] {
        guard call.kind?.serverStreams == true else {
            forget(frame.stream)
            return [.end(call.id, RPCError(.internal, "the server sends messages where one answer was to come"))]
        }
        var actions: [Action] = []
        if !frame.flags.contains(.noData) { actions.append(.deliver(call.id, frame.payload)) }
        if frame.flags.contains(.remoteClosed) {
            forget(frame.stream)
            actions.append(.end(call.id, nil))
        }
        return actions
    }

    /// A frame whose payload was over the limit and is being dropped.
    public mutating func receivedOversized(_ header: FrameHeader) -> [Action] {
        guard let call = calls[header.stream], header.type == .response || (header.type == .data && call.kind != nil) else {
            return []
        }
        forget(header.stream)
        let error = RPCError(.resourceExhausted, "the answer is larger than this client takes")
        return [call.kind == nil ? .finish(call.id, .failure(error)) : .end(call.id, error)]
    }

    /// The connection is gone: every call on it ends. Requests were written, so whether they ran is not known.
    public mutating func closed(because reason: String) -> [Action] {
        let lost = calls.values.sorted { $0.id < $1.id }
        calls = [:]
        streams = [:]
        let error = RPCError(.unavailable, reason)
        return lost.map { $0.kind == nil ? .finish($0.id, .failure(error)) : .end($0.id, error) }
    }

    private mutating func forget(_ stream: StreamID) {
        if let call = calls.removeValue(forKey: stream) { streams[call.id] = nil }
    }
}
