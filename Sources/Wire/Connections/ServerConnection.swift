/// One client's connection as the server sees it: which calls run, and what each frame means. It decides; its owner acts.
public struct ServerConnection: Sendable {
    public enum Action: Sendable {
        /// Give a request to its handler; ``handlerEnded(_:with:)`` follows once.
        case start(StreamID, RequestEnvelope)
        case write(Frame)
        /// End the handlers of everything that runs; nobody waits for their answers.
        case cancelAll
        /// Close once what was written has left.
        case close
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
    private let maximumMessageBytes: Int
    private var running: Set<StreamID> = []
    /// The streams that ended most recently, a ring once it is full; one that was taken again may be in it twice.
    private var ends: [StreamID] = []
    private var oldestEnd = 0
    /// Where in the ring each stream has its latest end.
    private var latestEnd: [StreamID: Int] = [:]
    private var isDraining = false
    private var isClosed = false

    /// - Parameter maximumMessageBytes: longest answer that is sent, its envelope included.
    public init(limits: Limits = Limits(), maximumMessageBytes: Int = 4 << 20) {
        self.limits = limits
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Whether nothing runs.
    public var isIdle: Bool { running.isEmpty }
    /// Handlers that have not ended.
    public var handlerCount: Int { running.count }

    // MARK: - What arrives

    public mutating func received(_ frame: Frame) -> [Action] {
        guard !isClosed else { return [] }
        switch frame.type {
        case .request: return refusal(of: frame.stream) ?? request(frame)
        case .data: return data(on: frame.stream)
        default: return []
        }
    }

    /// A frame whose payload was over the limit and is being dropped.
    public mutating func receivedOversized(_ header: FrameHeader) -> [Action] {
        received(header, without: "the request is larger than this server takes")
    }

    /// Why a request is refused for which a server has no room beside those of all its connections.
    public static let overloadReason = "the server has too many calls in hand"

    /// A frame whose payload is being dropped because the server has no room for it beside those of its other connections.
    public mutating func receivedUnheld(_ header: FrameHeader) -> [Action] {
        received(header, without: Self.overloadReason)
    }

    /// A frame whose payload is not kept: what it means is decided by its header, as far as that goes.
    private mutating func received(_ header: FrameHeader, without reason: String) -> [Action] {
        guard !isClosed else { return [] }
        switch header.type {
        case .request:
            return refusal(of: header.stream) ?? [refuse(header.stream, .resourceExhausted, reason, isRefused: true)]
        case .data: return data(on: header.stream)
        default: return []
        }
    }

    /// Why no request can be taken on a stream, whatever it says.
    private mutating func refusal(of stream: StreamID) -> [Action]? {
        guard stream.isClientInitiated else {
            return [refuse(stream, .invalidArgument, "a client's streams have odd numbers")]
        }
        guard !running.contains(stream) else {
            return [refuse(stream, .invalidArgument, "the stream is in use")]
        }
        guard !isDraining else {
            return [refuse(stream, .unavailable, "the server is shutting down", isRefused: true)]
        }
        guard running.count < limits.handlers else {
            return [refuse(stream, .resourceExhausted, "too many calls run on this connection", isRefused: true)]
        }
        return nil
    }

    private mutating func request(_ frame: Frame) -> [Action] {
        let stream = frame.stream
        let request: RequestEnvelope
        do throws(DecodingError) {
            request = try RequestEnvelope(decoding: frame.payload, maximumMetadataBytes: limits.metadataBytes)
        } catch  where error.code == .tooExpensive {
            return [refuse(stream, .resourceExhausted, error.message, isRefused: true)]
        } catch {
            return [refuse(stream, .invalidArgument, "no request: \(error.description)")]
        }
        running.insert(stream)
        return [.start(stream, request)]
    }

    private mutating func data(on stream: StreamID) -> [Action] {
        // Every call here is unary: data on one that runs, or has ended, is late or mistaken and changes nothing.
        guard !running.contains(stream), latestEnd[stream] == nil else { return [] }
        return [refuse(stream, .invalidArgument, "data on a stream without a request")]
    }

    /// An answer without a handler; the stream is over with it, unless another call runs there.
    private mutating func refuse(
        _ stream: StreamID, _ code: StatusCode, _ message: String, isRefused: Bool = false
    ) -> Action {
        if !running.contains(stream) { rememberEnd(of: stream) }
        let error = RPCError(code, message, isRefused: isRefused)
        return .write(Frame(stream: stream, type: .response, payload: ResponseEnvelope.failure(error).encoded()))
    }

    // MARK: - What handlers do

    /// A handler has ended; its answer is nil when the caller has had one already, because its time was over.
    public mutating func handlerEnded(_ stream: StreamID, with answer: ResponseEnvelope?) -> [Action] {
        guard running.remove(stream) != nil else { return [] }
        rememberEnd(of: stream)
        var actions: [Action] = []
        if let answer, !isClosed {
            actions.append(.write(Frame(stream: stream, type: .response, payload: encoded(answer))))
        }
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
            latestEnd[stream] = ends.count
            return ends.append(stream)
        }
        let forgotten = ends[oldestEnd]
        // A stream that was taken again has ended later, too.
        if latestEnd[forgotten] == oldestEnd { latestEnd[forgotten] = nil }
        ends[oldestEnd] = stream
        latestEnd[stream] = oldestEnd
        oldestEnd = (oldestEnd + 1) % Self.rememberedEnds
    }

    // MARK: - How it ends

    /// From now on requests are refused; the connection closes once nothing runs.
    public mutating func beginDraining() -> [Action] {
        guard !isDraining else { return [] }
        isDraining = true
        return closeIfDrained()
    }

    /// The connection is gone.
    public mutating func closed() -> [Action] {
        guard !isClosed else { return [] }
        isClosed = true
        return running.isEmpty ? [] : [.cancelAll]
    }

    private func closeIfDrained() -> [Action] {
        isDraining && running.isEmpty && !isClosed ? [.close] : []
    }
}
