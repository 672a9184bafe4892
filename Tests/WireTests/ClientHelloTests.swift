import Testing

@testable import Wire

@Suite("A client's connection that says Hello")
struct ClientHelloTests {
    static func answer(_ stream: UInt32, _ envelope: ResponseEnvelope) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: .response, payload: envelope.encoded())
    }

    static func hello(_ features: Features = .all, maximumFrameBytes: Int = 4 << 20) -> Frame {
        answer(1, .success(Hello(features: features, maximumFrameBytes: maximumFrameBytes).encoded()))
    }

    /// One whose server has answered.
    static func met(_ features: Features = .all, maximumFrameBytes: Int = 4 << 20) -> ClientConnection {
        var connection = ClientConnection(features: .all)
        _ = connection.hello()
        _ = connection.received(hello(features, maximumFrameBytes: maximumFrameBytes))
        return connection
    }

    static let request = RequestEnvelope(method: MethodDescriptor(service: "s", method: "m"), payload: [1])

    static func written(_ actions: [ClientConnection.Action]) -> [Frame] {
        actions.compactMap { if case .write(let frame) = $0 { frame } else { nil } }
    }

    @Test("says it first, once, as any call is made, and calls do not wait for the answer")
    func first() throws {
        var connection = ClientConnection(features: .all)
        let frame = try #require(Self.written(connection.hello()).first)
        let request = try RequestEnvelope(decoding: frame.payload)
        #expect(frame.stream.rawValue == 1 && frame.flags.isEmpty && request.method == Hello.method)
        #expect(try Hello(decoding: request.payload).features == .all)
        #expect(connection.callCount == 0)
        #expect(Self.written(connection.send(Self.request, as: 7)).first?.stream.rawValue == 3)
        #expect(connection.features.isEmpty)
        #expect(connection.received(Self.hello()).isEmpty)
        #expect(connection.features == .all)
        guard case .finish(7, .success) = connection.received(Self.answer(3, .success([]))).first else {
            return #expect(Bool(false), "the call has no answer")
        }
    }

    @Test("says nothing where it takes less than one may say", arguments: [16_383, 16_384])
    func leastLimit(bytes: Int) {
        var connection = ClientConnection(maximumMessageBytes: bytes, features: .all)
        #expect(connection.hello().isEmpty == (bytes < 16_384))
    }

    @Test("says nothing where it has nothing to offer")
    func silent() {
        var connection = ClientConnection()
        #expect(connection.hello().isEmpty)
        #expect(Self.written(connection.send(Self.request, as: 7)).first?.stream.rawValue == 1)
    }

    @Test("takes any answer but that for a plain peer's, and goes on")
    func plainPeers() {
        let plain: [ResponseEnvelope] = [
            .failure(RPCError(.unimplemented, "no such service")), .failure(RPCError(.invalidArgument, "as Rust says it")),
            .failure(RPCError(.unavailable, "draining", isRefused: true)), .failure(RPCError(.unauthenticated, "who?")),
            .success([]), .success([0xFF]), .success([8, 2, 18, 1, 1]),
        ]
        for envelope in plain {
            var connection = ClientConnection(features: .all)
            _ = connection.hello()
            #expect(connection.received(Self.answer(1, envelope)).isEmpty)
            #expect(connection.features.isEmpty && connection.ping() == nil && connection.maximumFrameBytes == nil)
            #expect(connection.received(ControlFrame.ping(1).frame).isEmpty)
            #expect(Self.written(connection.send(Self.request, as: 7)).count == 1)
        }
        var unreadable = ClientConnection(features: .all)
        _ = unreadable.hello()
        let garbage = Frame(stream: StreamID(rawValue: 1), type: .response, payload: [0xFF])
        #expect(unreadable.received(garbage).isEmpty && unreadable.features.isEmpty)
        // A second answer comes too late.
        #expect(unreadable.received(Self.hello()).isEmpty && unreadable.features.isEmpty)
        var oversized = ClientConnection(features: .all)
        _ = oversized.hello()
        #expect(oversized.receivedOversized(FrameHeader(length: 9, stream: StreamID(rawValue: 1), type: .response)).isEmpty)
        #expect(oversized.received(Self.hello()).isEmpty && oversized.features.isEmpty)
    }

    @Test("uses what both can do, and no more")
    func intersection() {
        #expect(Self.met([]).features.isEmpty)
        #expect(Self.met(.ping).features == .ping)
        var connection = ClientConnection(features: .ping)
        _ = connection.hello()
        _ = connection.received(Self.answer(1, .success([8, 1, 18, 4, 1, 29, 30, 31])))
        #expect(connection.features == .ping)
    }

    @Test(
        "sends no request that is longer than the server takes, and takes no stream for it", arguments: [Features.all, []])
    func limit(features: Features) throws {
        var connection = Self.met(features, maximumFrameBytes: 16_384)
        #expect(connection.maximumFrameBytes == 16_384)
        var request = Self.request
        // Two names of a byte each, and a tag and two bytes of length.
        request.payload = [UInt8](repeating: 1, count: 16_384 - 6 - 3)
        #expect(request.encoded().count == 16_384)
        #expect(Self.written(connection.send(request, as: 1)).map(\.stream.rawValue) == [3])
        request.payload.append(1)
        guard case .finish(2, .failure(let error)) = connection.send(request, as: 2).first else {
            return #expect(Bool(false), "it was sent")
        }
        #expect(error.code == .resourceExhausted && error.isRefused)
        guard case .end(3, let error?) = connection.send(request, as: 3, kind: .serverStreaming).first else {
            return #expect(Bool(false), "it was sent")
        }
        #expect(error.code == .resourceExhausted && error.isRefused)
        #expect(Self.written(connection.send(Self.request, as: 4)).map(\.stream.rawValue) == [5])
    }

    @Test("asks and is asked for signs of life")
    func pings() throws {
        var connection = Self.met()
        var tokens: Set<ControlFrame> = []
        for _ in 0..<3 {
            guard case .write(let frame) = connection.ping() else { return #expect(Bool(false), "nothing is asked") }
            tokens.insert(try #require(try ControlFrame(frame)))
        }
        #expect(tokens.count == 3)
        #expect(Self.written(connection.received(ControlFrame.ping(5).frame)) == [ControlFrame.pong(5).frame])
        #expect(connection.received(ControlFrame.pong(1).frame).isEmpty)
        #expect(connection.received(ControlFrame.pong(99).frame).isEmpty)
    }

    @Test("gives up a server that floods it or says what cannot be read, and ends its calls")
    func brokenOff() {
        let now = ContinuousClock.now
        func expectGivenUp(_ connection: inout ClientConnection, _ last: Frame) {
            let actions = connection.received(last, at: now)
            guard actions.count == 2, case .finish(7, .failure(let error)) = actions[0], case .close = actions[1] else {
                return #expect(Bool(false), "\(actions)")
            }
            #expect(error.code == .unavailable && !error.isRefused)
        }
        var flooded = Self.met()
        _ = flooded.send(Self.request, as: 7)
        for _ in 0..<PingAllowance.burst { _ = flooded.received(ControlFrame.ping(1).frame, at: now) }
        expectGivenUp(&flooded, ControlFrame.ping(1).frame)
        for (type, count) in [(.ping, 0), (.goAway, 1037)] as [(FrameType, Int)] {
            var confused = Self.met()
            _ = confused.send(Self.request, as: 7)
            expectGivenUp(&confused, Frame(stream: .control, type: type, payload: [UInt8](repeating: 0, count: count)))
        }
        var longest = Self.met()
        _ = longest.send(Self.request, as: 7)
        // Taken: it says that the request was not, which goes elsewhere.
        let actions = longest.received(Frame(stream: .control, type: .goAway, payload: [UInt8](repeating: 0, count: 1036)))
        guard actions.count == 2, case .unseen(7) = actions[0], case .retire = actions[1] else {
            return #expect(Bool(false), "\(actions)")
        }
    }
}
