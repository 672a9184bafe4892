import Testing

@testable import Wire

@Suite("A call that one side ends at once")
struct CancelTests {
    private typealias Seen = ServerConnectionTests.Seen

    private static func cancel(_ stream: UInt32, _ code: StatusCode = .cancelled) -> Frame {
        ControlFrame.cancel(StreamID(rawValue: stream), code).frame
    }

    // MARK: - The server's side

    @Test("ends for its handler, has no answer, and counts until the handler has ended")
    func server() throws {
        var connection = ServerHelloTests.met()
        let stream = StreamID(rawValue: 3)
        _ = connection.received(ServerConnectionTests.frame(3))
        #expect(try connection.received(Self.cancel(3, .deadlineExceeded)).map(Seen.init) == [.gaveUp(3, .deadlineExceeded)])
        #expect(!connection.isAwaited(stream) && connection.handlerCount == 1)
        #expect(connection.send([1], on: stream).isEmpty)
        // Nothing more comes of it, on either side.
        #expect(
            try connection.received(ServerConnectionTests.frame(3, .data, [])).map(Seen.init) == [.control(.window(.control, 10))]
        )
        #expect(connection.received(Self.cancel(3)).isEmpty)
        #expect(connection.end(stream, with: RPCError(.deadlineExceeded, "late")).isEmpty)
        #expect(
            try connection.received(ServerConnectionTests.frame(3)).map(Seen.init) == [
                .answer(3, .invalidArgument, isRefused: false)
            ])
        #expect(connection.handlerEnded(stream, with: .success([])).isEmpty)
        #expect(connection.isIdle)
    }

    @Test("cannot be one that has ended, or never was")
    func strays() {
        var connection = ServerHelloTests.met()
        _ = connection.received(ServerConnectionTests.frame(3))
        _ = connection.handlerEnded(StreamID(rawValue: 3), with: .success([]))
        for stream: UInt32 in [0, 1, 2, 3, 5, .max - 1] { #expect(connection.received(Self.cancel(stream)).isEmpty) }
        // Nor does it keep a stream from being taken.
        guard case .start = connection.received(ServerConnectionTests.frame(5)).first else {
            return #expect(Bool(false), "a call that was cancelled before it came is refused")
        }
    }

    @Test("leaves no room for more handlers than may run, however fast calls are made and cancelled")
    func flood() throws {
        var connection = ServerHelloTests.met()
        var started = 0
        for number in 0..<1000 {
            let stream = UInt32(3 + 2 * number)
            if case .start = connection.received(ServerConnectionTests.frame(stream)).first { started += 1 }
            _ = connection.received(Self.cancel(stream))
        }
        #expect(started == ServerConnectionTests.limits.handlers && connection.handlerCount == started)
    }

    // MARK: - The client's side

    @Test("is told to a server that understands it, and costs no connection", arguments: [nil, .bidirectional] as [StreamKind?])
    func client(kind: StreamKind?) {
        var connection = ClientHelloTests.met()
        for number in 0..<2 * UInt64(ClientConnection.mostAbandonedStreams) {
            _ = connection.send(ClientHelloTests.request, as: number, kind: kind)
            let told = ClientHelloTests.written(connection.abandon(number, because: .deadlineExceeded))
            #expect(told == [Self.cancel(UInt32(3 + 2 * number), .deadlineExceeded)])
            #expect(connection.abandon(number).isEmpty)
        }
        #expect(!connection.isExhausted && connection.callCount == 0)
        #expect(connection.received(ClientHelloTests.answer(3, .success([]))).isEmpty)
    }

    @Test("is told to nobody who has not said that it understands")
    func unmet() {
        var connection = ClientConnection(features: .all)
        _ = connection.hello()
        _ = connection.send(ClientHelloTests.request, as: 1)
        #expect(connection.abandon(1).isEmpty)
        // Once it has said so, the calls before count as well.
        _ = connection.send(ClientHelloTests.request, as: 2)
        _ = connection.received(ClientHelloTests.hello())
        #expect(ClientHelloTests.written(connection.abandon(2)) == [Self.cancel(5)])
        var other = ClientHelloTests.met([.ping, .goAway])
        _ = other.send(ClientHelloTests.request, as: 1)
        #expect(other.abandon(1).isEmpty)
    }

    @Test("is over for the client that finds its server's messages are none, or too long, and the server learns of it")
    func unfit() {
        var connection = ClientHelloTests.met()
        _ = connection.send(ClientHelloTests.request, as: 1, kind: .clientStreaming)
        let data = Frame(stream: StreamID(rawValue: 3), type: .data, payload: [1])
        func credit(_ bytes: UInt32) -> Frame { ControlFrame.window(.control, bytes).frame }
        #expect(ClientHelloTests.written(connection.received(data)) == [credit(11), Self.cancel(3, .internal)])
        for (number, type) in [(UInt32(5), FrameType.data), (7, .response)] {
            _ = connection.send(ClientHelloTests.request, as: UInt64(number), kind: .serverStreaming)
            let actions = connection.receivedOversized(FrameHeader(length: 9, stream: StreamID(rawValue: number), type: type))
            #expect(
                ClientHelloTests.written(actions) == (type == .data ? [credit(19), Self.cancel(number, .resourceExhausted)] : []))
            guard case .end(UInt64(number), let error?) = actions.last else { return #expect(Bool(false), "\(actions)") }
            #expect(error.code == .resourceExhausted)
        }
    }

    @Test("ends at the client as its server says, once")
    func fromServer() {
        var connection = ClientHelloTests.met()
        _ = connection.send(ClientHelloTests.request, as: 1)
        _ = connection.send(ClientHelloTests.request, as: 2, kind: .serverStreaming)
        guard case .finish(1, .failure(let error)) = connection.received(Self.cancel(3, .resourceExhausted)).first else {
            return #expect(Bool(false), "the call goes on")
        }
        #expect(error.code == .resourceExhausted && !error.isRefused)
        guard case .end(2, let ended?) = connection.received(Self.cancel(5, .aborted)).first else {
            return #expect(Bool(false), "the stream goes on")
        }
        #expect(ended.code == .aborted)
        for stream: UInt32 in [1, 3, 5, 7] { #expect(connection.received(Self.cancel(stream)).isEmpty) }
        #expect(connection.callCount == 0)
    }
}
