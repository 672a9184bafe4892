import Contracts
import Testing

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
}
