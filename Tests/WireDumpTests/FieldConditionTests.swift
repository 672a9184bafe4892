import Contracts
import Testing
import Wire

@testable import WireDump

@Suite("Conditions on fields")
struct FieldConditionTests {
    private static func schema() throws -> MessageSchema {
        try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet)
    }

    private static func call(_ method: String, _ messages: [(Side, [UInt8])]) -> Call {
        let peers = Call.Peers(connection: 1, client: Packets.client, server: Packets.server)
        var call = Call(id: .init(connection: 1, stream: StreamID(rawValue: 1)), peers: peers, begin: 0, end: 0)
        call.method = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: method)
        call.messages = messages.map { CallMessage(side: $0, nanoseconds: 0, bytes: $1) }
        return call
    }

    @Test(
        "hold of any value at the path, as text and numbers are compared",
        arguments: [
            ("assessment_id=class-7", true), ("assessment_id = class-7", true), ("assessment_id=class-70", false),
            ("assessment_id != class-7", false), ("essays.id=bo", true), ("essays.id=cy", false), ("essays.id!=bo", true),
            ("essays.text contains \"white whale\"", true), ("essays.text contains whales", false),
            ("essays.text contains \"\"", true),
            ("seed=18446744073709551615", true), ("seed > 18446744073709551614", true), ("seed<18446744073709551615", false),
            ("expected_shares>0.7", true), ("expected_shares=0.25", true), ("expected_shares < 0.25", false),
            ("uses_shares_of_scale=true", true), ("uses_shares_of_scale=false", false),
            ("grade_steps=GRADE_STEPS_MINUS", true), ("grade_steps=1", true), ("grade_steps=GRADE_STEPS_UNSPECIFIED", false),
            // What is absent.
            ("max_in_flight=0", true), ("max_in_flight<1", true), ("max_in_flight>0", false), ("tenant=", true),
            ("tenant contains \"\"", true), ("grades=", false), ("judge.model=", false), ("state=ASSESSMENT_STATE_RUNNING", true),
            ("state=ASSESSMENT_STATE_UNSPECIFIED", false),
        ])
    func values(text: String, isHeld: Bool) throws {
        let request = CJV1.StartAssessmentRequest(
            assessmentID: "class-7",
            essays: [CJV1.Essay(id: "anna", text: Array("A white whale.".utf8)), CJV1.Essay(id: "bo", text: [])],
            seed: .max, gradeSteps: [.minus], expectedShares: [0.25, 0.75], usesSharesOfScale: true)
        let call = Self.call(
            "StartAssessment",
            [(.client, try request.encoded()), (.server, try CJV1.StartAssessmentResponse(state: .running).encoded())])
        #expect(try FieldCondition(text, schema: Self.schema()).holds(for: call) == isHeld)
        // Of a call of another method, and of one whose request was missed, nothing holds.
        var other = call
        other.method = MethodDescriptor(service: "a.Service", method: "Do")
        #expect(try !FieldCondition(text, schema: Self.schema()).holds(for: other))
        other.method = nil
        #expect(try !FieldCondition(text, schema: Self.schema()).holds(for: other))
    }

    @Test("do not hold where a message cannot be read, and take the last of a field that comes twice")
    func bytes() throws {
        let condition = try FieldCondition("assessment_id=b", schema: Self.schema())
        for (bytes, isHeld) in [
            ([0x0A, 1, 0x61, 0x0A, 1, 0x62], true), ([0x0A, 1, 0x62, 0x0A, 1, 0x61], false), ([0x0A, 1], false), ([8, 1], false),
        ] as [([UInt8], Bool)] {
            #expect(condition.holds(for: Self.call("StartAssessment", [(.client, bytes)])) == isHeld)
        }
        // The same bytes as an answer, which has no such field.
        #expect(!condition.holds(for: Self.call("StartAssessment", [(.server, [0x0A, 1, 0x62])])))
    }

    @Test(
        "say what is wrong with them",
        arguments: [
            ("essays", "expected FIELD, one of =, !=, <, > and contains, and a value, as essays.id=class-7; 'essays' is none"),
            ("=a", "expected FIELD,"), ("essays..id=a", "expected FIELD,"), ("a~b", "expected FIELD,"),
            ("essays.ids=a", "no request and no answer of the contracts has a field 'essays.ids'"),
            ("seed.x=a", "no request and no answer of the contracts has a field 'seed.x'"),
            ("stopping=a", "stopping: is a message: go on to one of its fields"), ("essays.id<a", "id: < compares numbers"),
            ("seed contains 1", "seed: contains looks into text"),
            ("seed=1.5", "seed: expected a whole number; '1.5' is none"),
            ("expected_shares=half", "expected_shares: expected a number; 'half' is none"),
            ("uses_shares_of_scale=yes", "uses_shares_of_scale: expected true or false; 'yes' is neither"),
            ("grade_steps=FEW", "grade_steps: expected one of GRADE_STEPS_UNSPECIFIED, GRADE_STEPS_MINUS,"),
        ])
    func refused(text: String, reason: String) throws {
        let schema = try Self.schema()
        do throws(FieldCondition.ParseError) {
            _ = try FieldCondition(text, schema: schema)
            Issue.record("'\(text)' is taken")
        } catch {
            #expect(error.description.hasPrefix(reason), "\(error)")
        }
    }

    @Test("are as long as their border allows")
    func length() throws {
        let schema = try Self.schema()
        for (count, reason) in [(32, "no request"), (33, "expected FIELD")] {
            let path = Array(repeating: "a", count: count).joined(separator: ".")
            #expect { try FieldCondition(path + "=1", schema: schema) } throws: { "\($0)".hasPrefix(reason) }
        }
    }

    @Test("and metadata choose calls")
    func filters() throws {
        var call = Self.call("GetAssessment", [(.client, [0x0A, 1, 0x62])])
        call.metadata = Metadata([("tenant", "school-1"), ("tenant", "school-2")])
        for (entries, isAccepted) in [
            ([("tenant", "school-2")], true), ([("tenant", "*1"), ("tenant", "*2")], true), ([("tenant", "school")], false),
            ([("tenants", "*")], false), ([("tenant", "*"), ("other", "*")], false),
        ] as [([(String, String)], Bool)] {
            var filter = CallFilter()
            filter.metadata = entries.map { (key: $0, pattern: $1) }
            #expect(filter.accepts(call) == isAccepted && !filter.acceptsAll)
        }
        for (texts, isAccepted) in [(["assessment_id=b"], true), (["assessment_id=b", "assessment_id=a"], false)] {
            var filter = CallFilter()
            filter.conditions = try texts.map { try FieldCondition($0, schema: Self.schema()) }
            #expect(filter.accepts(call) == isAccepted && !filter.acceptsAll)
        }
    }
}
