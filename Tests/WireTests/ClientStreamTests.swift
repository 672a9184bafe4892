import Testing

@testable import Wire

/// The edges of streaming calls on a client's connection.
@Suite("A client's connection, streaming")
struct ClientStreamTests {
    private enum Seen: Equatable {
        case write(FrameType, FrameFlags, [UInt8]?)
        case deliver([UInt8])
        case end(StatusCode)
        case finish
        case retire

        init(_ action: ClientConnection.Action) {
            switch action {
            case .write(let frame): self = .write(frame.type, frame.flags, frame.type == .request ? nil : frame.payload)
            case .deliver(_, let message, _): self = .deliver(message)
            case .end(_, let error): self = .end(error?.code ?? .ok)
            case .finish: self = .finish
            case .retire: self = .retire
            case .unseen, .close, .resume: preconditionFailure("a plain server says none of them")
            }
        }
    }

    private static let request = RequestEnvelope(method: MethodDescriptor(service: "s", method: "m"), payload: [1])

    private static func data(_ payload: [UInt8] = [], _ flags: FrameFlags = []) -> Frame {
        Frame(stream: StreamID(rawValue: 1), type: .data, flags: flags, payload: payload)
    }

    private static func answer(_ envelope: ResponseEnvelope) -> Frame {
        Frame(stream: StreamID(rawValue: 1), type: .response, payload: envelope.encoded())
    }

    private func connection(_ kind: StreamKind?) -> ClientConnection {
        var connection = ClientConnection()
        _ = connection.send(Self.request, as: 7, kind: kind)
        return connection
    }

    @Test("says in a request's flags whether more messages follow, and sends them only then")
    func requests() {
        for (kind, flags) in [
            (nil, []), (.serverStreaming, .remoteClosed), (.clientStreaming, .remoteOpen), (.bidirectional, .remoteOpen),
        ] as [(StreamKind?, FrameFlags)] {
            var connection = ClientConnection()
            #expect(connection.send(Self.request, as: 7, kind: kind).map(Seen.init) == [.write(.request, flags, nil)])
            let isOpen = flags == .remoteOpen
            #expect(connection.isOpen(7) == isOpen)
            #expect(connection.send([5], on: 7).map(Seen.init) == (isOpen ? [.write(.data, [], [5])] : []))
            let end = Seen.write(.data, [.remoteClosed, .noData], [])
            #expect(connection.finishSending(on: 7).map(Seen.init) == (isOpen ? [end] : []))
            #expect(connection.finishSending(on: 7).isEmpty && connection.send([6], on: 7).isEmpty)
            #expect(connection.callCount == 1)
        }
    }

    @Test("takes the messages of a stream of answers and its end, however that is said", arguments: StreamKind.allCases)
    func answers(kind: StreamKind) {
        guard kind.serverStreams else { return }
        for (last, expected) in [
            (Self.data([], [.remoteClosed, .noData]), [Seen.end(.ok)]),
            (Self.data([9], .remoteClosed), [.deliver([9]), .end(.ok)]),
            (Self.data([], .remoteClosed), [.deliver([]), .end(.ok)]),
            (Self.data([9], [.remoteClosed, .noData]), [.end(.ok)]),
            (Self.answer(.success([])), [.end(.ok)]),
            (Self.answer(.success([9])), [.deliver([9]), .end(.ok)]),
            (Self.answer(.failure(RPCError(.aborted, "no"))), [.end(.aborted)]),
            (Frame(stream: StreamID(rawValue: 1), type: .response, payload: [0xFF]), [.end(.internal)]),
        ] {
            var connection = connection(kind)
            #expect(connection.received(Self.data([1])).map(Seen.init) == [.deliver([1])])
            #expect(connection.received(Self.data([])).map(Seen.init) == [.deliver([])])
            #expect(connection.received(Self.data([1], .noData)).isEmpty)
            #expect(connection.received(last).map(Seen.init) == expected)
            for late in [Self.data([1]), last] { #expect(connection.received(late).isEmpty) }
            #expect(connection.callCount == 0 && !connection.isOpen(7) && connection.send([1], on: 7).isEmpty)
        }
    }

    @Test("takes the one answer of a stream of requests, an empty one too, and nothing else for it")
    func oneAnswer() {
        for payload in [[], [3]] as [[UInt8]] {
            var connection = connection(.clientStreaming)
            #expect(connection.received(Self.answer(.success(payload))).map(Seen.init) == [.deliver(payload), .end(.ok)])
        }
        var connection = connection(.clientStreaming)
        #expect(connection.received(Self.data([1])).map(Seen.init) == [.end(.internal)])
        #expect(connection.callCount == 0)
    }

    @Test("ignores data for a unary call, and other types for any", arguments: [nil] + StreamKind.allCases.map(Optional.some))
    func strays(kind: StreamKind?) {
        var connection = connection(kind)
        let unknown = Frame(stream: StreamID(rawValue: 1), type: FrameType(rawValue: 0x81), payload: [])
        #expect(connection.received(unknown).isEmpty)
        #expect(connection.receivedOversized(FrameHeader(length: 9, stream: StreamID(rawValue: 1), type: unknown.type)).isEmpty)
        if kind == nil {
            #expect(connection.received(Self.data([1], .remoteClosed)).isEmpty)
            #expect(connection.receivedOversized(FrameHeader(length: 9, stream: StreamID(rawValue: 1), type: .data)).isEmpty)
        }
        #expect(connection.callCount == 1)
    }

    @Test("ends a stream whose message is too long, and every stream of a connection that is lost")
    func ends() {
        for type in [FrameType.data, .response] {
            var connection = connection(.serverStreaming)
            let header = FrameHeader(length: 9, stream: StreamID(rawValue: 1), type: type)
            #expect(connection.receivedOversized(header).map(Seen.init) == [.end(.resourceExhausted)])
        }
        var lost = connection(.bidirectional)
        #expect(lost.closed(because: "lost").map(Seen.init) == [.end(.unavailable)])
        #expect(lost.closed(because: "lost").isEmpty)
    }

    @Test("drops what comes for a stream that was let go, and gives the connection up after sixteen of them, not for unary calls")
    func abandoned() {
        var connection = ClientConnection()
        for call in 1...100 as ClosedRange<UInt64> {
            _ = connection.send(Self.request, as: call)
            #expect(connection.abandon(call).isEmpty)
        }
        for call in 101...116 as ClosedRange<UInt64> {
            _ = connection.send(Self.request, as: call, kind: .serverStreaming)
            #expect(connection.abandon(call).map(Seen.init) == (call == 116 ? [.retire] : []))
            #expect(connection.isExhausted == (call == 116))
            let late = Frame(stream: StreamID(rawValue: UInt32(2 * call - 1)), type: .data, payload: [1])
            #expect(connection.received(late).isEmpty && connection.abandon(call).isEmpty)
        }
        #expect(connection.callCount == 0)
    }
}
