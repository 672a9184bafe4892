import Testing
import Wire

@testable import WireDump

@Suite("Calls whose messages were captured in pieces")
struct PieceTests {
    private static let method = MethodDescriptor(service: "a.Service", method: "Get")

    @Test("are put together before anything is made of them, with others between their pieces")
    func wholeness() throws {
        let payload = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let request = RequestEnvelope(method: Self.method, payload: payload).encoded()
        let response = ResponseEnvelope.success(payload).encoded()
        var traffic = Conversation()
        let hello = Hello(features: .all, maximumFrameBytes: 4 << 20).encoded()
        traffic.request(1, Hello.method, hello)
        traffic.respond(1, .success(hello))
        var queue = FragmentQueue()
        for stream: UInt32 in [3, 5] {
            _ = queue.add(Frame(stream: StreamID(rawValue: stream), type: .request, payload: request))
        }
        while let piece = queue.next() { traffic.send(piece, from: .client) }
        for stream: UInt32 in [3, 5] {
            _ = queue.add(Frame(stream: StreamID(rawValue: stream), type: .response, payload: response))
        }
        while let piece = queue.next() { traffic.send(piece, from: .server) }
        let reading = Reading(traffic.packets)
        let calls = reading.calls.filter { $0.method == Self.method }
        #expect(calls.count == 2 && reading.strays.isEmpty)
        for call in calls {
            #expect(call.messages.map(\.bytes) == [payload, payload] && call.outcome == .answered(.ok, message: ""))
        }
        // Each piece is shown for itself.
        #expect(reading.frames.count == 2 + 4 * 4)
    }

    /// A request in two pieces.
    private static func pieces(_ stream: UInt32) -> (first: Frame, last: Frame) {
        let bytes = RequestEnvelope(method: LintTests.get, payload: []).encoded()
        let id = StreamID(rawValue: stream)
        return (
            Frame(stream: id, type: .request, flags: .more, payload: Array(bytes.prefix(9))),
            Frame(stream: id, type: .request, payload: Array(bytes.dropFirst(9)))
        )
    }

    private static func rules(_ body: (inout Conversation) -> Void) throws -> [LintRule] {
        var traffic = Conversation()
        LintTests.greet(&traffic, StreamWindows())
        body(&traffic)
        traffic.close()
        return try LintTests.findings(traffic.packets).map(\.rule)
    }

    @Test("take their streams with their first piece, whenever they end")
    func order() throws {
        let late = try Self.rules {
            $0.send(Self.pieces(3).first, from: .client)
            $0.request(5, LintTests.get, [])
            $0.send(Self.pieces(3).last, from: .client)
            $0.respond(3, .success([]))
            $0.respond(5, .success([]))
        }
        #expect(late.isEmpty)
        for (stream, rule) in [(3, .streamOutOfOrder), (5, .streamTakenAgain)] as [(UInt32, LintRule)] {
            let rules = try Self.rules {
                $0.request(5, LintTests.get, [])
                $0.respond(5, .success([]))
                $0.send(Self.pieces(stream).first, from: .client)
                $0.send(Self.pieces(stream).last, from: .client)
                $0.respond(stream, .success([]))
            }
            #expect(rules == [rule])
        }
    }

    @Test("that are cancelled before their end are owed no answer, and those that are not are")
    func cancelled() throws {
        for isCancelled in [true, false] {
            let rules = try Self.rules {
                $0.send(Self.pieces(3).first, from: .client)
                if isCancelled { $0.send(ControlFrame.cancel(StreamID(rawValue: 3), .cancelled).frame, from: .client) }
                $0.send(Self.pieces(3).last, from: .client)
            }
            #expect(rules == (isCancelled ? [] : [.unanswered]))
        }
    }
}
