import ChildProcesses
import Contracts
import Foundation
import Testing
import Wire

@testable import WireDump

@Suite("The dissector", .timeLimit(.minutes(2)))
struct DissectorTests {
    private static let start = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: "StartAssessment")
    private static let follow = MethodDescriptor(service: "huleedu.events.v1.EventFeed", method: "Follow")

    private static func conversation() throws -> Conversation {
        var traffic = Conversation()
        let request = CJV1.StartAssessmentRequest(
            assessmentID: "class-7", essays: [CJV1.Essay(id: "a\"b\\c", text: [])], seed: 300, gradeSteps: [.minus],
            usesSharesOfScale: true)
        traffic.request(1, start, try request.encoded(), metadata: Metadata([("tenant", "school")]), timeout: 1_500_000_000)
        traffic.respond(1, .success(try CJV1.StartAssessmentResponse(state: .running).encoded()))
        traffic.request(3, follow, try EventsV1.FollowRequest(limit: 10).encoded(), flags: .remoteClosed)
        traffic.message(3, try EventsV1.FollowResponse(partitions: 1).encoded(), from: .server)
        traffic.end(3, from: .server)
        traffic.request(5, follow, [0x0A], flags: .remoteClosed)
        traffic.respond(5, .failure(RPCError(.invalidArgument, "no message")))
        traffic.request(7, MethodDescriptor(service: "a.Service", method: "Do"), [0x08, 5])
        traffic.close()
        return traffic
    }

    /// What tshark makes of the conversation: a line a frame of TCP, with the fields between bars.
    private static func lines(ports: [UInt16], _ packets: [CapturedPacket]) async throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dissector-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let schema = try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet)
        let (script, capture) = (folder.appending(path: "huleedu.lua"), folder.appending(path: "capture.pcapng"))
        try Data(LuaDissector(schema, ports: ports).text.utf8).write(to: script)
        try Data(PcapngWriter.header(link: SegmentWriter.link) + packets.flatMap(PcapngWriter.packet)).write(to: capture)
        let fields = ["stream", "type", "method", "timeout", "metadata", "status", "status.message", "message", "field"]
        let tshark = try ChildProcess(
            [
                "tshark", "-X", "lua_script:\(script.path)", "-r", capture.path, "-Y", "huleedu", "-T", "fields", "-E",
                "separator=|",
            ] + fields.flatMap { ["-e", "huleedu.\($0)"] })
        let code = await tshark.wait()
        try FileManager.default.removeItem(at: folder)
        #expect(code == 0)
        return tshark.printed.split(separator: "\n").map(String.init)
    }

    @Test(
        "shows frames, envelopes and messages in Wireshark, by the port or by how a connection begins",
        arguments: [[7100], []] as [[UInt16]])
    func shown(ports: [UInt16]) async throws {
        let (start, follow) = ("huleedu.cj.v1.CJAssessment/StartAssessment", "huleedu.events.v1.EventFeed/Follow")
        let lines = try await Self.lines(ports: ports, try Self.conversation().packets)
        #expect(
            lines == [
                "1|1|\(start)|1.5|tenant: school|||huleedu.cj.v1.StartAssessmentRequest|assessment_id: class-7,"
                    + #"essays (huleedu.cj.v1.Essay),id: a"b\c,seed: 300,grade_steps: 1 bytes of packed numbers,uses_shares_of_scale: true"#,
                "1|2|\(start)|||0||huleedu.cj.v1.StartAssessmentResponse|state: ASSESSMENT_STATE_RUNNING",
                "3|1|\(follow)|||||huleedu.events.v1.FollowRequest|limit: 10",
                "3|3|\(follow)|||||huleedu.events.v1.FollowResponse|partitions: 1", "3|3|\(follow)||||||",
                "5|1|\(follow)|||||huleedu.events.v1.FollowRequest|bytes that are no message",
                "5|2|\(follow)|||3|no message||", "7|1|a.Service/Do|||||of a method that is not known|1: 5",
            ])
    }

    @Test("puts frames together whose packets it gets in pieces")
    func pieces() async throws {
        var writer = SegmentWriter(client: Packets.client, server: Packets.server)
        var packets = writer.open(at: 0)
        let request = RequestEnvelope(method: Self.follow, payload: [0x10, 10]).encoded()
        let bytes = Frame(stream: StreamID(rawValue: 1), type: .request, flags: .remoteClosed, payload: request).bytes
        for start in stride(from: 0, to: bytes.count, by: 20) {
            packets += writer.send(Array(bytes[start..<min(start + 20, bytes.count)]), from: .client, at: 1)
        }
        let lines = try await Self.lines(ports: [7100], packets)
        #expect(lines == ["1|1|huleedu.events.v1.EventFeed/Follow|||||huleedu.events.v1.FollowRequest|limit: 10"])
    }

    @Test("writes names so that nothing in them is Lua")
    func quoted() {
        #expect(LuaDissector.quoted("a.b") == #""a.b""#)
        #expect(LuaDissector.quoted("\"]] \\ é\n") == #""\034]] \092 \195\169\010""#)
    }
}
