import ChildProcesses
import Contracts
import Foundation
import Testing
import Wire

@testable import WireDump

@Suite("Comparing two recordings", .timeLimit(.minutes(1)))
struct RecordingComparisonTests {
    private static let get = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: "GetAssessment")
    private static let watch = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: "WatchAssessment")

    /// A recording of calls that ask for assessments and are told how many essays were judged.
    private struct Recording {
        private var traffic = Conversation()
        private var stream: UInt32 = 1

        mutating func ask(
            _ id: String, of method: MethodDescriptor = get, judged: UInt32 = 0, failing code: StatusCode? = nil,
            taking time: UInt64 = 1_000_000
        ) throws {
            let request = try CJV1.GetAssessmentRequest(assessmentID: id).encoded()
            traffic.request(stream, method, request)
            let answer = CJV1.GetAssessmentResponse(
                progress: CJV1.AssessmentProgress(assessmentID: id, failure: "essay of \(id)", judged: judged))
            let response: ResponseEnvelope =
                if let code { .failure(RPCError(code, "no \(id)")) } else { .success(try answer.encoded()) }
            traffic.respond(stream, response, after: time)
            stream += 2
        }

        /// A call whose answer alone was captured.
        mutating func answerOnly() {
            traffic.respond(stream, .success([UInt8](repeating: 1, count: 20)))
            stream += 2
        }

        var packets: [CapturedPacket] { traffic.packets }
        var calls: [Call] { Reading(packets).calls }
        var file: [UInt8] { PcapngWriter.header(link: SegmentWriter.link) + packets.flatMap(PcapngWriter.packet) }
    }

    private let schema: MessageSchema

    init() throws {
        schema = try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet)
    }

    private func compare(
        _ left: Recording, _ right: Recording, key: String? = nil, ignoring: Set<String> = [], slower: Double? = nil,
        redaction: Redaction = Redaction(showsAll: true)
    ) throws -> (pairs: Int, unknown: Int, differences: [CallDifference]) {
        let comparison = try RecordingComparison(
            schema: schema, key: key, ignoring: ignoring, slower: slower, redaction: redaction)
        var differences: [CallDifference] = []
        let result = comparison.compare(left.calls, right.calls) { differences.append($0) }
        #expect(result.differing == differences.count)
        return (result.pairs, result.unknown, differences)
    }

    @Test("finds none between a recording and itself")
    func same() throws {
        var one = Recording()
        try one.ask("a", judged: 1)
        try one.ask("b", failing: .notFound)
        let result = try compare(one, one)
        #expect(result.pairs == 2 && result.differences.isEmpty && result.unknown == 0)
    }

    @Test("tells what differs in the first call of a method, the second, and so on, and which calls one side has alone")
    func byOrder() throws {
        var (left, right) = (Recording(), Recording())
        try left.ask("a", judged: 1)
        try left.ask("a", of: Self.watch)
        try left.ask("b", judged: 1)
        try right.ask("a", judged: 1)
        try right.ask("b", judged: 2)
        try right.ask("b", failing: .notFound)
        left.answerOnly()
        let result = try compare(left, right)
        #expect(result.pairs == 2 && result.unknown == 1)
        #expect(
            result.differences.flatMap(\.lines) == [
                "huleedu.cj.v1.CJAssessment/WatchAssessment  #1  left 1/3  right none",
                "huleedu.cj.v1.CJAssessment/GetAssessment  #2  left 1/5  right 1/3",
                "    answers[0].progress.judged: 1 | 2",
                "huleedu.cj.v1.CJAssessment/GetAssessment  #3  left none  right 1/5",
            ])
        #expect(try compare(left, right, ignoring: ["progress.judged"]).differences.count == 2)
    }

    @Test("tells how calls ended, and counts messages that one side has more of")
    func endings() throws {
        var (left, right) = (Recording(), Recording())
        try left.ask("a", judged: 1)
        try right.ask("a", failing: .notFound)
        #expect(
            try compare(left, right).differences.flatMap(\.lines).dropFirst() == [
                "    answers: 1 | 0", "    status: OK | NOT_FOUND", #"    message: "" | "no a""#,
            ])
    }

    @Test("matches calls by a field of their requests, in whatever order they were made")
    func byKey() throws {
        var (left, right) = (Recording(), Recording())
        for id in ["a", "b", "b"] { try left.ask(id, judged: id == "a" ? 1 : 2) }
        try right.ask("b", judged: 2)
        try right.ask("a", judged: 3)
        try right.ask("b", judged: 2)
        #expect(
            try compare(left, right, key: "assessment_id").differences.flatMap(\.lines) == [
                "huleedu.cj.v1.CJAssessment/GetAssessment  a #1  left 1/1  right 1/3", "    answers[0].progress.judged: 1 | 3",
            ])
        #expect(try compare(left, right).differences.count == 2)
        for (key, reason) in [
            ("nothing", "no request of the contracts has a field 'nothing'"),
            ("judge", "expected a field that has one value; 'judge' has several, or is a message"),
            ("essays.id", "expected a field that has one value; 'essays.id' has several, or is a message"),
        ] {
            #expect(throws: RecordingComparison.FieldError(parameter: .key, description: reason)) {
                try RecordingComparison(schema: schema, key: key)
            }
        }
        #expect(throws: Never.self) { try RecordingComparison(schema: schema, key: "judge.model") }
        for path in ["revison", "essays.abilty", "essays.", ""] {
            let reason = "no message of the contracts has a field '\(path)'"
            #expect(throws: RecordingComparison.FieldError(parameter: .ignored, description: reason)) {
                try RecordingComparison(schema: schema, ignoring: ["revision", path])
            }
        }
    }

    @Test("hides texts, and tells all the same whether they are equal")
    func redaction() throws {
        var (left, right) = (Recording(), Recording())
        try left.ask("a")
        try right.ask("b")
        let lines = try compare(left, right, redaction: Redaction()).differences.flatMap(\.lines).joined(separator: "\n")
        #expect(lines.contains("requests[0].assessment_id: \"a\" | \"b\""))
        #expect(lines.contains("failure: hidden: 10 bytes, ") && !lines.contains("essay of"))
    }

    @Test("tells calls that took longer than they may, and no other", arguments: [(2_000_000, false), (2_000_001, true)])
    func slower(nanoseconds: UInt64, isTold: Bool) throws {
        var (left, right) = (Recording(), Recording())
        try left.ask("a", taking: 1_000_000)
        try right.ask("a", taking: nanoseconds)
        // Times of captures have microseconds here, and nanoseconds in what passes through a proxy.
        let found = try compare(left, right, slower: 2).differences
        #expect(found.isEmpty != isTold)
        #expect(!isTold || found[0].lines.last == "    time: 1.000 ms | 2.000 ms")
        #expect(try compare(left, right).differences.isEmpty)
    }

    @Test("holds calls of as many bytes as it may, small ones too, and no more")
    func limit() throws {
        var recording = Recording()
        try recording.ask("a")
        try recording.ask("b")
        let calls = recording.calls
        let bytes = calls.reduce(0) { $0 + $1.keptBytes }
        #expect(bytes >= calls.flatMap(\.messages).reduce(0) { $0 + $1.bytes.count } + 2 * 512)
        let events = calls.map { TrafficReader.Event.call(.ended($0), connection: 1, nanoseconds: 0) }
        for (mostBytes, isHeld) in [(bytes, true), (bytes - 1, false)] {
            var recorded = RecordedCalls(mostBytes: mostBytes)
            let isAll = recorded.take(events)
            #expect(isAll == isHeld && recorded.calls.count == (isHeld ? 2 : 1))
        }
    }

    @Test("tells of each call before it looks at the next, so that no more than one call's differences are there at once")
    func oneByOne() throws {
        struct Enough: Error {}
        var (left, right) = (Recording(), Recording())
        for judged in [UInt32(1), 2, 3] {
            try left.ask("a", judged: judged)
            try right.ask("a", judged: judged + 1)
        }
        var numbers: [Int] = []
        #expect(throws: Enough.self) {
            try RecordingComparison(schema: schema).compare(left.calls, right.calls) { difference in
                numbers.append(difference.number)
                if numbers.count == 2 { throw Enough() }
            }
        }
        #expect(numbers == [1, 2])
    }

    @Test("keeps as many differences of a call as it may, and counts all", arguments: [1000, 1001])
    func mostDifferences(count: Int) throws {
        let (ones, others) = (0..<count).reduce(into: ([JSONValue](), [JSONValue]())) {
            $0.0.append(.integer(Int64($1)))
            $0.1.append(.integer(Int64($1) + 1))
        }
        let differences = JSONComparison().differences(.array(ones), .array(others), at: "x")
        #expect(differences.first.count == 1000 && differences.count == count)
        #expect(differences.lines(\.path).last == "and \(count - 20) more differences")
        let call = Call.ID(connection: 1, stream: StreamID(rawValue: 1))
        let json = CallDifference(
            method: "a.B/C", key: nil, number: 1, left: call, right: call, differences: differences, slowness: nil
        ).json
        #expect(json.hasSuffix(count == 1000 ? #"{"path":"x[999]","left":999,"right":1000}]}"# : #"}],"more_differences":1}"#))
    }

    @Test("ends with 0, 1 or 2, in text and in JSON")
    func program() async throws {
        var (left, right) = (Recording(), Recording())
        try left.ask("a", judged: 1)
        try right.ask("a", judged: 2)
        try right.ask("b")
        let folder = FileManager.default.temporaryDirectory.appending(path: "wiredump-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files = ["left": left.file, "right": right.file, "cut": right.file.dropLast()]
        for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
        for (names, options, code, text) in [
            (["left", "left"], [], 0, "wiredump: calls compared: 1, calls that differ or that one side has alone: 0\n"),
            (["left", "right"], [], 1, "left 1/1  right 1/1\n    answers[0].progress.judged: 1 | 2\n"),
            (["left", "right"], ["--method", "*Watch*"], 0, "calls compared: 0"),
            (
                ["left", "right"], ["--json"], 1,
                #"{"method":"huleedu.cj.v1.CJAssessment/GetAssessment","number":1,"left":"1/1","right":"1/1","#
                    + #""differences":[{"path":"answers[0].progress.judged","left":1,"right":2}]}"#
            ),
            (["left", "cut"], [], 2, "cut: the capture ends inside a packet"),
            (["left", "nowhere"], [], 2, "nowhere: cannot be read"),
            (["left", "right"], ["--key", "nothing"], 64, "--key: no request of the contracts has a field 'nothing'."),
            (["left", "right"], ["--ignore", "judgd"], 64, "--ignore: no message of the contracts has a field 'judgd'."),
            (
                ["left", "right"], ["--ignore", "judged"], 1,
                "calls compared: 1, calls that differ or that one side has alone: 1\n"
            ),
            (["left", "right"], ["--slower", "0.5"], 64, "--slower: expected a number from 1."),
        ] as [([String], [String], Int32, String)] {
            let program = try ChildProcess.program(
                "wiredump", ["diff"] + names.map { folder.appending(path: $0).path } + options, standardError: .collected)
            #expect(await program.wait() == code)
            #expect(program.printed.contains(text), "\(program.printed)")
        }
        try FileManager.default.removeItem(at: folder)
    }
}
