import Contracts
import Testing
import Wire

@testable import WireDump

@Suite("Fixtures of calls")
struct FixtureTests {
    private let codec: FixtureCodec
    private let schema: MessageSchema

    init() throws {
        schema = try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet)
        codec = FixtureCodec(schema: schema)
    }

    private static let get = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: "GetAssessment")

    private func call(_ messages: [(Side, [UInt8])], _ status: StatusCode = .ok) -> Call {
        let peers = Call.Peers(
            connection: 1, client: Endpoint(address: [127, 0, 0, 1], port: 1), server: Endpoint(address: [127, 0, 0, 1], port: 2))
        var call = Call(id: Call.ID(connection: 1, stream: StreamID(rawValue: 1)), peers: peers, begin: 0, end: 1)
        call.method = Self.get
        call.metadata = Metadata([("tenant", "school"), ("authorization", "Bearer secret")])
        for (side, bytes) in messages { _ = call.note(bytes, from: side, at: 0, .messages) }
        call.outcome = .answered(status, message: "")
        return call
    }

    @Test("a call that was recorded is a line that says the same, without its token")
    func recorded() throws {
        let request = try CJV1.GetAssessmentRequest(assessmentID: "class-7").encoded()
        let answer = try CJV1.GetAssessmentResponse(
            progress: CJV1.AssessmentProgress(assessmentID: "class-7", revision: 1 << 60, reliability: 0.1),
            suspectEssays: [CJV1.SuspectEssay(essayID: "é")]
        ).encoded()
        let line = try #require(codec.line(call([(.client, request), (.server, answer)])))
        #expect(!line.contains("\n") && !line.contains("secret"))
        let fixture = try codec.fixture(line)
        #expect(fixture.method == Self.get && fixture.kind == nil && fixture.status == .ok)
        #expect(fixture.metadata == Metadata([("tenant", "school")]))
        #expect(fixture.requests == [request])
        #expect(codec.differences(between: fixture, and: CallAnswer(status: .ok, answers: [answer])) == [])
        // The bytes of the encoder are others, perhaps, and mean the same.
        #expect(codec.differences(between: fixture, and: CallAnswer(status: .ok, answers: fixture.answerBytes)) == [])
    }

    @Test("bytes are kept whatever they hold")
    func bytes() throws {
        let reply = CJV1.StartAssessmentRequest(assessmentID: "x", essays: [CJV1.Essay(id: "a", text: Array(0...255))])
        var start = call([(.client, try reply.encoded()), (.server, [])])
        start.method = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: "StartAssessment")
        let fixture = try codec.fixture(try #require(codec.line(start)))
        #expect(try CJV1.StartAssessmentRequest(decoding: fixture.requests[0]) == reply)
    }

    @Test("of a call that is not whole, or that the contracts do not know, there is no line")
    func incomplete() throws {
        var unanswered = call([(.client, [])])
        unanswered.outcome = .unanswered
        #expect(codec.line(unanswered) == nil)
        var dropped = call([(.client, []), (.server, [])])
        dropped.received.messages += 1
        #expect(codec.line(dropped) == nil)
        // Field 999 is in no contract.
        #expect(codec.line(call([(.client, []), (.server, [0xB8, 0x3E, 1])])) == nil)
        var unknown = call([(.client, []), (.server, [])])
        unknown.method = MethodDescriptor(service: "a.Service", method: "Do")
        #expect(codec.line(unknown) == nil)
    }

    @Test(
        "a line that is none says which field and what was expected",
        arguments: [
            ("", "expected a JSON object"), ("[]", "expected a JSON object"),
            (#"{"method": 5}"#, "method: expected SERVICE/METHOD"), ("{}", "method: expected SERVICE/METHOD"),
            (#"{"method": "a.B/C"}"#, "method: the contracts do not have a.B/C"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "answer": []}"#, "answer: expected answers, ignore, metadata"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "requests": {}}"#, "requests: expected an array"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "requests": [{}, {}]}"#, "requests: expected one"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "requests": [{"service": 5}]}"#, "requests[0].service: expected text"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "answers": [{"nothing": 5}]}"#, "answers[0].nothing:"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "status": "FINE"}"#, "status: expected the name of a status"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "metadata": {"a": 5}}"#, "metadata.a: expected text"),
            (#"{"method": "huleedu.wire.v1.Health/Check", "ignore": "a"}"#, "ignore: expected an array"),
        ])
    func faults(line: String, expectation: String) {
        let fault = #expect(throws: FixtureFault.self) { try codec.fixture(line) }
        #expect(fault?.description.hasPrefix(expectation) == true, "\(fault.debugDescription)")
    }

    @Test("tells where an answer differs, but for what may")
    func differences() throws {
        let fixture = try codec.fixture(
            #"""
            {"method": "huleedu.cj.v1.CJAssessment/GetAssessment", "answers": [{"progress": {"revision": 5, "essays": 3}, "grades": ["A", "B"]}],
                "ignore": ["progress.revision"]}
            """#)
        func lines(
            _ response: CJV1.GetAssessmentResponse, ignoring: Set<String> = [], redaction: Redaction = Redaction(showsAll: true)
        ) throws -> [String] {
            codec.differences(
                between: fixture, and: CallAnswer(status: .ok, answers: [try response.encoded()]), ignoring: ignoring,
                redaction: redaction)
        }
        let same = CJV1.GetAssessmentResponse(progress: CJV1.AssessmentProgress(revision: 6, essays: 3), grades: ["A", "B"])
        #expect(try lines(same) == [])
        var other = same
        other.grades = ["A", "C", "D"]
        other.progress?.essays = 4
        other.progress?.judged = 1
        #expect(
            try lines(other) == [
                #"answers[0].grades[1]: expected "B", got "C""#, "answers[0].grades: expected 2, got 3",
                "answers[0].progress.essays: expected 3, got 4", "answers[0].progress.judged: expected none, got 1",
            ])
        #expect(try lines(other, ignoring: ["grades", "essays", "judged"]) == [])
        // Texts are hidden unless they are asked for; what the contracts name is not.
        var ended = other
        ended.progress?.state = .completed
        let hidden = try lines(ended, redaction: Redaction()).joined()
        #expect(hidden.contains("grades[1]: expected hidden: 1 bytes") && !hidden.contains("\"C\""))
        #expect(hidden.contains("ASSESSMENT_STATE_COMPLETED") && hidden.contains("essays: expected 3, got 4"))
        #expect(
            codec.differences(between: fixture, and: CallAnswer(status: .notFound, message: "none", answers: []))
                == [#"status: expected OK, got NOT_FOUND "none""#])
        #expect(codec.differences(between: fixture, and: CallAnswer(status: .ok, answers: [])) == ["answers: expected 1, got 0"])
    }

    @Test("tells at most twenty differences, and how many more there are")
    func manyDifferences() {
        let numbers = JSONValue.array((0..<21).map { .integer($0) })
        let others = JSONValue.array((0..<21).map { .integer($0 + 1) })
        let lines = JSONComparison().differences(numbers, others, at: "x").lines(\.path)
        #expect(lines.count == 21 && lines.last == "and 1 more differences")
        let (twenty, otherTwenty) = (
            JSONValue.array((0..<20).map { .integer($0) }), JSONValue.array((0..<20).map { .integer($0 + 1) })
        )
        #expect(JSONComparison().differences(twenty, otherTwenty, at: "x").lines(\.path).last == "x[19]")
    }

    @Test("calls are answered in their order, and the last answer again")
    func answers() throws {
        let lines = [("a", 1), ("b", 5), ("a", 2)].map { id, revision in
            #"""
            {"method": "huleedu.cj.v1.CJAssessment/GetAssessment", "requests": [{"assessment_id": "\#(id)"}],
                "answers": [{"progress": {"revision": \#(revision)}}]}
            """#
        }
        var recorded = RecordedAnswers(try lines.map { try codec.fixture($0) }, schema: schema)
        func revision(_ id: String) throws -> UInt64? {
            let fixture = recorded.answer(Self.get, [try CJV1.GetAssessmentRequest(assessmentID: id).encoded()])
            return try fixture.map { try CJV1.GetAssessmentResponse(decoding: $0.answerBytes[0]).progress?.revision ?? 0 }
        }
        #expect(try [revision("a"), revision("a"), revision("b"), revision("a"), revision("b")] == [1, 2, 5, 2, 5])
        #expect(try revision("c") == nil)
        #expect(recorded.answer(MethodDescriptor(service: "a.B", method: "C"), [[]]) == nil)
    }
}
