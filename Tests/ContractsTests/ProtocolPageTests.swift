import Contracts
import Foundation
import Testing
import Wire

/// The example in `proto/PROTOCOL.md` beside what the code makes.
@Suite("The protocol's page")
struct ProtocolPageTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "proto/PROTOCOL.md")

    /// The bytes of an example; what follows a number sign is for people.
    private func example(_ name: String) throws -> [UInt8] {
        let lines = try String(contentsOf: Self.page, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "```hex \(name)"))
        let block = lines[(start + 1)...].prefix { $0 != "```" }
        return try block.flatMap { $0.prefix { $0 != "#" }.split(separator: " ") }.map { try #require(UInt8($0, radix: 16)) }
    }

    private let service = "huleedu.cj.v1.CJAssessment"

    private var request: RequestEnvelope {
        get throws {
            RequestEnvelope(
                method: WireV1.HealthServer.check, payload: try WireV1.HealthCheckRequest(service: service).encoded(),
                timeoutNanoseconds: 5_000_000_000, metadata: Metadata([("trace-id", "7f3a")]))
        }
    }

    @Test("shows the request that a client writes")
    func requestBytes() throws {
        var client = ClientConnection()
        guard case .write(let frame) = client.send(try request, as: 1).first else {
            return #expect(Bool(false), "a request is written")
        }
        #expect(try frame.encoded() == example("request"))
    }

    @Test("shows the answer that a server writes to that request")
    func answerBytes() async throws {
        struct Health: WireV1.HealthService {
            func check(
                _ request: WireV1.HealthCheckRequest, context: ServerContext
            ) async throws -> WireV1.HealthCheckResponse {
                WireV1.HealthCheckResponse(status: request.service == "huleedu.cj.v1.CJAssessment" ? .serving : .notServing)
            }

            func watch(
                _ request: WireV1.HealthCheckRequest, to responses: MessageSender<WireV1.HealthCheckResponse>,
                context: ServerContext
            ) async throws {}
        }
        let envelope = try RequestEnvelope(decoding: Array(example("request").dropFirst(FrameHeader.byteCount)))
        let router = Router([WireV1.HealthServer(Health())]) { _, _ in }
        let context = ServerContext(
            method: envelope.method, metadata: envelope.metadata, deadline: .after(.seconds(5)), peer: "test")
        let answer = await router.answer(
            envelope.payload, by: router.route(of: context.method), context: context)
        let frame = Frame(stream: StreamID(rawValue: 1), type: .response, payload: answer.encoded())
        #expect(try frame.encoded() == example("answer"))
    }

    @Test("shows the refusal that a server writes while it shuts down")
    func refusalBytes() throws {
        var server = ServerConnection()
        _ = server.beginDraining()
        let frame = Frame(stream: StreamID(rawValue: 1), type: .request, payload: try request.encoded())
        guard case .write(let answer) = server.received(frame).first else {
            return #expect(Bool(false), "a refusal is written")
        }
        #expect(try answer.encoded() == example("refusal"))
    }

    @Test("shows the request of a stream as a client writes it, and what a server sends on it to the end")
    func streamBytes() throws {
        let stream = StreamID(rawValue: 3)
        let follow = RequestEnvelope(
            method: EventsV1.EventFeedServer.follow,
            payload: try EventsV1.FollowRequest(afterPosition: 41, limit: 10).encoded())
        var client = ClientConnection()
        _ = client.send(try request, as: 1)
        guard case .write(let frame) = client.send(follow, as: 2, kind: .serverStreaming).first else {
            return #expect(Bool(false), "a request is written")
        }
        #expect(try frame.encoded() == example("follow"))
        var server = ServerConnection()
        _ = server.received(frame)
        let sent = try server.send(EventsV1.FollowResponse(partitions: 1).encoded(), on: stream) + server.streamEnded(stream)
        let bytes = sent.map { action in
            guard case .write(let frame) = action else { return [UInt8]() }
            return frame.encoded()
        }
        #expect(try bytes == [example("heartbeat"), example("end")])
    }
}
