import Testing

@testable import Wire

@Suite("Calls whose messages come in pieces")
struct PieceTests {
    private typealias Seen = ServerConnectionTests.Seen

    private static func frame(_ stream: UInt32, _ type: FrameType, _ flags: FrameFlags, _ payload: [UInt8]) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: type, flags: flags, payload: payload)
    }

    /// The pieces of a message, of so many bytes each.
    private static func pieces(_ frame: Frame, of bytes: Int) -> [Frame] {
        stride(from: 0, to: frame.payload.count, by: bytes).map { start in
            let end = min(frame.payload.count, start + bytes)
            return Frame(
                stream: frame.stream, type: frame.type,
                flags: end < frame.payload.count ? frame.flags.union(.more) : frame.flags,
                payload: Array(frame.payload[start..<end]))
        }
    }

    private static func request(_ stream: UInt32, _ flags: FrameFlags = []) -> Frame {
        var frame = ServerConnectionTests.frame(stream)
        frame = Frame(stream: frame.stream, type: .request, flags: flags, payload: frame.payload)
        return frame
    }

    // MARK: - The server's side

    @Test("begin once they have come together, however they are cut, with others between their pieces", arguments: 1..<12)
    func server(bytes: Int) throws {
        var connection = ServerHelloTests.met()
        let (first, second) = (Self.pieces(Self.request(3), of: bytes), Self.pieces(Self.request(5, .remoteOpen), of: bytes))
        var seen: [Seen] = []
        for (one, other) in zip(first, second) {
            for frame in [one, other] { seen += try connection.received(frame).map(Seen.init) }
        }
        #expect(seen == [.start(3), .start(5)])
        let data = Self.pieces(Self.frame(5, .data, .remoteClosed, [1, 2, 3, 4, 5]), of: min(bytes, 4))
        #expect(
            try data.flatMap { try connection.received($0).map(Seen.init) } == [.deliver(5, [1, 2, 3, 4, 5]), .endMessages(5)])
    }

    @Test("are messages of their own where nothing was agreed, whatever flag they have")
    func plain() throws {
        for var connection in [ServerConnection(), ServerHelloTests.met([.window])] {
            #expect(try connection.received(Self.request(3, .more)).map(Seen.init) == [.start(3)])
        }
    }

    @Test("are refused at their first piece where they would be whole, and once")
    func refused() throws {
        var connection = ServerHelloTests.met()
        _ = connection.received(Self.request(3))
        for stream: UInt32 in [3, 4] {
            let seen = try Self.pieces(Self.request(stream), of: 2).map { try connection.received($0).map(Seen.init) }
            #expect(seen.first == [.answer(stream, .invalidArgument, isRefused: false)])
            #expect(seen.dropFirst().joined().isEmpty)
        }
        // Data that nobody waits for.
        let stray = try Self.pieces(Self.frame(9, .data, [], [1, 2, 3]), of: 1).map { try connection.received($0).map(Seen.init) }
        #expect(stray == [[.answer(9, .invalidArgument, isRefused: false)], [], [.control(.window(.control, 13))]])
        _ = connection.beginDraining()
        let late = try Self.pieces(Self.request(11), of: 2).map { try connection.received($0).map(Seen.init) }
        #expect(late.first == [.answer(11, .unavailable, isRefused: true)] && late.dropFirst().joined().isEmpty)
        #expect(connection.unfinishedByteCount == 0)
    }

    @Test("that are too long together, or for which there is no room, are refused once, and the connection goes on")
    func tooLong() throws {
        var connection = ServerConnection(limits: ServerConnectionTests.limits, maximumMessageBytes: 16_384)
        _ = connection.received(ServerHelloTests.hello())
        let long = Self.frame(3, .request, [], [UInt8](repeating: 0, count: 16_385))
        let seen = try Self.pieces(long, of: 4096).map { try connection.received($0).map(Seen.init) }
        #expect(seen == [[], [], [], [], [.answer(3, .resourceExhausted, isRefused: true)]])
        _ = connection.received(Self.frame(5, .request, .more, [1, 2]))
        let unheld = FrameHeader(length: 9, stream: StreamID(rawValue: 5), type: .request, flags: .more)
        #expect(try connection.receivedUnheld(unheld).map(Seen.init) == [.answer(5, .resourceExhausted, isRefused: true)])
        #expect(connection.receivedUnheld(unheld).isEmpty && connection.received(Self.frame(5, .request, [], [3])).isEmpty)
        _ = connection.received(Self.frame(7, .request, .more, [1, 2]))
        #expect(connection.unfinishedByteCount == 2 && connection.oldestUnfinished != nil)
        #expect(try connection.dropUnfinished().map(Seen.init) == [.answer(7, .resourceExhausted, isRefused: true)])
        #expect(connection.dropUnfinished().isEmpty && connection.received(Self.frame(7, .request, [], [3])).isEmpty)
        #expect(connection.unfinishedByteCount == 0 && connection.oldestUnfinished == nil)
        #expect(try connection.received(Self.request(9)).map(Seen.init) == [.start(9)])
    }

    @Test("that are cancelled before their end are never begun, whatever their other pieces would say by themselves")
    func cancelled() throws {
        var connection = ServerHelloTests.met()
        _ = connection.received(Self.frame(3, .request, .more, [0x2A, 100]))
        #expect(connection.received(ControlFrame.cancel(StreamID(rawValue: 3), .cancelled).frame).isEmpty)
        // The rest is a request, if it stood alone.
        #expect(connection.received(Self.request(3)).isEmpty && connection.isIdle)
        #expect(try connection.received(Self.request(5)).map(Seen.init) == [.start(5)])
    }

    @Test("break a connection off when they are in one another, or too many have begun")
    func brokenOff() throws {
        var mixed = ServerHelloTests.met()
        _ = mixed.received(Self.frame(3, .request, .more, [1]))
        #expect(try mixed.received(Self.frame(3, .data, [], [1])).map(Seen.init).last == .breakOff(.invalidArgument))
        var many = ServerHelloTests.met()
        for number in 0..<UInt32(FragmentQueue.mostUnfinished) {
            #expect(many.received(Self.frame(2 * number + 3, .request, .more, [1])).isEmpty)
        }
        #expect(try many.received(Self.frame(999, .request, .more, [1])).map(Seen.init).last == .breakOff(.resourceExhausted))
        #expect(many.received(Self.request(3)).isEmpty)
    }

    /// The flags of a message's first piece, and of its last.
    private static let otherFlags: [(FrameFlags, FrameFlags)] = [
        ([.more, .noData], []), (.more, .noData), (.more, .remoteClosed), ([.more, .remoteClosed], []),
        ([.more, .noData], .more),
    ]

    @Test("break a connection off where the flags of one are not those of the first, whoever sends them", arguments: otherFlags)
    func mixedFlags(first: FrameFlags, other: FrameFlags) throws {
        var server = ServerHelloTests.met()
        _ = server.received(Self.request(3, .remoteOpen))
        #expect(server.received(Self.frame(3, .data, first, [1])).isEmpty)
        var byHeader = server
        #expect(try server.received(Self.frame(3, .data, other, [1])).map(Seen.init).last == .breakOff(.invalidArgument))
        let header = FrameHeader(length: 9, stream: StreamID(rawValue: 3), type: .data, flags: other)
        #expect(try byHeader.receivedUnheld(header).map(Seen.init).last == .breakOff(.invalidArgument))
        var client = ClientHelloTests.met()
        _ = client.send(ClientHelloTests.request, as: 1, kind: .serverStreaming)
        #expect(client.received(Self.frame(3, .data, first, [1])).isEmpty)
        guard case .close = client.received(Self.frame(3, .data, other, [1])).last else {
            return #expect(Bool(false), "it goes on")
        }
    }

    /// A connection with the smallest windows, on which a stream of both directions runs.
    private static func narrow() -> ServerConnection {
        let windows = StreamWindows(stream: 16 << 10, connection: 16 << 10)
        var connection = ServerConnection(limits: ServerConnectionTests.limits, windows: windows)
        _ = connection.received(ServerHelloTests.hello())
        _ = connection.received(request(3, .remoteOpen))
        return connection
    }

    @Test("bring nothing past the window by saying at first that they carry no message")
    func pastTheWindow() throws {
        var connection = Self.narrow()
        let payload = [UInt8](repeating: 1, count: 1000)
        var seen: [Seen] = []
        for _ in 0..<1000 {
            for flags: FrameFlags in [[.more, .noData], []] {
                seen += try connection.received(Self.frame(3, .data, flags, payload)).map(Seen.init)
            }
        }
        #expect(seen.count == 2 && seen.last == .breakOff(.invalidArgument))
    }

    @Test(
        "that are of requests are refused when their server begins to shut down, and those of running streams still come together"
    )
    func draining() throws {
        var connection = ServerHelloTests.met()
        _ = connection.received(Self.request(7, .remoteOpen))
        _ = connection.received(Self.frame(7, .data, .more, [1, 2]))
        for stream: UInt32 in [5, 3] { _ = connection.received(Self.frame(stream, .request, .more, [1])) }
        let refused = try connection.beginDraining().map(Seen.init)
        #expect(refused.dropFirst() == [.answer(3, .unavailable, isRefused: true), .answer(5, .unavailable, isRefused: true)])
        #expect(connection.unfinishedByteCount == 2 && connection.received(Self.frame(3, .request, [], [1])).isEmpty)
        #expect(try connection.received(Self.frame(7, .data, [], [3])).map(Seen.init) == [.deliver(7, [1, 2, 3])])
        // Where nothing runs the connection closes after that.
        var idle = ServerHelloTests.met([.fragments])
        _ = idle.received(Self.frame(3, .request, .more, [1]))
        #expect(try idle.beginDraining().map(Seen.init) == [.answer(3, .unavailable, isRefused: true), .close])
    }

    @Test("are let go when their stream ends, in whatever way, and their credit is given back at their end")
    func ended() throws {
        let ends: [(inout ServerConnection) -> Void] = [
            { _ = $0.end(StreamID(rawValue: 3), with: RPCError(.aborted, "over")) },
            { _ = $0.handlerEnded(StreamID(rawValue: 3), with: .success([])) },
            { _ = $0.received(ControlFrame.cancel(StreamID(rawValue: 3), .cancelled).frame) },
        ]
        for end in ends {
            var connection = Self.narrow()
            _ = connection.received(Self.frame(3, .data, .more, [1, 2]))
            #expect(connection.unfinishedByteCount == 2)
            end(&connection)
            #expect(connection.unfinishedByteCount == 0)
            let last = try connection.received(Self.frame(3, .data, [], [3])).map(Seen.init)
            #expect(last == [.control(.window(.control, 13))])
        }
    }

    @Test("cost their credit as a whole, and need some to begin")
    func credit() throws {
        var connection = Self.narrow()
        let long = Self.frame(3, .data, [], [UInt8](repeating: 0, count: 100_000))
        let actions = Self.pieces(long, of: 30_000).flatMap { connection.received($0) }
        guard case .deliver(_, _, 100_010) = actions.first, actions.count == 1 else { return #expect(Bool(false), "\(actions)") }
        #expect(try connection.received(Self.frame(3, .data, .more, [])).map(Seen.init).last == .breakOff(.resourceExhausted))
    }

    // MARK: - The client's side

    @Test("come to the caller as a whole")
    func client() {
        var connection = ClientHelloTests.met()
        _ = connection.send(ClientHelloTests.request, as: 1)
        _ = connection.send(ClientHelloTests.request, as: 2, kind: .serverStreaming)
        let answer = Self.pieces(ClientHelloTests.answer(3, .success([UInt8](repeating: 7, count: 50))), of: 9)
        let data = Self.pieces(Self.frame(5, .data, .remoteClosed, [UInt8](repeating: 8, count: 40)), of: 9)
        var actions: [ClientConnection.Action] = []
        for index in 0..<max(answer.count, data.count) {
            if index < answer.count { actions += connection.received(answer[index]) }
            if index < data.count { actions += connection.received(data[index]) }
        }
        guard actions.count == 3, case .deliver(2, let message, 50) = actions[0], case .end(2, nil) = actions[1],
            case .finish(1, .success(let payload)) = actions[2]
        else { return #expect(Bool(false), "\(actions)") }
        #expect(message.count == 40 && payload.count == 50)
    }

    @Test("that nobody waits for any more are dropped, and the credit of data is given back at their end")
    func late() {
        var connection = ClientHelloTests.met()
        _ = connection.send(ClientHelloTests.request, as: 1, kind: .serverStreaming)
        _ = connection.received(Self.frame(3, .data, .more, [1, 2]))
        #expect(connection.agreement.reassembly?.keptBytes == 2)
        _ = connection.abandon(1)
        #expect(connection.agreement.reassembly?.keptBytes == 0)
        let last = ClientHelloTests.written(connection.received(Self.frame(3, .data, [], [3])))
        #expect(last == [ControlFrame.window(.control, 13).frame])
        #expect(connection.received(Self.frame(3, .response, .more, [1])).isEmpty)
        #expect(connection.received(Self.frame(3, .response, [], [1])).isEmpty)
        // The same of a call that the server has cancelled.
        _ = connection.send(ClientHelloTests.request, as: 2)
        _ = connection.received(Self.frame(5, .response, .more, [1, 2]))
        _ = connection.received(ControlFrame.cancel(StreamID(rawValue: 5), .cancelled).frame)
        #expect(connection.agreement.reassembly?.keptBytes == 0)
        #expect(connection.received(Self.frame(5, .response, [], [1])).isEmpty)
    }

    @Test("that are too long together end their call, once")
    func tooLongForClient() {
        var connection = ClientConnection(maximumMessageBytes: 16_384, features: .all)
        _ = connection.hello()
        _ = connection.received(ClientHelloTests.hello())
        _ = connection.send(ClientHelloTests.request, as: 1)
        let long = Self.pieces(Self.frame(3, .response, [], [UInt8](repeating: 0, count: 20_000)), of: 9000)
        let actions = long.map { connection.received($0) }
        guard actions[0].isEmpty, case .finish(1, .failure(let error)) = actions[1].first, actions[2].isEmpty else {
            return #expect(Bool(false), "\(actions)")
        }
        #expect(error.code == .resourceExhausted)
    }

    @Test("lose a server that puts them into one another its connection")
    func mixedAtClient() {
        var connection = ClientHelloTests.met()
        _ = connection.send(ClientHelloTests.request, as: 1, kind: .serverStreaming)
        _ = connection.received(Self.frame(3, .data, .more, [1]))
        let actions = connection.received(ClientHelloTests.answer(3, .success([])))
        guard case .close = actions.last else { return #expect(Bool(false), "it goes on") }
    }
}
