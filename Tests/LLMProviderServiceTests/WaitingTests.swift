import Contracts
import Testing
import Wire

@testable import LLMProviderService

@Suite("A vendor that asks to wait")
struct WaitingTests {
    @Test("uses up no attempt, and gets nothing of anybody's until the pause is over")
    func waiting() async throws {
        let calls = Shared(0)
        try await withService(
            answer: { _ in
                calls.update {
                    $0 += 1
                    return $0 <= 3 ? .error(429, headers: "retry-after-ms: 20\r\n") : .verdict
                }
            },
            configure: {
                $0.retry.maximumAttempts = 1
                $0.maximumInFlight = 1
            }
        ) { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.running {
                let result = try await fixture.result("r1")
                #expect(result.outcome?.reply != nil)
                #expect(result.attempts == 4)
            }
            #expect(try await fixture.get("r1").attempts == 4)
        }
    }

    @Test("is left alone, and others go on")
    func paused() async throws {
        try await withService(
            answer: {
                $0.text.contains("first") && $0.text.contains("<slow>") ? .error(429, headers: "retry-after: 3000\r\n") : .verdict
            }
        ) { fixture in
            try await fixture.running {
                try await fixture.submit(Sample.request("slow", text: "<slow> first"))
                try await eventually {
                    let slow = try await fixture.get("slow")
                    return slow.attempts == 1 && slow.state == .queued
                }
                try await fixture.submit(Sample.request("same-lane"))
                try await fixture.submit(Sample.request("other") { $0.provider = "other" })
                #expect(try await fixture.result("other").outcome?.reply != nil)
                #expect(try await fixture.get("same-lane") == LLMV1.GetResponse(state: .queued, attempts: 0, result: nil))
                #expect(fixture.vendor.requests.count == 2)
            }
        }
    }

    @Test("for ever is given up as one that limits the rate")
    func waitingForEver() async throws {
        try await withService(
            answer: { _ in .error(429, headers: "retry-after: 0\r\n") }, configure: { $0.retry.maximumWaits = 2 }
        ) { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.running {
                let result = try await fixture.result("r1")
                #expect(result.outcome?.failure?.kind == .rateLimited)
                #expect(result.outcome?.failure?.status == 429)
                #expect(result.attempts == 3)
            }
        }
    }

    @Test("because nothing may be spent costs one request, and that pool of models alone waits")
    func spent() async throws {
        try await withService(
            answer: {
                $0.text.contains("<spent>") ? .error(400, message: "You have reached your specified API usage limits.") : .verdict
            }
        ) { fixture in
            for number in 0..<40 {
                try await fixture.submit(
                    Sample.request("spent\(number)", text: "<spent> \(number)") { $0.model = "claude-opus-5-5" })
            }
            for number in 0..<20 { try await fixture.submit(Sample.request("r\(number)")) }
            try await fixture.running {
                for number in 0..<20 { #expect(try await fixture.result("r\(number)").outcome?.reply != nil) }
                #expect(fixture.vendor.requests.count { $0.text.contains("<spent>") } == 1)
                let events = try await fixture.events()
                #expect(events.count { $0.outcome?.failure?.kind == .billing } == 1)
            }
        }
    }

    @Test("on no account gets a request that is larger than a minute's limit: it is refused when it is submitted")
    func oversize() async throws {
        try await withService(configure: { $0.providers[0].limits.inputTokensPerMinute = 1000 }) { fixture in
            try await fixture.submit(Sample.request(text: String(repeating: "x", count: 1000)))
            let refusal = await #expect(throws: RPCError.self) {
                try await fixture.submit(Sample.request("large", text: String(repeating: "x", count: 5000)))
            }
            #expect(refusal?.code == .invalidArgument)
            #expect(refusal?.message.contains("input tokens, more than the 1000 a minute that vendor allows") == true)
            #expect(try await fixture.store.status(of: "large") == nil)
        }
    }
}
