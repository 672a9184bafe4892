import Contracts
import JobQueue
import Postgres
import Testing

@testable import LLMProviderService

@Suite("The ledger")
struct LedgerTests {
    @Test("A request is entered once, with all of its calls and tokens, under its tenant, owner, model and day")
    func entry() async throws {
        let usage =
            #"{"input_tokens":10,"output_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":7,"#
            + #""cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":3}}"#
        try await withService(answer: { _ in .reply(200, body: Sample.message(usage: usage)) }) { fixture in
            let day = "\(Day.today)"
            try await fixture.running {
                for (id, owner) in [("a", "x"), ("b", "x"), ("c", "y")] {
                    try await fixture.submit(Sample.paidOnce(id, tenant: "school", owner: owner))
                    _ = try await fixture.result(id)
                }
            }
            let spending = try await fixture.spending("school", owner: "x")
            // 10 × 1000 + 5 × 5000 + 100 × 100 + 4 × 1250 + 3 × 2000 nano-dollars.
            #expect(spending.account?.spentNanodollars == 2 * 56_000)
            let line = try #require(spending.lines.first)
            #expect(spending.lines.count == 1)
            // A test that runs at midnight sees two days.
            #expect(line.day >= day && line.day <= "\(Day.today)")
            #expect(line.provider == "vendor" && line.model == "claude-haiku-4-5")
            #expect(line.requests == 2 && line.unpricedRequests == 0 && line.calls == 2)
            #expect(
                line.usage
                    == LLMV1.Usage(
                        inputTokens: 20, outputTokens: 10, cacheReadTokens: 200, cacheWriteFiveMinutesTokens: 8,
                        cacheWriteOneHourTokens: 6))
            #expect(line.costNanodollars == 2 * 56_000 && !line.simulated)
            #expect(line.cacheSavingsNanodollars == 2 * (100 * 900 - 4 * 250 - 3 * 1000))
            let whole = try await fixture.spending("school")
            #expect(whole.lines.reduce(0) { $0 + $1.requests } == 3)
            #expect(whole.account?.spentNanodollars == 3 * 56_000)
            #expect(try await fixture.spending().lines.isEmpty)
        }
    }

    @Test("What no language model answered is labelled so")
    func simulated() async throws {
        try await withService(configure: { $0.providers[0].isSimulated = true }) { fixture in
            try await fixture.running {
                try await fixture.submit(Sample.paidOnce("a"))
                _ = try await fixture.result("a")
            }
            #expect(try await fixture.spending().lines.map(\.simulated) == [true])
        }
    }

    @Test("Days and models have lines of their own, the latest day first, and one answer has a thousand of them at most")
    func lines() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.paidOnce("a"))
            let claim = try #require(try await fixture.claim().first)
            let entries = (0..<1001).map { number in
                LedgerEntry(
                    claim, parsed: nil, day: Day(2026, 1, 1 + number / 2), usage: TokenUsage(input: 1),
                    bill: number % 2 == 0 ? Bill(cost: Int64(number)) : nil)
            }
            try await fixture.pool.unitOfWork("enter") { unit in
                unit.send(RequestStore.entering(entries))
                unit.send("UPDATE llm_provider.spending SET model = model || requests WHERE day = '2026-01-02'")
            }
            let lines = try await fixture.spending().lines
            #expect(lines.count == 501)
            #expect(lines.first?.day == "2027-05-16" && lines.last?.day == "2026-01-01")
            #expect(lines.last?.requests == 2 && lines.last?.unpricedRequests == 1 && lines.last?.costNanodollars == 0)
            let (_, some) = try await fixture.store.spending(of: Payer(tenant: "", owner: ""), lines: 3)
            #expect(some == Array(lines.prefix(3)))
        }
    }

    @Test("A process that dies with a request in its hands leaves nothing set aside for ever, and what is told twice counts once")
    func death() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.submit(Sample.paidOnce("a"))
            let dead = try #require(try await fixture.claim().first)
            try await fixture.expireLeases()
            #expect(try await fixture.account().reservedNanodollars == UInt64(cost))
            let heir = try #require(try await fixture.claim().first)
            #expect(try await fixture.finish(heir, cost: 1000))
            #expect(try await fixture.finish(heir, cost: 1000), "the answer to the first commit may have been lost")
            #expect(try await !fixture.finish(dead, cost: 2000))
            #expect(try await fixture.account() == LLMV1.Account(tenant: "default", spentNanodollars: 1000))
            #expect(try await fixture.spending().lines.map(\.requests) == [1])
            #expect(try await fixture.spending().lines.map(\.calls) == [2])
        }
    }

    @Test("What is withdrawn releases its money, and what earlier attempts cost is entered; a tenant withdraws its own alone")
    func withdrawn() async throws {
        try await withService { fixture in
            for (id, tenant) in [("a", ""), ("b", ""), ("c", "school")] {
                try await fixture.submit(Sample.paidOnce(id, tenant: tenant))
            }
            let tried = try #require(try await fixture.claim(1).first)
            try await fixture.store.postpone(
                tried, by: .zero, countsAsAttempt: true, usage: TokenUsage(input: 7), bill: Bill(cost: 7000))
            #expect(try await fixture.cancel("class-9b") == 2)
            #expect(try await fixture.account() == LLMV1.Account(tenant: "default", spentNanodollars: 7000))
            let line = try #require(try await fixture.spending().lines.first)
            #expect(line.requests == 2 && line.calls == 1 && line.usage?.inputTokens == 7)
            #expect(try await fixture.account("school").reservedNanodollars > 0)
            #expect(
                try await fixture.service.cancel(
                    LLMV1.CancelRequest(owner: "class-9b", tenant: "school"), context: .test
                ).cancelled == 1)
            #expect(try await fixture.account("school") == LLMV1.Account(tenant: "school"))
        }
    }

    @Test("The most that a request can cost is for every call that may be billed, and every byte a token written to the cache")
    func ceiling() async throws {
        try await withService { fixture in
            let once = try fixture.ceiling(Sample.paidOnce("a"))
            let bytes = Sample.paidOnce("a").promptBytes
            #expect(once == (bytes + 1000) * 1000 + 512 * 5000)
            #expect(try fixture.ceiling(Sample.request()) == 5 * once)
            #expect(try fixture.ceiling(Sample.request { $0.maxPaidCalls = 4 }) == 4 * once)
            #expect(try fixture.ceiling(Sample.request { $0.maxPaidCalls = 6 }) == 5 * once)
            let long = String(repeating: "x", count: 10_000)
            // Whichever life is wished for: how long it is kept is decided anew when it is sent.
            for (mark, price) in [(LLMV1.CacheMark.none, 1000), (.fiveMinutes, 2000), (.oneHour, 2000)] {
                let request = Sample.request {
                    $0.maxPaidCalls = 1
                    $0.blocks[0] = Sample.block(.system, long, mark)
                }
                #expect(try fixture.ceiling(request) == (request.promptBytes + 1000) * Int64(price) + 512 * 5000)
            }
        }
    }
}
