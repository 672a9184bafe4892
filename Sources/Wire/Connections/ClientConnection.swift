/// A connection as its client sees it: gives calls their streams when they are written and matches the answers.
public struct ClientConnection: Sendable {
    /// Names a call within its client, from before it has a stream.
    public typealias CallID = UInt64

    public enum Action: Sendable {
        case write(Frame)
        case finish(CallID, ResponseEnvelope)
        /// Make no more calls on this connection and close it when those that run have ended.
        case retire
    }

    /// Streams are thirty-two bits wide; a connection is given up long before they run out.
    private static let lastStream: UInt32 = 1 << 31 - 1

    private var calls: [StreamID: CallID] = [:]
    private var streams: [CallID: StreamID] = [:]
    private var nextStream: UInt32

    public init() {
        self.init(firstStream: 1)
    }

    init(firstStream: UInt32) {
        nextStream = firstStream
    }

    /// Whether another call may be made.
    public var isExhausted: Bool { nextStream > Self.lastStream }
    /// Calls without an answer.
    public var callCount: Int { calls.count }

    /// Sends a request. Streams rise in the order in which requests are written, as some servers demand.
    public mutating func send(_ request: RequestEnvelope, as call: CallID) -> [Action] {
        precondition(!isExhausted, "an exhausted connection makes no calls")
        let stream = StreamID(rawValue: nextStream)
        nextStream += 2
        calls[stream] = call
        streams[call] = stream
        let write = Action.write(Frame(stream: stream, type: .request, payload: request.encoded()))
        return isExhausted ? [write, .retire] : [write]
    }

    /// Nobody waits for a call's answer any more; should it come, it is dropped.
    public mutating func abandon(_ call: CallID) {
        guard let stream = streams.removeValue(forKey: call) else { return }
        calls[stream] = nil
    }

    public mutating func received(_ frame: Frame) -> [Action] {
        guard frame.type == .response, let call = take(frame.stream) else { return [] }
        do throws(DecodingError) {
            return [.finish(call, try ResponseEnvelope(decoding: frame.payload))]
        } catch {
            return [.finish(call, .failure(RPCError(.internal, "the answer is no response: \(error.description)", cause: error)))]
        }
    }

    /// An answer whose payload was over the limit and is being dropped.
    public mutating func receivedOversized(_ header: FrameHeader) -> [Action] {
        guard header.type == .response, let call = take(header.stream) else { return [] }
        return [.finish(call, .failure(RPCError(.resourceExhausted, "the answer is larger than this client takes")))]
    }

    /// The connection is gone: every call on it ends. Requests were written, so whether they ran is not known.
    public mutating func closed(because reason: String) -> [Action] {
        let lost = calls.values.sorted()
        calls = [:]
        streams = [:]
        return lost.map { .finish($0, .failure(RPCError(.unavailable, reason))) }
    }

    private mutating func take(_ stream: StreamID) -> CallID? {
        guard let call = calls.removeValue(forKey: stream) else { return nil }
        streams[call] = nil
        return call
    }
}
