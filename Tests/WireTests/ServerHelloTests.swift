import Testing

@testable import Wire

@Suite("A server's connection whose client says Hello")
struct ServerHelloTests {
    static func hello(_ stream: UInt32 = 1, _ features: Features = .all, maximumFrameBytes: Int = 4 << 20) -> Frame {
        request(stream, Hello(features: features, maximumFrameBytes: maximumFrameBytes, agent: "test").encoded())
    }

    static func request(_ stream: UInt32, _ payload: [UInt8]) -> Frame {
        let request = RequestEnvelope(method: Hello.method, payload: payload)
        return ServerConnectionTests.frame(stream, .request, request.encoded())
    }

    /// One that has been met.
    static func met(_ features: Features = .all) -> ServerConnection {
        var connection = ServerConnection(limits: ServerConnectionTests.limits)
        _ = connection.received(hello(1, features))
        return connection
    }

    @Test("ends with a frame of its own that is longer than any, where its type was agreed on, on either side")
    func overlongControl() throws {
        let most = UInt32(ControlFrame.maximumPayloadBytes)
        let cases: [(Features, FrameType, UInt32, Bool)] = [
            (.all, .ping, most + 1, true), (.all, .window, 5 << 20, true), (.all, .cancel, 5 << 20, true),
            (.all, .ping, most, false),
            ([.window], .ping, 5 << 20, false), (.all, FrameType(rawValue: 0x90), 5 << 20, false),
        ]
        for (features, type, length, isOver) in cases {
            let header = FrameHeader(length: length, stream: .control, type: type)
            var server = Self.met(features)
            let seen = try server.receivedOversized(header).map(ServerConnectionTests.Seen.init)
            #expect(isOver ? seen.last == .breakOff(.invalidArgument) : seen.isEmpty)
            var client = ClientHelloTests.met(features)
            let actions = client.receivedOversized(header)
            guard isOver else {
                #expect(actions.isEmpty)
                continue
            }
            guard case .close = actions.last else { return #expect(Bool(false), "it goes on") }
        }
    }

    private func answer(_ actions: [ServerConnection.Action]) throws -> Hello? {
        guard case .write(let frame) = actions.first, frame.type == .response,
            case .success(let payload) = try ResponseEnvelope(decoding: frame.payload)
        else { return nil }
        return try Hello(decoding: payload)
    }

    private func refusal(_ actions: [ServerConnection.Action]) throws -> (StatusCode, isRefused: Bool)? {
        guard case .write(let frame) = actions.first, actions.count == 1,
            case .failure(let error) = try ResponseEnvelope(decoding: frame.payload)
        else { return nil }
        return (error.code, error.isRefused)
    }

    /// The frames of a connection's own that are written.
    static func control(_ actions: [ServerConnection.Action]) throws -> [ControlFrame] {
        try actions.compactMap { if case .write(let frame) = $0 { try ControlFrame(frame) } else { nil } }
    }

    @Test("has what both can do, and tells its owner whom it has met")
    func meets() throws {
        var connection = ServerConnection()
        #expect(connection.features.isEmpty)
        // Feature 1, and 30, which nobody knows.
        let actions = connection.received(Self.request(1, [8, 7, 18, 2, 1, 30, 34, 1, 97]))
        #expect(try answer(actions)?.features == .ping)
        #expect(try answer(actions)?.version == 1)
        guard case .met(let client) = actions.last, actions.count == 2 else {
            return #expect(Bool(false), "nobody was met: \(actions)")
        }
        #expect(client.agent == "a" && client.version == 7)
        #expect(connection.features == .ping)
        #expect(connection.isIdle)
    }

    @Test("has nothing where the client can do nothing, and knows no Hello where nothing is offered")
    func plain() throws {
        var connection = ServerConnection()
        #expect(try answer(connection.received(Self.hello(1, [])))?.features == [])
        #expect(connection.features.isEmpty)
        var unwilling = ServerConnection(features: [])
        guard case .start(_, let request, _) = unwilling.received(Self.hello()).first else {
            return #expect(Bool(false), "Hello was not given to the router")
        }
        #expect(request.method == Hello.method)
        #expect(unwilling.features.isEmpty)
    }

    @Test("knows no Hello where it takes less than one may say", arguments: [16_383, 16_384])
    func leastLimit(bytes: Int) throws {
        var connection = ServerConnection(maximumMessageBytes: bytes)
        let actions = connection.received(Self.hello())
        if bytes < 16_384 {
            guard case .start = actions.first else { return #expect(Bool(false), "Hello was not given to the router") }
            #expect(connection.features.isEmpty && connection.ping().isEmpty)
        } else {
            #expect(try answer(actions)?.maximumFrameBytes == bytes)
            #expect(connection.features == .all)
        }
    }

    @Test("takes it as the first request or not at all, and what was agreed stays")
    func late() throws {
        var twice = Self.met()
        #expect(try refusal(twice.received(Self.hello(3, [])))?.0 == .failedPrecondition)
        #expect(twice.features == .all)

        var late = ServerConnection(limits: ServerConnectionTests.limits)
        _ = late.received(ServerConnectionTests.frame(1))
        let refused = try refusal(late.received(Self.hello(3)))
        #expect(refused?.0 == .failedPrecondition && refused?.isRefused == true)
        #expect(late.features.isEmpty && late.handlerCount == 1)

        for spoilt in [ServerConnectionTests.frame(2), ServerConnectionTests.frame(1, .request, [0xFF]), Self.request(1, [])] {
            var connection = ServerConnection()
            _ = connection.received(spoilt)
            #expect(try refusal(connection.received(Self.hello(3)))?.0 == .failedPrecondition)
        }
        var oversized = ServerConnection()
        _ = oversized.receivedOversized(FrameHeader(length: 9, stream: StreamID(rawValue: 1), type: .request))
        #expect(try refusal(oversized.received(Self.hello(3)))?.0 == .failedPrecondition)
        // What is no request does not count.
        var data = ServerConnection()
        _ = data.received(ServerConnectionTests.frame(1, .data, []))
        #expect(try answer(data.received(Self.hello(3))) != nil)
    }

    @Test("refuses one that cannot be read, or while it shuts down, and stays one of plain ttrpc")
    func refused() throws {
        var connection = ServerConnection()
        let unreadable = try refusal(connection.received(Self.request(1, [])))
        #expect(unreadable?.0 == .invalidArgument && unreadable?.isRefused == true)
        #expect(connection.features.isEmpty)
        var draining = ServerConnection()
        _ = draining.beginDraining()
        #expect(try refusal(draining.received(Self.hello()))?.0 == .unavailable)
        #expect(draining.features.isEmpty)
    }

    @Test("sends nothing longer than the client takes")
    func limit() throws {
        var connection = ServerConnection(limits: ServerConnectionTests.limits)
        _ = connection.received(Self.hello(1, .all, maximumFrameBytes: 16_384))
        #expect(connection.maximumMessageBytes == 16_384)
        for (payload, isSent) in [(16_381, true), (16_382, false)] {
            _ = connection.received(ServerConnectionTests.frame(3))
            let stream = StreamID(rawValue: 3)
            let actions = connection.handlerEnded(stream, with: .success([UInt8](repeating: 1, count: payload)))
            #expect(try (refusal(actions)?.0 == .resourceExhausted) == !isSent)
        }
        var generous = ServerConnection(maximumMessageBytes: 1 << 20)
        _ = generous.received(Self.hello())
        #expect(generous.maximumMessageBytes == 1 << 20)
    }

    @Test("answers pings with what they carry, and asks of its own accord")
    func pings() throws {
        var connection = Self.met()
        #expect(try Self.control(connection.received(ControlFrame.ping(77).frame)) == [.pong(77)])
        #expect(connection.received(ControlFrame.pong(5).frame).isEmpty)
        #expect(try Self.control(connection.ping()).count == 1)
        _ = connection.closed()
        #expect(connection.ping().isEmpty)
        #expect(connection.received(ControlFrame.ping(77).frame).isEmpty)
    }

    @Test("ignores frames of its own, whatever they hold, from a client that has not said Hello or cannot do what they ask")
    func unmet() {
        for var connection in [ServerConnection(), Self.met([]), ServerConnection(features: [])] {
            for type: UInt8 in 0x80...0xFF {
                for payload in [[], [UInt8](repeating: 0, count: 8)] {
                    let frame = Frame(stream: .control, type: FrameType(rawValue: type), payload: payload)
                    #expect(connection.received(frame).isEmpty)
                }
            }
            #expect(connection.ping().isEmpty)
        }
        // Nor does one feature stand for another.
        var pinging = Self.met(.ping)
        #expect(pinging.received(Frame(stream: .control, type: .cancel, payload: [])).isEmpty)
        #expect(pinging.received(Frame(stream: .control, type: .goAway, payload: [])).isEmpty)
        var cancelling = Self.met(.cancel)
        #expect(cancelling.received(Frame(stream: .control, type: .ping, payload: [])).isEmpty)
    }

    @Test("is broken off by a flood of pings and by frames that cannot be read, and takes nothing after that")
    func brokenOff() throws {
        let now = ContinuousClock.now
        func expectBrokenOff(_ connection: inout ServerConnection, _ last: Frame, _ code: StatusCode) throws {
            let actions = connection.received(last, at: now)
            guard case .breakOff(let error) = actions.last, actions.count == 2,
                case .write(let said) = actions[0], case .goAway(let goAway) = try ControlFrame(said)
            else {
                return #expect(Bool(false), "went on after \(last)")
            }
            #expect(goAway.code == code && goAway.lastAccepted.rawValue == 3)
            #expect(error.code == code)
            #expect(connection.received(ServerConnectionTests.frame(9)).isEmpty)
            #expect(connection.receivedOversized(FrameHeader(length: 9, stream: .control, type: .request)).isEmpty)
            #expect(connection.beginDraining().isEmpty && connection.ping().isEmpty)
            // What runs ends with the connection.
            guard case .cancelAll = connection.closed().first else { return #expect(Bool(false), "a call runs on") }
        }
        var flooded = Self.met()
        _ = flooded.received(ServerConnectionTests.frame(3))
        for _ in 0..<PingAllowance.burst {
            #expect(try Self.control(flooded.received(ControlFrame.ping(1).frame, at: now)) == [.pong(1)])
        }
        try expectBrokenOff(&flooded, ControlFrame.ping(1).frame, .resourceExhausted)

        for bad in [
            Frame(stream: .control, type: .ping, payload: [1, 2, 3]),
            Frame(stream: StreamID(rawValue: 1), type: .ping, payload: [UInt8](repeating: 0, count: 8)),
            Frame(stream: .control, type: .ping, payload: [UInt8](repeating: 0, count: 1037)),
        ] {
            var connection = Self.met()
            _ = connection.received(ServerConnectionTests.frame(3))
            try expectBrokenOff(&connection, bad, .invalidArgument)
        }
    }

    @Test("ignores types of frames that are not known yet, and runs no call on the connection's own stream")
    func unknown() throws {
        var connection = Self.met()
        for type: UInt8 in [4, 0x80, 0x90, 0xFF] {
            #expect(connection.received(Frame(stream: .control, type: FrameType(rawValue: type), payload: [])).isEmpty)
        }
        #expect(try refusal(connection.received(ServerConnectionTests.frame(.max)))?.0 == .invalidArgument)
        // Nor is it a call's where both have nothing in common but the Hello.
        var bare = Self.met([])
        #expect(try refusal(bare.received(ServerConnectionTests.frame(.max)))?.0 == .invalidArgument)
        // A plain client's streams are its own.
        var plain = ServerConnection()
        guard case .start = plain.received(ServerConnectionTests.frame(.max)).first else {
            return #expect(Bool(false), "a plain client's stream was refused")
        }
    }
}
