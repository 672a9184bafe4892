import Testing

@testable import Wire

@Suite("A server's connection")
struct ServerConnectionTests {
    /// What a list of actions says, so that tables stay readable.
    enum Seen: Equatable {
        case start(UInt32)
        case answer(UInt32, StatusCode, isRefused: Bool)
        /// From the client to the handler.
        case deliver(UInt32, [UInt8])
        case endMessages(UInt32)
        /// From the handler to the client.
        case message(UInt32, [UInt8])
        case endOfStream(UInt32)
        case cancel(UInt32)
        case gaveUp(UInt32, StatusCode)
        case cancelAll
        case met
        case resume
        /// A frame of the connection's own.
        case control(ControlFrame)
        case close
        case closeAfterClient
        case breakOff(StatusCode)

        init(_ action: ServerConnection.Action) throws {
            switch action {
            case .start(let stream, _, _): self = .start(stream.rawValue)
            case .cancelAll: self = .cancelAll
            case .close: self = .close
            case .closeAfterClient: self = .closeAfterClient
            case .breakOff(let error): self = .breakOff(error.code)
            case .met: self = .met
            case .resume: self = .resume
            case .gaveUp(let stream, let code): self = .gaveUp(stream.rawValue, code)
            case .cancel(let stream): self = .cancel(stream.rawValue)
            case .deliver(let stream, let message, _): self = .deliver(stream.rawValue, message)
            case .endMessages(let stream): self = .endMessages(stream.rawValue)
            case .write(let frame) where frame.type == .data:
                let isEnd = frame.flags == [.remoteClosed, .noData] && frame.payload.isEmpty
                #expect(isEnd || frame.flags.isEmpty)
                self = isEnd ? .endOfStream(frame.stream.rawValue) : .message(frame.stream.rawValue, frame.payload)
            case .write(let frame) where frame.type.isControl: self = .control(try #require(try ControlFrame(frame)))
            case .write(let frame):
                #expect(frame.type == .response && frame.flags.isEmpty)
                switch try ResponseEnvelope(decoding: frame.payload) {
                case .success: self = .answer(frame.stream.rawValue, .ok, isRefused: false)
                case .failure(let error): self = .answer(frame.stream.rawValue, error.code, isRefused: error.isRefused)
                }
            }
        }
    }

    enum State: CaseIterable {
        /// Nothing runs.
        case idle
        /// Stream 1 runs; stream 3 has run.
        case running
        /// Streams 1 and 5 run, which is as many as may; stream 3 has run.
        case full
        /// Stream 1 runs; stream 3 has run; nothing new is taken.
        case draining
        /// The connection is gone while stream 1 runs.
        case closed
    }

    enum Event: CaseIterable {
        case request, requestOnEvenStream, requestOnRunningStream, undecodableRequest, heavyRequest, oversizedRequest
        case oversizedOnEvenStream, oversizedOnRunningStream, oversizedDataOnRunningStream, oversizedLateData
        case oversizedDataWithoutRequest, oversizedUnknownType
        case dataOnRunningStream, lateData, dataWithoutRequest, response, unknownType
        case answered, expired, answeredTwice, drain, close
    }

    static let method = MethodDescriptor(service: "s", method: "m")
    static let limits = {
        var limits = ServerConnection.Limits()
        limits.handlers = 2
        limits.metadataBytes = 100
        return limits
    }()

    static func frame(_ stream: UInt32, _ type: FrameType = .request, _ payload: [UInt8]? = nil) -> Frame {
        Frame(
            stream: StreamID(rawValue: stream), type: type,
            payload: payload ?? RequestEnvelope(method: method, payload: []).encoded())
    }

    private static func header(_ stream: UInt32, _ type: FrameType = .request) -> FrameHeader {
        FrameHeader(length: 9, stream: StreamID(rawValue: stream), type: type)
    }

    private func connection(in state: State) -> ServerConnection {
        var connection = ServerConnection(limits: Self.limits)
        guard state != .idle else { return connection }
        _ = connection.received(Self.frame(3))
        _ = connection.handlerEnded(StreamID(rawValue: 3), with: .success([]))
        _ = connection.received(Self.frame(1))
        switch state {
        case .idle, .running: break
        case .full: _ = connection.received(Self.frame(5))
        case .draining: _ = connection.beginDraining()
        case .closed: _ = connection.closed()
        }
        return connection
    }

    private func perform(_ event: Event, on connection: inout ServerConnection) -> [ServerConnection.Action] {
        let one = StreamID(rawValue: 1)
        switch event {
        case .request: return connection.received(Self.frame(7))
        case .requestOnEvenStream: return connection.received(Self.frame(8))
        case .requestOnRunningStream: return connection.received(Self.frame(1))
        case .undecodableRequest: return connection.received(Self.frame(7, .request, [0xFF]))
        case .heavyRequest:
            let metadata = Metadata([("k", String(repeating: "x", count: 100))])
            let request = RequestEnvelope(method: Self.method, payload: [], metadata: metadata)
            return connection.received(Self.frame(7, .request, request.encoded()))
        case .oversizedRequest: return connection.receivedOversized(Self.header(7))
        case .oversizedOnEvenStream: return connection.receivedOversized(Self.header(8))
        case .oversizedOnRunningStream: return connection.receivedOversized(Self.header(1))
        case .oversizedDataOnRunningStream: return connection.receivedOversized(Self.header(1, .data))
        case .oversizedLateData: return connection.receivedOversized(Self.header(3, .data))
        case .oversizedDataWithoutRequest: return connection.receivedOversized(Self.header(9, .data))
        case .oversizedUnknownType: return connection.receivedOversized(Self.header(1, FrameType(rawValue: 0x81)))
        case .dataOnRunningStream: return connection.received(Self.frame(1, .data, []))
        case .lateData: return connection.received(Self.frame(3, .data, []))
        case .dataWithoutRequest: return connection.received(Self.frame(9, .data, []))
        case .response: return connection.received(Self.frame(1, .response, []))
        case .unknownType: return connection.received(Self.frame(1, FrameType(rawValue: 0x81), []))
        case .answered: return connection.handlerEnded(one, with: .success([1]))
        case .expired:
            _ = connection.end(one, with: RPCError(.deadlineExceeded, "late"))
            return connection.handlerEnded(one, with: .success([1]))
        case .answeredTwice:
            _ = connection.handlerEnded(one, with: .success([]))
            return connection.handlerEnded(one, with: .success([]))
        case .drain: return connection.beginDraining()
        case .close: return connection.closed()
        }
    }

    /// The whole table: what each event brings in each state.
    private func expected(_ event: Event, in state: State) -> [Seen] {
        let hasOne = state == .running || state == .full || state == .draining
        if state == .closed { return [] }
        switch event {
        case .request:
            switch state {
            case .idle, .running: return [.start(7)]
            case .full: return [.answer(7, .resourceExhausted, isRefused: true)]
            case .draining: return [.answer(7, .unavailable, isRefused: true)]
            case .closed: return []
            }
        case .requestOnEvenStream, .oversizedOnEvenStream: return [.answer(8, .invalidArgument, isRefused: false)]
        case .requestOnRunningStream: return hasOne ? [.answer(1, .invalidArgument, isRefused: false)] : [.start(1)]
        case .undecodableRequest, .heavyRequest:
            switch state {
            case .idle, .running:
                let isHeavy = event == .heavyRequest
                return [.answer(7, isHeavy ? .resourceExhausted : .invalidArgument, isRefused: isHeavy)]
            case .full: return [.answer(7, .resourceExhausted, isRefused: true)]
            case .draining: return [.answer(7, .unavailable, isRefused: true)]
            case .closed: return []
            }
        case .oversizedRequest: return [.answer(7, state == .draining ? .unavailable : .resourceExhausted, isRefused: true)]
        case .oversizedOnRunningStream:
            return [.answer(1, hasOne ? .invalidArgument : .resourceExhausted, isRefused: !hasOne)]
        case .response, .unknownType, .oversizedUnknownType: return []
        case .dataOnRunningStream, .oversizedDataOnRunningStream:
            return hasOne ? [] : [.answer(1, .invalidArgument, isRefused: false)]
        case .lateData, .oversizedLateData:
            return state == .idle ? [.answer(3, .invalidArgument, isRefused: false)] : []
        case .dataWithoutRequest, .oversizedDataWithoutRequest: return [.answer(9, .invalidArgument, isRefused: false)]
        case .answered:
            return (hasOne ? [.answer(1, .ok, isRefused: false)] : []) + (state == .draining ? [.close] : [])
        case .expired: return state == .draining ? [.close] : []
        case .answeredTwice: return []
        case .drain: return state == .idle ? [.close] : []
        case .close: return hasOne ? [.cancelAll] : []
        }
    }

    @Test("answers every event in every state as the table says", arguments: State.allCases, Event.allCases)
    func table(state: State, event: Event) throws {
        var connection = connection(in: state)
        let seen = try perform(event, on: &connection).map(Seen.init)
        #expect(seen == expected(event, in: state))
    }

    @Test("counts a handler until it has really ended, whether or not its caller has had an answer")
    func expiredHandlersCount() throws {
        var connection = connection(in: .full)
        #expect(connection.handlerCount == 2)
        // Their time is over and their callers know; only the handlers' ends free their places.
        #expect(try connection.received(Self.frame(7)).map(Seen.init) == [.answer(7, .resourceExhausted, isRefused: true)])
        #expect(connection.end(StreamID(rawValue: 1), with: RPCError(.deadlineExceeded, "late")).count == 2)
        #expect(connection.handlerEnded(StreamID(rawValue: 1), with: .success([])).isEmpty)
        #expect(try connection.received(Self.frame(7)).map(Seen.init) == [.start(7)])
        #expect(connection.handlerCount == 2 && !connection.isIdle)
    }

    @Test("drops late frames for the last 1024 streams that ended, and for no more")
    func rememberedStreams() throws {
        var connection = ServerConnection()
        for number in 0...1024 {
            _ = connection.received(Self.frame(UInt32(2 * number + 1)))
            _ = connection.handlerEnded(StreamID(rawValue: UInt32(2 * number + 1)), with: .success([]))
        }
        for number in 1...1024 { #expect(connection.received(Self.frame(UInt32(2 * number + 1), .data, [])).isEmpty) }
        let forgotten = try connection.received(Self.frame(1, .data, [])).map(Seen.init)
        #expect(forgotten == [.answer(1, .invalidArgument, isRefused: false)])
    }

    @Test("remembers a stream that was taken again from its latest end on")
    func rememberedReuse() throws {
        var connection = ServerConnection()
        func run(_ number: UInt32) {
            _ = connection.received(Self.frame(number))
            _ = connection.handlerEnded(StreamID(rawValue: number), with: .success([]))
        }
        run(1)
        run(1)
        for number in 1...1023 { run(UInt32(2 * number + 1)) }
        #expect(connection.received(Self.frame(1, .data, [])).isEmpty)
        run(2049)
        #expect(!connection.received(Self.frame(1, .data, [])).isEmpty)
    }

    @Test("gives a stream that it refuses one answer, whatever data follow")
    func dataAfterRefusal() throws {
        var connection = connection(in: .full)
        for frame in [Self.frame(7), Self.frame(8), Self.frame(9, .data, [])] {
            #expect(connection.received(frame).count == 1)
            #expect(connection.received(Self.frame(frame.stream.rawValue, .data, [])).isEmpty)
            #expect(connection.receivedOversized(Self.header(frame.stream.rawValue, .data)).isEmpty)
        }
        // A second request where one runs has had its answer, and the first one has still to get its own.
        #expect(connection.received(Self.frame(1)).count == 1)
        let first = try connection.handlerEnded(StreamID(rawValue: 1), with: .success([])).map(Seen.init)
        #expect(first == [.answer(1, .ok, isRefused: false)])
    }

    @Test("takes a stream again once its handler has ended, and not before, even if its caller's time was over")
    func reuse() throws {
        var connection = connection(in: .running)
        #expect(try connection.received(Self.frame(3)).map(Seen.init) == [.start(3)])
        #expect(try connection.received(Self.frame(1)).map(Seen.init) == [.answer(1, .invalidArgument, isRefused: false)])
        #expect(connection.end(StreamID(rawValue: 1), with: RPCError(.deadlineExceeded, "late")).count == 2)
        #expect(connection.handlerEnded(StreamID(rawValue: 1), with: .success([])).isEmpty)
        #expect(try connection.received(Self.frame(1)).map(Seen.init) == [.start(1)])
    }

    @Test("takes metadata at its limit")
    func metadataAtLimit() throws {
        for (count, isTaken) in [(67, true), (68, false)] {
            var connection = ServerConnection(limits: Self.limits)
            let metadata = Metadata([("k", String(repeating: "x", count: count))])
            let request = RequestEnvelope(method: Self.method, payload: [], metadata: metadata)
            let seen = try connection.received(Self.frame(1, .request, request.encoded())).map(Seen.init)
            #expect(seen == [isTaken ? .start(1) : .answer(1, .resourceExhausted, isRefused: true)])
        }
    }

    @Test("sends an answer at the limit, and says so instead of sending a longer one")
    func answerAtLimit() throws {
        for (count, code) in [(97, StatusCode.ok), (98, .ok), (99, .resourceExhausted)] {
            var connection = ServerConnection(maximumMessageBytes: 100)
            _ = connection.received(Self.frame(1))
            let actions = connection.handlerEnded(
                StreamID(rawValue: 1), with: .success([UInt8](repeating: 0, count: count)))
            #expect(try actions.map(Seen.init) == [.answer(1, code, isRefused: false)], "\(count) bytes")
        }
    }

    @Test("drains once, and only once everything that runs has ended")
    func drain() throws {
        var connection = connection(in: .full)
        #expect(connection.beginDraining().isEmpty)
        #expect(connection.beginDraining().isEmpty)
        let first = try connection.handlerEnded(StreamID(rawValue: 1), with: .success([])).map(Seen.init)
        #expect(first == [.answer(1, .ok, isRefused: false)])
        let second = try connection.handlerEnded(StreamID(rawValue: 5), with: .success([])).map(Seen.init)
        #expect(second == [.answer(5, .ok, isRefused: false), .close])
        #expect(try connection.received(Self.frame(9)).map(Seen.init) == [.answer(9, .unavailable, isRefused: true)])
    }
}
