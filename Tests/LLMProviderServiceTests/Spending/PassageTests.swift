import Contracts
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("Paying for what is passed on")
struct PassageTests {
    private func complete(_ fixture: ServiceFixture, _ request: LLMV1.SubmitRequest) async throws -> LLMV1.CompleteResponse {
        try await fixture.service.complete(LLMV1.CompleteRequest(request: request), context: .test)
    }

    private func passages(_ fixture: ServiceFixture) async throws -> Int {
        try await fixture.pool.query("SELECT count(*) FROM llm_provider.passage")[0].decode(Int.self)
    }

    @Test("A budget is kept to the nano-dollar, by calls at once too: money is set aside before and settled after")
    func budget() async throws {
        let gate = Gate()
        try await withService(answer: { _ in
            gate.pass()
            return .verdict
        }) { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(2 * cost)
            try await fixture.running {
                let codes = try await withThrowingTaskGroup(of: StatusCode.self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            do {
                                _ = try await complete(fixture, Sample.paidOnce("r\(number)"))
                                return .ok
                            } catch let error as RPCError {
                                return error.code
                            }
                        }
                    }
                    var codes: [StatusCode] = []
                    for _ in 0..<4 { codes.append(try #require(try await group.next())) }
                    #expect(try await fixture.account().reservedNanodollars == UInt64(2 * cost))
                    gate.open()
                    for try await code in group { codes.append(code) }
                    return codes
                }
                #expect(codes.count { $0 == .ok } == 2 && codes.count { $0 == .resourceExhausted } == 4)
                try await eventually { try await fixture.account().spentNanodollars == 70_000 }
            }
            #expect(try await fixture.account().reservedNanodollars == 0)
            try await fixture.setBudget(70_000 + cost - 1)
            let error = await #expect(throws: RPCError.self) { try await complete(fixture, Sample.paidOnce("last")) }
            #expect(error?.code == .failedPrecondition)
        }
    }

    @Test("What is set aside for a call under way stays so when another process begins")
    func restored() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(cost)
            let isReserved = try await fixture.store.reserve(cost, for: Payer(tenant: "", owner: "x"), passage: "p")
            #expect(isReserved)
            try await fixture.store.restoreReserve()
            #expect(try await fixture.account().reservedNanodollars == UInt64(cost))
            #expect(try await fixture.account(owner: "x").reservedNanodollars == UInt64(cost))
        }
    }

    @Test("A call of a process that died leaves a trace, which is told of once, and what was set aside for it is free again")
    func death() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(cost)
            let dead = RequestStore(pool: fixture.pool, worker: "dead")
            #expect(try await dead.reserve(cost, for: Payer(tenant: "", owner: "x"), passage: "p"))
            try await dead.beginPassages("span")
            let early = try await fixture.store.endLostPassages(olderThan: .seconds(60))
            #expect(early.isEmpty, "it may live")
            try await fixture.pool.execute("UPDATE llm_provider.passage SET renewed_at = now() - interval '61 seconds'")
            try await fixture.running {
                try await eventually { try await passages(fixture) == 0 }
                try await eventually { fixture.log.text.contains("the ledger may lack calls of its last moments") }
            }
            let account = try await fixture.account()
            #expect(account.reservedNanodollars == 0 && account.spentNanodollars == 0)
            #expect(fixture.log.text.ranges(of: "the ledger may lack calls").count == 2)
        }
    }

    @Test("A call that outlived what was taken for its process's death is entered all the same, and nothing is released twice")
    func late() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(cost)
            let payer = Payer(tenant: "", owner: "x")
            #expect(try await fixture.store.reserve(cost, for: payer, passage: "p"))
            try await fixture.pool.execute("UPDATE llm_provider.passage SET renewed_at = now() - interval '61 seconds'")
            let other = RequestStore(pool: fixture.pool, worker: "other")
            #expect(try await other.endLostPassages(olderThan: .seconds(60)).map(\.reserved) == [cost])
            try await fixture.submit(Sample.paidOnce("a", owner: "x"))
            let claim = try #require(try await fixture.claim().first)
            let entry = LedgerEntry(claim, parsed: nil, day: .today, usage: TokenUsage(output: 1), bill: Bill(cost: 7))
            try await fixture.store.enter([(entry, "p")], ended: [], batch: "1")
            let account = try await fixture.account()
            #expect(
                account.spentNanodollars == 7 && account.reservedNanodollars == UInt64(cost), "what the request has set aside")
        }
    }

    @Test("A batch is entered once, though who gave it did not learn of it and gives it again")
    func twice() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.paidOnce("a", owner: "x"))
            let claim = try #require(try await fixture.claim().first)
            let entry = LedgerEntry(claim, parsed: nil, day: .today, usage: TokenUsage(output: 1), bill: Bill(cost: 7)).reserving(
                0)
            for _ in 0..<2 { try await fixture.store.enter([(entry, nil)], ended: [], batch: "1") }
            #expect(try await fixture.account().spentNanodollars == 7)
            try await fixture.store.enter([(entry, nil)], ended: [], batch: "2", previous: "1")
            #expect(try await fixture.account().spentNanodollars == 14)
            let kept = try await fixture.pool.query("SELECT batch FROM llm_provider.entered").map { try $0.decode(String.self) }
            #expect(kept == ["2"], "of those before nobody asks any more")
        }
    }

    @Test("What is under way when the service ends is entered before it has ended")
    func end() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.paidOnce("a", owner: "x"))
            let claim = try #require(try await fixture.claim().first)
            let entry = LedgerEntry(claim, parsed: nil, day: .today, usage: TokenUsage(output: 1), bill: Bill(cost: 7)).reserving(
                0)
            let passages = fixture.service.passages
            #expect(passages.enter())
            let hold = try await passages.reserve(0, for: Payer(tenant: "", owner: "x"))
            try await fixture.store.beginPassages("other")
            passages.release(Passages.Hold(id: "other"))
            #expect(try await self.passages(fixture) == 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                // It has been told to end before it begins, so that what it does are its last looks.
                group.cancelAll()
                group.addTask { await passages.run() }
                try await eventually { try await self.passages(fixture) == 1 }
                passages.settle(hold, entry)
                passages.leave()
                try await group.waitForAll()
            }
            #expect(try await fixture.account().spentNanodollars == 7)
            #expect(try await self.passages(fixture) == 0)
        }
    }

    @Test("A process that was taken for dead and lives has the database know of its calls again")
    func returned() async throws {
        try await withService(answer: { _ in .verdict }) { fixture in
            _ = try await complete(fixture, Sample.request())
            try await fixture.pool.execute("UPDATE llm_provider.passage SET renewed_at = now() - interval '61 seconds'")
            let other = RequestStore(pool: fixture.pool, worker: "other")
            #expect(try await other.endLostPassages(olderThan: .seconds(60)).count == 1)
            #expect(try await passages(fixture) == 0)
            try await fixture.running {
                try await eventually { try await passages(fixture) == 1 }
                try await eventually { try await fixture.account().spentNanodollars == 35_000 }
            }
            #expect(fixture.log.text.contains("this process was taken for dead"))
            #expect(try await passages(fixture) == 0)
        }
    }

    @Test("Before anything is sent the database knows of it; when all is entered and the service ends it forgets")
    func span() async throws {
        try await withService(answer: { _ in .verdict }) { fixture in
            try await fixture.running {
                _ = try await complete(fixture, Sample.request())
                #expect(try await passages(fixture) == 1)
                try await eventually { try await fixture.account().spentNanodollars == 35_000 }
                #expect(try await passages(fixture) == 1, "the next call need not begin another")
            }
            #expect(try await passages(fixture) == 0)
        }
    }

    @Test("What the database could not take is entered once it can")
    func outage() async throws {
        try await withService { fixture in
            try await fixture.running {
                _ = try await complete(fixture, Sample.request("a"))
                try await fixture.pool.execute("ALTER TABLE llm_provider.spending RENAME TO gone")
                _ = try await complete(fixture, Sample.request("b"))
                try await eventually { fixture.log.text.contains("what was passed on is not in the ledger yet") }
                try await fixture.pool.execute("ALTER TABLE llm_provider.gone RENAME TO spending")
                try await eventually { try await fixture.account().spentNanodollars == 70_000 }
            }
        }
    }
}
