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
}
