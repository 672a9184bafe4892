import Contracts
import Postgres
import Testing

@testable import LLMProviderService

@Suite("Withdrawing requests")
struct CancelTests {
    @Test("What nobody holds is withdrawn with one event each, what is being sent and what is another's is not")
    func withdraws() async throws {
        try await withService { fixture in
            for id in ["sent", "waiting", "failing", "dead"] { try await fixture.submit(Sample.request(id)) }
            let claims = Dictionary(uniqueKeysWithValues: try await fixture.claim().map { ($0.id, $0) })
            try await fixture.store.postpone(
                try #require(claims["waiting"]), by: .seconds(3600), countsAsAttempt: false, usage: TokenUsage())
            try await fixture.store.postpone(
                try #require(claims["failing"]), by: .seconds(3600), countsAsAttempt: true, usage: TokenUsage(input: 7, output: 3)
            )
            try await fixture.pool.execute(
                "UPDATE llm_provider.job_lease SET lease_until = now() - interval '1 second' WHERE subject = 'dead'")
            try await fixture.submit(Sample.request("new"))
            try await fixture.submit(Sample.request("foreign", owner: "other"))

            #expect(try await fixture.cancel("class-9b") == 4)
            #expect(try await fixture.cancel("class-9b") == 0)
            let events = try await fixture.events()
            #expect(Set(events.map(\.requestID)) == ["waiting", "failing", "dead", "new"])
            #expect(events.allSatisfy { $0.outcome?.failure?.kind == .cancelled })
            #expect(try await fixture.get("sent").state == .sending)
            #expect(try await fixture.get("foreign").state == .queued)

            // Who had held one writes nothing any more; who still holds one goes on.
            let result = LLMV1.Result(requestID: "x")
            #expect(try await !fixture.store.finish(try #require(claims["dead"]), with: result, isSuccess: true))
            #expect(try await fixture.store.finish(try #require(claims["sent"]), with: result, isSuccess: true))
        }
    }

    @Test("What had been spent by then is told, with its price")
    func spent() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request())
            let claim = try #require(try await fixture.claim().first)
            try await fixture.store.postpone(
                claim, by: .zero, countsAsAttempt: true, usage: TokenUsage(input: 7, output: 3, cacheRead: 10))
            #expect(try await fixture.cancel("class-9b") == 1)
            let event = try #require(try await fixture.events().first)
            #expect(event.attempts == 1)
            #expect(event.usage == LLMV1.Usage(inputTokens: 7, outputTokens: 3, cacheReadTokens: 10))
            #expect(event.costNanodollars == 23_000)
            #expect(try await fixture.get("r1").attempts == 1)
        }
    }

    @Test("An attempt keeps the price of its own day, whatever holds when it is told")
    func priced() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request())
            let first = try #require(try await fixture.claim().first)
            #expect(first.bill == nil)
            try await fixture.store.postpone(
                first, by: .zero, countsAsAttempt: true, usage: TokenUsage(input: 7), bill: Bill(cost: 1, cacheSavings: -2))
            #expect(try await fixture.claim().first?.bill == Bill(cost: 1, cacheSavings: -2))
            try await fixture.store.releaseAll()
            #expect(try await fixture.cancel("class-9b") == 1)
            let event = try #require(try await fixture.events().first)
            #expect(event.costNanodollars == 1)
            #expect(event.cacheSavingsNanodollars == -2)
        }
    }

    @Test("More than one unit of work takes are all withdrawn")
    func many() async throws {
        try await withService { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<250 { group.addTask { _ = try await fixture.submit(Sample.request("r\(number)")) } }
                try await group.waitForAll()
            }
            #expect(try await fixture.cancel("class-9b") == 250)
            #expect(Set(try await fixture.events().map(\.requestID)).count == 250)
        }
    }

    @Test("Withdrawing while workers claim ends each request once, one way or the other")
    func race() async throws {
        try await withService { fixture in
            for number in 0..<60 { try await fixture.submit(Sample.request("r\(number)")) }
            try await fixture.running {
                try await eventually { !fixture.vendor.requests.isEmpty }
                _ = try await fixture.cancel("class-9b")
                for number in 0..<60 { _ = try await fixture.result("r\(number)") }
            }
            let events = try await fixture.events()
            #expect(events.count == 60)
            #expect(Set(events.map(\.requestID)).count == 60)
            #expect(events.count { $0.outcome?.reply != nil } == fixture.vendor.requests.count)
        }
    }
}
