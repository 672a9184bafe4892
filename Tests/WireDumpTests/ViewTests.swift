import Contracts
import Testing
import Wire

@testable import WireDump

@Suite("Views")
struct ViewTests {
    private static let essay = "The sea was grey, and nobody in the harbour spoke of it."
    private static let secret = "Bearer 5ecret-t0ken"
    private static let upload = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: "UploadEssays")
    private static let follow = MethodDescriptor(service: "huleedu.events.v1.EventFeed", method: "Follow")

    private static func packets() throws -> [CapturedPacket] {
        var traffic = Conversation()
        let essays = [
            CJV1.Essay(id: "anna-lind.txt", text: Array(essay.utf8)),
            CJV1.Essay(id: "two", text: Array(essay.utf8), anchorGrade: "B"),
        ]
        traffic.request(
            1, upload, try CJV1.UploadEssaysRequest(assessmentID: "a-1", essays: essays).encoded(),
            metadata: Metadata([("authorization", secret), ("traceparent", "00-7f3a")]))
        traffic.respond(1, .success(try CJV1.UploadEssaysResponse(essays: 2).encoded()), after: 3_000_000)
        traffic.request(3, follow, try EventsV1.FollowRequest(afterPosition: 41, limit: 10).encoded(), flags: .remoteClosed)
        let reply = LLMV1.Result(requestID: "r-1", outcome: .reply(LLMV1.Reply(json: Array(essay.utf8))), model: "m")
        let event = EventsV1.Event(
            position: 42, type: "huleedu.events.v1.LLMRequestFinished",
            payload: try EventsV1.LLMRequestFinished(result: reply).encoded())
        traffic.message(3, try EventsV1.FollowResponse(events: [event], partitions: 1).encoded(), from: .server)
        traffic.end(3, from: .server)
        // A message that the contracts do not know, and one that is none.
        traffic.request(
            5, MethodDescriptor(service: "other.Service", method: "Do"), [0x0A, UInt8(essay.utf8.count)] + Array(essay.utf8))
        traffic.respond(5, .failure(RPCError(.unimplemented, "no service")))
        traffic.request(7, upload, Array(essay.utf8))
        traffic.respond(7, .failure(RPCError(.invalidArgument, "no message")))
        return traffic.packets
    }

    @Test(
        "hide essays, keys and whatever else people write, in every view and format", arguments: View.allCases,
        OutputFormat.allCases)
    func redaction(view: View, format: OutputFormat) throws {
        let lines = try Reading.lines(try Self.packets(), view, format)
        // Fixtures hold everything, or there are none.
        #expect(lines.isEmpty == (view == .fixtures))
        for line in lines {
            for word in ["harbour", "5ecret", "\"B\"", "anna"] { #expect(!line.contains(word)) }
        }
    }

    @Test("show with everything asked for what they hide otherwise, and by name what is named")
    func shown() throws {
        let all = try Reading.lines(try Self.packets(), .messages, redaction: Redaction(showsAll: true, key: [1])).joined()
        #expect(all.contains(Self.essay) && all.contains(Self.secret))
        let named = try Reading.lines(try Self.packets(), .messages, redaction: Redaction(showing: ["text"], key: [1])).joined()
        #expect(named.contains(Self.essay) && !named.contains(Self.secret))
    }

    @Test(
        "show what identifies or classifies, and not the ids of essays, which are often names",
        arguments: [
            ("assessment_id", false), ("request_id", false), ("item_ids", false), ("model", false), ("traceparent", false),
            ("essay_id", true), ("first_essay_id", true), ("essay_ids", true), ("id", true), ("text", true),
            ("authorization", true),
            ("rationale", true), ("key", true), ("1", true), ("", true),
        ])
    func names(field: String, isHidden: Bool) {
        #expect(Redaction().hides(field) == isHidden)
        #expect(!Redaction(showing: [field]).hides(field) && !Redaction(showsAll: true).hides(field))
    }

    @Test("give equal texts an equal hash within a run, and another one in the next")
    func hashes() throws {
        func hashes(_ redaction: Redaction) throws -> [Substring] {
            let text = try Reading.lines(try Self.packets(), .messages, redaction: redaction).joined()
            return text.split(separator: "hidden: 56 bytes, ").dropFirst().map { $0.prefix(8) }
        }
        let known = try hashes(Redaction(key: [1]))
        #expect(known.count >= 3 && Set(known).count == 1)
        #expect(try hashes(Redaction()).first != known.first)
        #expect(try Set(hashes(Redaction())) != Set(hashes(Redaction())))
    }

    @Test("tell messages by their contract, those within events too")
    func decoded() throws {
        let lines = try Reading.lines(try Self.packets(), .messages)
        #expect(lines.contains { $0.hasPrefix("    traceparent: \"00-7f3a\"") })
        #expect(lines.contains { $0.contains(#"{"assessment_id":"a-1","essays":[{"id":"hidden: 13 bytes"#) })
        #expect(lines.contains { $0.contains(#"<- +3.000 ms  {"essays":2}"#) })
        #expect(lines.contains { $0.contains(#"{"after_position":"41","limit":10}"#) })
        #expect(lines.contains { $0.contains(#""payload":{"result":{"request_id":"r-1","#) && $0.contains(#""model":"m""#) })
        #expect(lines.contains { $0.contains(#"-> +0 ns  {"1":"hidden: 56 bytes"#) })
        #expect(lines.contains { $0.contains(#"-> +0 ns  "hidden: 56 bytes"#) })
    }

    @Test("have a line for each call, as text, JSON and CSV")
    func calls() throws {
        let packets = try Self.packets()
        let text = try Reading.lines(packets, .calls)
        #expect(
            text.count == 4
                && text[0].hasPrefix("00:00:01.001000  #1/1  huleedu.cj.v1.CJAssessment/UploadEssays  OK  3.000 ms  ->1 "))
        let csv = try Reading.lines(packets, .calls, .csv)
        #expect(csv[0] == CallLine.csvHeader && csv.count == 5)
        #expect(csv.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 12 })
        #expect(
            csv[1].hasPrefix("1001000000,1,1,10.0.0.1:40000,10.0.0.2:7100,huleedu.cj.v1.CJAssessment/UploadEssays,OK,3000000,1,"))
        let json = try Reading.lines(packets, .calls, .json)
        #expect(json.count == 4)
        #expect(json[0].hasPrefix(#"{"time_ns":1001000000,"connection":1,"stream":1,"client":"10.0.0.1:40000","#))
        #expect(json[2].contains(#""status":"UNIMPLEMENTED","message":"no service""#))
    }

    @Test("have a line for each frame")
    func frames() throws {
        let packets = try Self.packets()
        let text = try Reading.lines(packets, .frames)
        #expect(text.count == 9 && text[2].hasSuffix("B  closed") && text[4].contains("<- data  0 B  closed no-data"))
        let csv = try Reading.lines(packets, .frames, .csv)
        #expect(
            csv[0] == "time_ns,connection,stream,from,type,flags,bytes" && csv[5] == "1007000000,1,3,server,data,closed no-data,0"
        )
        let json = try Reading.lines(packets, .frames, .json)
        #expect(
            json[4]
                == #"{"time_ns":1007000000,"connection":1,"stream":3,"from":"server","type":"data","flags":["closed","no-data"],"bytes":0}"#
        )
    }

    @Test("say what a frame says that is about a connection")
    func controlFrames() throws {
        var traffic = Conversation()
        let last = GoAway(lastAccepted: StreamID(rawValue: 5), code: .unavailable, grace: .seconds(30), reason: "a\u{1B}b")
        traffic.send(ControlFrame.ping(0xAB).frame, from: .client)
        traffic.send(ControlFrame.pong(0xAB).frame, from: .server)
        traffic.send(ControlFrame.goAway(last).frame, from: .server)
        traffic.send(ControlFrame.cancel(StreamID(rawValue: 7), .deadlineExceeded).frame, from: .client)
        traffic.send(Frame(stream: .control, type: .goAway, payload: [1]), from: .server)
        let text = try Reading.lines(traffic.packets, .frames)
        let endings = [
            "#1/4294967295  -> ping  8 B  ab", "#1/4294967295  <- pong  8 B  ab",
            #"#1/4294967295  <- go-away  15 B  UNAVAILABLE after stream 5, grace 30.000 s: a\u{1b}b"#,
            "#1/7  -> cancel  4 B  DEADLINE_EXCEEDED", "#1/4294967295  <- go-away  1 B",
        ]
        #expect(text.count == endings.count)
        for (line, ending) in zip(text, endings) { #expect(line.hasSuffix(ending)) }
        let json = try Reading.lines(traffic.packets, .frames, .json)
        #expect(json[3].hasSuffix(#""type":"cancel","flags":[],"bytes":4,"content":"DEADLINE_EXCEEDED"}"#))
    }

    @Test("have a line for each method")
    func statistics() throws {
        let csv = try Reading.lines(try Self.packets(), .statistics, .csv)
        #expect(csv.count == 4)
        #expect(csv[1].hasPrefix("huleedu.cj.v1.CJAssessment/UploadEssays,2,1,0,"))
        let text = try Reading.lines(try Self.packets(), .statistics)
        #expect(text.count == 4 && Set(text.map(\.count)).count == 1)
    }

    @Test("do not let a peer's names write on the terminal or into another column")
    func hostileNames() throws {
        var traffic = Conversation()
        traffic.request(1, MethodDescriptor(service: "a\u{1B}[2J", method: "x,\"y\n"), [])
        for view in View.allCases {
            for line in try OutputFormat.allCases.flatMap({ try Reading.lines(traffic.packets, view, $0) }) {
                #expect(!line.unicodeScalars.contains { $0.value < 32 })
            }
        }
        #expect(try Reading.lines(traffic.packets, .calls, .csv)[1].contains(#","""a\u001b[2J/x,\""y\n""","#))
    }
}
