import Testing

@testable import Wire

/// The edges of streaming calls on a server's connection.
@Suite("A server's connection, streaming")
struct ServerStreamTests {
    private typealias Seen = ServerConnectionTests.Seen

    private static let one = StreamID(rawValue: 1)

    private static func request(_ stream: UInt32, _ flags: FrameFlags) -> Frame {
        Frame(
            stream: StreamID(rawValue: stream), type: .request, flags: flags,
            payload: RequestEnvelope(method: ServerConnectionTests.method, payload: []).encoded())
    }

    private static func data(_ payload: [UInt8] = [], _ flags: FrameFlags = [], on stream: UInt32 = 1) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: .data, flags: flags, payload: payload)
    }

    private func seen(_ actions: [ServerConnection.Action]) throws -> [Seen] { try actions.map(Seen.init) }

    @Test(
        "reads from a request's flags what its client will do",
        arguments: [
            (0, ServerConnection.ClientSide.unary), (1, .closed), (2, .open), (3, .open), (4, .unary), (5, .closed), (6, .open),
            (0x81, .closed),
        ] as [(UInt8, ServerConnection.ClientSide)])
    func sides(flags: UInt8, expected: ServerConnection.ClientSide) {
        var connection = ServerConnection()
        guard case .start(_, _, let side) = connection.received(Self.request(1, FrameFlags(rawValue: flags))).first else {
            return #expect(Bool(false), "a request is started")
        }
        #expect(side == expected)
    }

    @Test("gives the handler the messages of an open stream, empty ones too, and their end, however it is said")
    func messages() throws {
        for (last, expected) in [
            (Self.data([], [.remoteClosed, .noData]), [Seen.endMessages(1)]),
            (Self.data([9], [.remoteClosed]), [.deliver(1, [9]), .endMessages(1)]),
            (Self.data([], [.remoteClosed]), [.deliver(1, []), .endMessages(1)]),
            (Self.data([9], [.remoteClosed, .noData]), [.endMessages(1)]),
        ] {
            var connection = ServerConnection()
            _ = connection.received(Self.request(1, .remoteOpen))
            #expect(try seen(connection.received(Self.data([1]))) == [.deliver(1, [1])])
            #expect(try seen(connection.received(Self.data([]))) == [.deliver(1, [])])
            #expect(try seen(connection.received(Self.data([2], .noData))).isEmpty)
            #expect(connection.isOpen(Self.one))
            #expect(try seen(connection.received(last)) == expected)
            #expect(!connection.isOpen(Self.one))
            // What comes after that is late and changes nothing.
            #expect(try seen(connection.received(Self.data([3]))).isEmpty)
            #expect(try seen(connection.receivedOversized(FrameHeader(length: 9, stream: Self.one, type: .data))).isEmpty)
            #expect(connection.handlerCount == 1)
        }
    }

    @Test("takes no messages where the client said that it sends none", arguments: [[], FrameFlags.remoteClosed])
    func closedFromTheStart(flags: FrameFlags) throws {
        var connection = ServerConnection()
        _ = connection.received(Self.request(1, flags))
        #expect(!connection.isOpen(Self.one))
        #expect(connection.received(Self.data([1])).isEmpty)
        #expect(connection.received(Self.data([], [.remoteClosed, .noData])).isEmpty)
        #expect(try seen(connection.handlerEnded(Self.one, with: .success([1]))) == [.answer(1, .ok, isRefused: false)])
    }

    @Test("writes a handler's messages, then the end of a stream that went well in a frame of its own")
    func answers() throws {
        var connection = ServerConnection()
        _ = connection.received(Self.request(1, .remoteClosed))
        #expect(connection.isAwaited(Self.one))
        #expect(try seen(connection.send([1], on: Self.one)) == [.message(1, [1])])
        #expect(try seen(connection.send([], on: Self.one)) == [.message(1, [])])
        #expect(try seen(connection.streamEnded(Self.one)) == [.endOfStream(1)])
        #expect(connection.send([2], on: Self.one).isEmpty && !connection.isAwaited(Self.one) && connection.isIdle)
        #expect(connection.streamEnded(Self.one).isEmpty)
        // Late frames of the client are dropped.
        #expect(connection.received(Self.data([1])).isEmpty)
    }

    @Test("ends a stream that fails with its status")
    func failure() throws {
        var connection = ServerConnection()
        _ = connection.received(Self.request(1, .remoteClosed))
        _ = connection.send([1], on: Self.one)
        let ended = connection.handlerEnded(Self.one, with: .failure(RPCError(.dataLoss, "gone")))
        #expect(try seen(ended) == [.answer(1, .dataLoss, isRefused: false)])
    }

    @Test("ends a stream early with one answer, stops its handler, and counts it until it has ended")
    func early() throws {
        for flags in [FrameFlags.remoteClosed, .remoteOpen, []] {
            var connection = ServerConnection(limits: ServerConnectionTests.limits)
            _ = connection.received(Self.request(1, flags))
            let late = RPCError(.deadlineExceeded, "late")
            #expect(
                try seen(connection.end(Self.one, with: late)) == [.answer(1, .deadlineExceeded, isRefused: false), .cancel(1)])
            #expect(connection.end(Self.one, with: late).isEmpty)
            #expect(connection.send([1], on: Self.one).isEmpty && !connection.isAwaited(Self.one))
            #expect(connection.received(Self.data([1])).isEmpty)
            #expect(connection.handlerCount == 1)
            #expect(connection.streamEnded(Self.one).isEmpty && connection.isIdle)
        }
    }

    @Test("ends a stream of which it cannot keep a message, because that is too long or there is no room")
    func lostMessage() throws {
        let header = FrameHeader(length: 9, stream: Self.one, type: .data)
        for isTooLong in [true, false] {
            var connection = ServerConnection()
            _ = connection.received(Self.request(1, .remoteOpen))
            let actions = isTooLong ? connection.receivedOversized(header) : connection.receivedUnheld(header)
            #expect(try seen(actions) == [.answer(1, .resourceExhausted, isRefused: false), .cancel(1)])
            #expect(connection.received(Self.data([1])).isEmpty)
        }
    }

    @Test("lets streams end while it drains, and closes after the last")
    func drain() throws {
        var connection = ServerConnection()
        _ = connection.received(Self.request(1, .remoteOpen))
        _ = connection.received(Self.request(3, .remoteClosed))
        #expect(connection.beginDraining().isEmpty)
        #expect(try seen(connection.received(Self.request(5, .remoteClosed))) == [.answer(5, .unavailable, isRefused: true)])
        #expect(try seen(connection.received(Self.data([1]))) == [.deliver(1, [1])])
        #expect(try seen(connection.send([1], on: StreamID(rawValue: 3))) == [.message(3, [1])])
        #expect(try seen(connection.streamEnded(StreamID(rawValue: 3))) == [.endOfStream(3)])
        #expect(try seen(connection.streamEnded(Self.one)) == [.endOfStream(1), .close])
    }

    @Test("writes nothing once it is closed")
    func closed() throws {
        var connection = ServerConnection()
        _ = connection.received(Self.request(1, .remoteOpen))
        #expect(try seen(connection.closed()) == [.cancelAll])
        #expect(connection.received(Self.data([1])).isEmpty && !connection.isAwaited(Self.one) && !connection.isOpen(Self.one))
        #expect(connection.send([1], on: Self.one).isEmpty)
        #expect(connection.end(Self.one, with: RPCError(.deadlineExceeded, "late")).isEmpty)
        #expect(connection.streamEnded(Self.one).isEmpty && connection.isIdle)
    }
}
