import Testing

@testable import Wire

@Suite("Messages of streams that are sent as far as there is credit")
struct WindowTests {
    private typealias Seen = ServerConnectionTests.Seen

    private static let stream = StreamID(rawValue: 3)
    private static let windows = StreamWindows(stream: 16 << 10, connection: 32 << 10)

    private static func data(_ count: Int, on stream: UInt32 = 3, _ flags: FrameFlags = []) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: .data, flags: flags, payload: [UInt8](repeating: 1, count: count))
    }

    /// A server's connection on which a stream of both directions runs.
    private static func server(client: StreamWindows = windows, own: StreamWindows = windows) -> ServerConnection {
        var connection = ServerConnection(limits: ServerConnectionTests.limits, windows: own)
        let hello = Hello(features: .all, maximumFrameBytes: 4 << 20, windows: client)
        _ = connection.received(ServerHelloTests.request(1, hello.encoded()))
        let request = ServerConnectionTests.frame(3)
        _ = connection.received(Frame(stream: Self.stream, type: .request, flags: .remoteOpen, payload: request.payload))
        return connection
    }

    /// A client's connection on which a stream of both directions, call 7, waits for the answer to Hello.
    private static func waitingClient() -> ClientConnection {
        var connection = ClientConnection(features: .all, windows: windows)
        _ = connection.hello()
        _ = connection.send(ClientHelloTests.request, as: 7, kind: .bidirectional)
        return connection
    }

    private static func client(_ server: StreamWindows = windows, _ features: Features = .all) -> ClientConnection {
        var connection = waitingClient()
        let hello = Hello(features: features, maximumFrameBytes: 4 << 20, windows: server)
        _ = connection.received(ClientHelloTests.answer(1, .success(hello.encoded())))
        return connection
    }

    // MARK: - The server's side

    @Test("a server sends as far as its client's windows go, and on once it has credit")
    func serverSends() throws {
        var connection = Self.server()
        let message = [UInt8](repeating: 1, count: (16 << 10) - 10)
        #expect(connection.leave(toSend: 16 << 10, on: Self.stream) == .granted)
        #expect(connection.send(message, on: Self.stream).count == 1)
        #expect(connection.leave(toSend: 10, on: Self.stream) == .streamWaits)
        #expect(try connection.received(ControlFrame.window(Self.stream, 10).frame).map(Seen.init) == [.resume])
        #expect(connection.leave(toSend: 10, on: Self.stream) == .granted)
        #expect(connection.leave(toSend: 11, on: Self.stream) == .streamWaits)
        // What is over waits for nothing.
        _ = connection.received(ControlFrame.cancel(Self.stream, .cancelled).frame)
        #expect(connection.leave(toSend: 11, on: Self.stream) == .granted && connection.send([1], on: Self.stream).isEmpty)
    }

    @Test("a server gives back what its handlers have taken, on the stream while the client sends, and what nobody takes at once")
    func serverGives() throws {
        var connection = Self.server()
        guard case .deliver(Self.stream, _, 110) = connection.received(Self.data(100)).first else {
            return #expect(Bool(false), "no message")
        }
        #expect(
            try connection.give(110, on: Self.stream, connection: 110).map(Seen.init)
                == [.control(.window(Self.stream, 110)), .control(.window(.control, 110))])
        // Data that no handler waits for, and a frame that carries no message.
        #expect(try connection.received(Self.data(5, on: 1)).map(Seen.init) == [.control(.window(.control, 15))])
        #expect(connection.received(Self.data(5, on: 1, .noData)).isEmpty)
        let header = FrameHeader(length: 9, stream: StreamID(rawValue: 1), type: .data)
        #expect(try connection.receivedOversized(header).map(Seen.init) == [.control(.window(.control, 19))])
        _ = connection.received(Self.data(100))
        _ = connection.received(Self.data(0, on: 3, [.remoteClosed, .noData]))
        #expect(try connection.give(110, on: Self.stream, connection: 110).map(Seen.init) == [.control(.window(.control, 110))])
        _ = connection.closed()
        #expect(connection.give(110, on: Self.stream, connection: 110).isEmpty)
    }

    @Test(
        "a server breaks off with a client that sends beyond its window, or gives credit for more than it was sent, or for nothing"
    )
    func hostileClient() throws {
        func expectBrokenOff(_ code: StatusCode, _ frames: [Frame]) throws {
            var connection = Self.server()
            for frame in frames.dropLast() {
                let seen = try connection.received(frame).map(Seen.init)
                #expect(!seen.contains(.breakOff(code)))
            }
            let last = try connection.received(try #require(frames.last)).map(Seen.init)
            #expect(last.last == .breakOff(code) && last.count == 2)
        }
        let full = Self.data((16 << 10) - 10)
        try expectBrokenOff(.resourceExhausted, [full, Self.data(0)])
        // Of all streams together, and on one that was refused.
        let second = Frame(
            stream: StreamID(rawValue: 5), type: .request, flags: .remoteOpen, payload: ServerConnectionTests.frame(5).payload)
        let fullSecond = Self.data((16 << 10) - 10, on: 5)
        try expectBrokenOff(.resourceExhausted, [full, second, fullSecond, Self.data(0, on: 7)])
        try expectBrokenOff(.invalidArgument, [ControlFrame.window(Self.stream, 1).frame])
        try expectBrokenOff(.invalidArgument, [ControlFrame.window(.control, 1).frame])
        try expectBrokenOff(.invalidArgument, [Frame(stream: Self.stream, type: .window, payload: [0, 0, 0, 0])])
        try expectBrokenOff(.invalidArgument, [Frame(stream: Self.stream, type: .window, payload: [0, 0, 1])])
        // And by its header alone.
        var connection = Self.server()
        _ = connection.received(full)
        let header = FrameHeader(length: 9, stream: Self.stream, type: .data)
        #expect(try connection.receivedUnheld(header).map(Seen.init).last == .breakOff(.resourceExhausted))
    }

    @Test("credit for a call that has ended, is cancelled, is unary, or never was changes nothing where nothing was sent")
    func strays() throws {
        var connection = Self.server()
        for stream: UInt32 in [0, 1, 2, 5, .max - 1] {
            #expect(connection.received(ControlFrame.window(StreamID(rawValue: stream), .max).frame).isEmpty)
        }
        _ = connection.end(Self.stream, with: RPCError(.aborted, "over"))
        #expect(connection.received(ControlFrame.window(Self.stream, .max).frame).isEmpty)
        var client = Self.client()
        #expect(client.received(ControlFrame.window(StreamID(rawValue: 5), 1).frame).isEmpty)
        _ = client.send([1], on: 7)
        guard case .resume = client.received(ControlFrame.window(Self.stream, 11).frame).first else {
            return #expect(Bool(false), "nobody goes on")
        }
    }

    // MARK: - The client's side

    @Test("a client sends no message before it knows what the server takes, and then as much", arguments: [true, false])
    func clientWaits(isPlain: Bool) {
        var connection = Self.waitingClient()
        #expect(connection.leave(toSend: 10, on: 7) == .connectionWaits)
        let answer: ResponseEnvelope =
            isPlain
            ? .failure(RPCError(.unimplemented, "no such service"))
            : .success(Hello(features: .all, maximumFrameBytes: 4 << 20, windows: Self.windows).encoded())
        let actions = connection.received(ClientHelloTests.answer(1, answer))
        guard case .resume = actions.first else { return #expect(Bool(false), "nobody goes on") }
        #expect(connection.leave(toSend: 16 << 10, on: 7) == .granted)
        #expect(connection.send([UInt8](repeating: 1, count: (16 << 10) - 10), on: 7).count == 1)
        #expect(connection.leave(toSend: 10, on: 7) == (isPlain ? .granted : .streamWaits))
    }

    @Test("a client that offers no windows, or whose answer to Hello was too long, waits for nothing")
    func clientWithout() {
        var connection = ClientConnection(features: [.ping])
        _ = connection.hello()
        _ = connection.send(ClientHelloTests.request, as: 7, kind: .bidirectional)
        #expect(connection.leave(toSend: 10, on: 7) == .granted)
        var unheard = Self.waitingClient()
        let header = FrameHeader(length: 9, stream: StreamID(rawValue: 1), type: .response)
        guard case .resume = unheard.receivedOversized(header).first else { return #expect(Bool(false), "nobody goes on") }
        #expect(unheard.leave(toSend: 1 << 20, on: 7) == .granted)
    }

    @Test("a client gives back what its callers have taken, while the call is not over, and what nobody takes at once")
    func clientGives() {
        var connection = Self.client()
        guard case .deliver(7, _, 110) = connection.received(Self.data(100)).first else {
            return #expect(Bool(false), "no message")
        }
        let both = [ControlFrame.window(Self.stream, 110).frame, ControlFrame.window(.control, 110).frame]
        #expect(ClientHelloTests.written(connection.give(110, on: 7, connection: 110)) == both)
        #expect(ClientHelloTests.written(connection.received(Self.data(5, on: 9))) == [ControlFrame.window(.control, 15).frame])
        _ = connection.received(Self.data(100))
        _ = connection.abandon(7)
        #expect(ClientHelloTests.written(connection.give(110, on: 7, connection: 110)) == [both[1]])
        #expect(ClientHelloTests.written(connection.received(Self.data(100))) == [both[1]])
        // An answer at the end of a stream, and a message to a plain server's client, cost nothing.
        var ending = Self.client()
        guard case .deliver(7, [1], 0) = ending.received(ClientHelloTests.answer(3, .success([1]))).first else {
            return #expect(Bool(false), "no message")
        }
        var plain = Self.client(Self.windows, .ping)
        guard case .deliver(7, _, 0) = plain.received(Self.data(100)).first else { return #expect(Bool(false), "no message") }
        #expect(plain.give(110, on: 7, connection: 110).isEmpty)
    }

    @Test("a call that the server never hears of gives the connection its credit back, whatever credit the server has given")
    func withdrawn() {
        let message = [UInt8](repeating: 1, count: (16 << 10) - 10)
        for isGiven in [false, true] {
            var connection = Self.client()
            for call: UInt64 in [8, 9] { _ = connection.send(ClientHelloTests.request, as: call, kind: .bidirectional) }
            let frames = ClientHelloTests.written(connection.send(message, on: 7) + connection.finishSending(on: 7))
            _ = connection.send(message, on: 8)
            #expect(frames.count == 2 && connection.leave(toSend: 10, on: 9) == .connectionWaits)
            if isGiven { _ = connection.received(ControlFrame.window(.control, 32 << 10).frame) }
            #expect(connection.stream(of: 7) == Self.stream)
            let actions = connection.withdraw(7, frames)
            guard case .resume = actions.first, actions.count == 1 else { return #expect(Bool(false), "\(actions)") }
            #expect(connection.stream(of: 7) == nil && connection.withdraw(7, frames).isEmpty && connection.callCount == 2)
            #expect(connection.leave(toSend: 16 << 10, on: 9) == .granted)
            // There is no more credit than there was at first.
            _ = connection.send(message, on: 9)
            _ = connection.send(ClientHelloTests.request, as: 10, kind: .bidirectional)
            #expect(connection.leave(toSend: 16 << 10, on: 10) == (isGiven ? .granted : .connectionWaits))
        }
    }

    @Test("a client leaves a server that sends beyond its window, or gives credit for more than it was sent, or for nothing")
    func hostileServer() {
        let full = Self.data((16 << 10) - 10)
        let cases: [[Frame]] = [
            [full, Self.data(0)], [ControlFrame.window(Self.stream, 1).frame], [ControlFrame.window(.control, 1).frame],
            [Frame(stream: Self.stream, type: .window, payload: [0, 0, 0, 0])],
        ]
        for frames in cases {
            var connection = Self.client()
            let actions = frames.map { connection.received($0) }.last ?? []
            guard case .end(7, let error?) = actions.first, case .close = actions.last else {
                return #expect(Bool(false), "it goes on after \(frames)")
            }
            #expect(error.code == .unavailable && !error.isRefused)
        }
    }
}
