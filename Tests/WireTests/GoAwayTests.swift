import Testing

@testable import Wire

@Suite("A server that takes no more calls")
struct GoAwayTests {
    private typealias Seen = ServerConnectionTests.Seen

    private static func goAway(_ last: UInt32, _ code: StatusCode = .unavailable) -> Frame {
        ControlFrame.goAway(GoAway(lastAccepted: StreamID(rawValue: last), code: code, reason: "because")).frame
    }

    // MARK: - The server's side

    @Test("says which was the last it has taken and how long what runs has, refuses what comes, and lets its client close")
    func server() throws {
        var connection = ServerHelloTests.met()
        for stream: UInt32 in [3, 9] { _ = connection.received(ServerConnectionTests.frame(stream)) }
        // Not taken: an even stream, and one that is in use.
        for stream: UInt32 in [12, 9] { _ = connection.received(ServerConnectionTests.frame(stream)) }
        let said = try ServerHelloTests.control(connection.beginDraining(grace: .seconds(30)))
        let last = StreamID(rawValue: 9)
        #expect(
            said == [
                .goAway(
                    GoAway(lastAccepted: last, code: .unavailable, grace: .seconds(30), reason: "the server is shutting down"))
            ])
        #expect(connection.beginDraining().isEmpty)
        let refused = try connection.received(ServerConnectionTests.frame(11)).map(Seen.init)
        #expect(refused == [.answer(11, .unavailable, isRefused: true)])
        #expect(
            try connection.handlerEnded(StreamID(rawValue: 3), with: .success([])).map(Seen.init) == [
                .answer(3, .ok, isRefused: false)
            ])
        let end = try connection.handlerEnded(last, with: .success([])).map(Seen.init)
        #expect(end == [.answer(9, .ok, isRefused: false), .closeAfterClient])
    }

    @Test("has taken Hello where it has taken nothing else, and says nothing to a client that would not understand")
    func idle() throws {
        var connection = ServerHelloTests.met()
        guard case .control(.goAway(let goAway)) = try connection.beginDraining().map(Seen.init).first else {
            return #expect(Bool(false), "nothing was said")
        }
        #expect(goAway.lastAccepted.rawValue == 1)
        for var plain in [ServerConnection(), ServerHelloTests.met([.ping, .cancel])] {
            #expect(try plain.beginDraining().map(Seen.init) == [.close])
        }
        var gone = ServerHelloTests.met()
        _ = gone.closed()
        #expect(gone.beginDraining().isEmpty)
    }

    @Test("is not what a client is that says so")
    func fromClient() {
        var connection = ServerHelloTests.met()
        #expect(connection.received(Self.goAway(0)).isEmpty)
        guard case .start = connection.received(ServerConnectionTests.frame(3)).first else {
            return #expect(Bool(false), "the next call was refused")
        }
    }

    // MARK: - The client's side

    private func connection(calls: Int) -> ClientConnection {
        var connection = ClientHelloTests.met()
        for call in 0..<calls {
            _ = connection.send(ClientHelloTests.request, as: UInt64(call), kind: call == 2 ? .serverStreaming : nil)
        }
        return connection
    }

    private func unseen(_ actions: [ClientConnection.Action]) -> [UInt64] {
        actions.compactMap { if case .unseen(let call) = $0 { call } else { nil } }
    }

    private func isRetired(_ actions: [ClientConnection.Action]) -> Bool {
        actions.contains { if case .retire = $0 { true } else { false } }
    }

    @Test("has seen the calls up to the last, and no others", arguments: 0...9)
    func client(last: Int) {
        // Calls 0 to 3 are on streams 3 to 9.
        var connection = connection(calls: 4)
        let actions = connection.received(Self.goAway(UInt32(last)))
        let expected = (0..<4).filter { 3 + 2 * $0 > last }.map(UInt64.init)
        #expect(unseen(actions) == expected)
        #expect(isRetired(actions) && connection.isExhausted)
        #expect(connection.callCount == 4 - expected.count)
        // What still comes of them is nothing to anybody; what was seen has its answer.
        for call in 0..<4 {
            let isSeen = !connection.received(ClientHelloTests.answer(UInt32(3 + 2 * call), .success([]))).isEmpty
            #expect(isSeen == !expected.contains(UInt64(call)))
        }
    }

    @Test("may say so again: what it has not seen stays unseen, and it is told of once")
    func twice() {
        var connection = connection(calls: 4)
        #expect(unseen(connection.received(Self.goAway(7))) == [3])
        let lower = connection.received(Self.goAway(3))
        #expect(unseen(lower) == [1, 2] && !isRetired(lower))
        let higher = connection.received(Self.goAway(.max))
        #expect(higher.isEmpty)
        #expect(connection.callCount == 1)
    }

    @Test("gives its reason to the calls that it ends, where it was not only shutting down")
    func reason() {
        for (code, expected) in [(StatusCode.resourceExhausted, "the server broke off: because"), (.unavailable, "lost")] {
            var connection = connection(calls: 1)
            _ = connection.received(Self.goAway(3, code))
            guard case .finish(0, .failure(let error)) = connection.closed(because: "lost").first else {
                return #expect(Bool(false), "the call did not end")
            }
            #expect(error.code == .unavailable && !error.isRefused && error.message == expected)
        }
    }

    @Test("is no server that has not said what it can do")
    func unmet() {
        var plain = ClientConnection(features: .all)
        _ = plain.hello()
        _ = plain.send(ClientHelloTests.request, as: 7)
        #expect(plain.received(Self.goAway(0)).isEmpty && !plain.isExhausted)
        var other = ClientHelloTests.met([.ping, .cancel])
        _ = other.send(ClientHelloTests.request, as: 7)
        #expect(other.received(Self.goAway(0)).isEmpty && !other.isExhausted)
    }
}
