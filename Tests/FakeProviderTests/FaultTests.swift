import CurlClient
import Testing

@testable import FakeProvider

@Suite("A fault")
struct FaultTests {
    /// One fault and the error that the client is told of.
    struct Refused: Sendable, CustomTestStringConvertible {
        let fault: String
        let status: Int
        let type: String
        let retryAfter: String?
        let code: String?

        var testDescription: String { fault }

        static let all = [
            Refused(fault: "429:7", status: 429, type: "rate_limit_error", retryAfter: "7", code: nil),
            Refused(fault: "ramp:30", status: 429, type: "rate_limit_error", retryAfter: "30", code: "ramp_limit_exceeded"),
            Refused(
                fault: "spend-limit", status: 429, type: "rate_limit_error", retryAfter: nil, code: "enforced_spend_limit_reached"
            ),
            Refused(fault: "usage-limit", status: 400, type: "invalid_request_error", retryAfter: nil, code: nil),
            Refused(fault: "529", status: 529, type: "overloaded_error", retryAfter: nil, code: nil),
            Refused(fault: "500", status: 500, type: "api_error", retryAfter: nil, code: nil),
            Refused(fault: "502", status: 502, type: "api_error", retryAfter: nil, code: nil),
            Refused(fault: "503", status: 503, type: "api_error", retryAfter: nil, code: nil),
            Refused(fault: "504", status: 504, type: "timeout_error", retryAfter: nil, code: nil),
        ]
    }

    @Test("can be an error of the API's", arguments: Refused.all)
    func refusal(_ refused: Refused) async throws {
        let fault = try #require(FaultPlan.Fault(refused.fault))
        try await withProvider(.init(faults: FaultPlan(script: [fault]))) { provider in
            let response = try await provider.post(Sample.question())
            #expect(response.status == refused.status)
            #expect(response.errorType == refused.type)
            #expect(response.headers["retry-after"] == refused.retryAfter)
            #expect(response.json["error"]?["details"]?["error_code"]?.text == refused.code)
            if refused.fault == "usage-limit" {
                #expect(response.errorMessage.hasPrefix("You have reached your specified API usage limits"))
            }
            #expect(provider.provider.statistics.outputTokens == 0)
            let next = try await provider.post(Sample.question())
            #expect(next.status == 200)
        }
    }

    @Test("can be a lost connection", arguments: ["reset", "reset-early", "truncated"])
    func lostConnection(name: String) async throws {
        let fault = try #require(FaultPlan.Fault(name))
        try await withProvider(.init(faults: FaultPlan(script: [fault]))) { provider in
            let error = await #expect(throws: CurlError.self) { try await provider.post(Sample.question()) }
            #expect(error?.code == .connectionLost)
            // A server that reads nothing may be gone before all of the request has been sent.
            if name != "reset-early" { #expect(error?.requestMayHaveBeenSent == true) }
            try await provider.settle()
            let entry = try #require(provider.provider.ledger.first)
            #expect(entry.status == (name == "truncated" ? 200 : 0))
            #expect(!entry.isWritten)
            let next = try await provider.post(Sample.question())
            #expect(next.status == 200)
        }
    }

    @Test("can be a body that makes no sense")
    func garbage() async throws {
        try await withProvider(.init(faults: FaultPlan(script: [.garbageBody, .wrongShape]))) { provider in
            let garbage = try await provider.post(Sample.question())
            #expect(garbage.status == 200)
            #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(garbage.body) }
            let shape = try await provider.post(Sample.question())
            #expect(shape.status == 200)
            #expect(shape.json["content"]?.elements == nil)
        }
    }

    @Test("can last for ever")
    func always() async throws {
        try await withProvider(.init(faults: FaultPlan(always: .garbageBody))) { provider in
            for number in 0..<20 {
                let response = try await provider.post(Sample.question("\(number)"))
                #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(response.body) }
            }
        }
    }

    @Test("can be the model's own: a refusal, an answer cut off, an unreadable verdict, prose")
    func modelFaults() async throws {
        let script: [FaultPlan.Fault?] = [.refusal, .maxTokens, .invalidVerdict, .proseVerdict, nil]
        try await withProvider(.init(faults: FaultPlan(script: script))) { provider in
            let body = Sample.comparison("a", "b")
            let refusal = try await provider.post(body)
            #expect(refusal.status == 200)
            #expect(refusal.json["stop_reason"] == "refusal")
            #expect(refusal.json["stop_details"]?["type"] == "refusal")
            let cut = try await provider.post(body)
            #expect(cut.json["stop_reason"] == "max_tokens")
            #expect(cut.toolInput?["winner"] == nil)
            let invalid = try await provider.post(body)
            #expect(invalid.json["stop_reason"] == "tool_use")
            #expect(!["first", "second"].contains(invalid.toolInput?["winner"]?.text))
            let prose = try await provider.post(body)
            #expect(prose.toolInput == nil)
            let right = try await provider.post(body)
            #expect(right.toolInput?["winner"] != nil)
        }
    }

    @Test("can be slowness, and a client that gives up leaves an answer that was not written")
    func slowness() async throws {
        try await withProvider(
            .init(faults: FaultPlan(script: [.drip(bytes: 100, interval: .milliseconds(1)), .slow(.seconds(60))]))
        ) { provider in
            let dripped = try await provider.post(Sample.question())
            #expect(dripped.json["type"] == "message")
            var request = provider.request(Sample.question("other").encoded)
            request.timeout = .milliseconds(200)
            let error = await #expect(throws: CurlError.self) { try await provider.client.send(request) }
            #expect(error?.code == .timeout)
            try await provider.settle()
            #expect(provider.provider.ledger.map(\.isWritten) == [true, false])
            #expect(provider.provider.statistics.written == 1)
        }
    }

    @Test("strikes by chance as often as asked, the same prompts every time and in whatever order they come")
    func probabilities() async throws {
        let plan = FaultPlan(probabilities: [.init(.overloaded, 0.3), .init(.serverError(status: 500), 0.2)])
        func statuses(seed: UInt64, order: [Int]) async throws -> [Int: Int] {
            var statuses: [Int: Int] = [:]
            try await withProvider(.init(seed: seed, faults: plan)) { provider in
                for number in order { statuses[number] = try await provider.post(Sample.question("\(number)")).status }
            }
            return statuses
        }
        let first = try await statuses(seed: 1, order: Array(0..<300))
        let counts = first.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        #expect(abs((counts[529] ?? 0) - 90) < 32)
        #expect(abs((counts[500] ?? 0) - 60) < 28)
        let backwards = try await statuses(seed: 1, order: (0..<300).reversed())
        #expect(first == backwards)
        let other = try await statuses(seed: 2, order: Array(0..<300))
        #expect(first != other)
    }

    @Test("that strikes by chance strikes a repetition anew")
    func repetition() async throws {
        try await withProvider(.init(faults: FaultPlan(probabilities: [.init(.overloaded, 0.5)]))) { provider in
            var statuses: Set<Int> = []
            for _ in 0..<40 { statuses.insert(try await provider.post(Sample.question()).status) }
            #expect(statuses == [200, 529])
        }
    }

    @Test("is not spent on a request that is refused anyway")
    func scriptKeeping() async throws {
        try await withProvider(.init(faults: FaultPlan(script: [.overloaded]))) { provider in
            let unknown = try await provider.post(Sample.question(model: "x"))
            #expect(unknown.status == 404)
            let stranger = try await provider.post(Sample.question(), key: "x")
            #expect(stranger.status == 401)
            let struck = try await provider.post(Sample.question())
            #expect(struck.status == 529)
        }
    }

    @Test(
        "is read from a command line's words, and nothing else is",
        arguments: [
            ("429:5", FaultPlan.Fault.rateLimited(retryAfter: 5)), ("slow:250", .slow(.milliseconds(250))),
            ("drip:1:2", .drip(bytes: 1, interval: .milliseconds(2))), ("garbage", .garbageBody),
            ("504", .serverError(status: 504)),
        ])
    func notation(text: String, fault: FaultPlan.Fault) {
        #expect(FaultPlan.Fault(text) == fault)
        for wrong in ["", ":", text + ":9", text + "x", "429", "429:-1", "slow", "drip:0:1", "501"] {
            #expect(FaultPlan.Fault(wrong) == nil, "\(wrong)")
        }
    }
}
