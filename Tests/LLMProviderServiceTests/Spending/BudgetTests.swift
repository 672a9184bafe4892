import Contracts
import JobQueue
import Testing
import Wire

@testable import LLMProviderService

@Suite("Budgets")
struct BudgetTests {
    @Test("A request fits to the nano-dollar, and is refused by name where one is missing: for good, or until others are settled")
    func border() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(cost - 1)
            let exceeded = await #expect(throws: RPCError.self) { try await fixture.submit(Sample.paidOnce("a")) }
            #expect(exceeded?.code == .failedPrecondition)
            #expect(
                exceeded?.message
                    == "budget exceeded: tenant default has spent 0 of \(cost - 1) nano-dollars, and this request can cost \(cost)"
            )
            await #expect(throws: RPCError.self) { try await fixture.get("a") }

            try await fixture.setBudget(2 * cost - 1)
            try await fixture.submit(Sample.paidOnce("a"))
            #expect(try await fixture.submit(Sample.paidOnce("a")).alreadyKnown)
            let later = await #expect(throws: RPCError.self) { try await fixture.submit(Sample.paidOnce("b")) }
            #expect(later?.code == .resourceExhausted && later?.isRefused == true)
            #expect(
                later?.message
                    == "budget set aside: tenant default has spent 0 of \(2 * cost - 1) nano-dollars and may cost up to \(cost) with "
                    + "requests under way, and this one can cost \(cost)")
            #expect(try await fixture.finish(try #require(try await fixture.claim().first), cost: cost - 1))
            try await fixture.submit(Sample.paidOnce("b"))
            let account = try await fixture.account()
            #expect(account.spentNanodollars == UInt64(cost - 1) && account.reservedNanodollars == UInt64(cost))
            #expect(account.budgetNanodollars == UInt64(2 * cost - 1))
            #expect(try await fixture.submit(Sample.paidOnce("a")).state == .failed, "what is known needs no money")
        }
    }

    @Test("An owner's budget and its tenant's both hold; those of others do not matter, and a lifted one does not either")
    func payers() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(2 * cost, "school")
            try await fixture.setBudget(cost, "school", owner: "x")
            func refusal(_ id: String, _ tenant: String, _ owner: String) async -> String? {
                do {
                    try await fixture.submit(Sample.paidOnce(id, tenant: tenant, owner: owner))
                    return nil
                } catch {
                    return (error as? RPCError)?.message
                }
            }
            #expect(await refusal("1", "school", "x") == nil)
            #expect(try #require(await refusal("2", "school", "x")).contains("owner x of tenant school"))
            #expect(await refusal("3", "school", "y") == nil)
            #expect(try #require(await refusal("4", "school", "z")).contains(": tenant school"))
            #expect(await refusal("5", "default", "x") == nil)
            #expect(await refusal("6", "", "x") == nil)
            try await fixture.setBudget(nil, "school")
            #expect(await refusal("7", "school", "z") == nil)
            #expect(try await fixture.account("school").reservedNanodollars == UInt64(3 * cost))
            #expect(try await fixture.account("school", owner: "z").reservedNanodollars == UInt64(cost))
            #expect(try await fixture.account("default").reservedNanodollars == UInt64(2 * cost))
            #expect(try await fixture.account("nobody") == LLMV1.Account(tenant: "nobody"))
        }
    }

    @Test("A refusal for good by one account is told, though the other's would pass")
    func final() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            for (tight, wide) in [("", "x"), ("x", "")] {
                let tenant = "tight-\(tight)"
                try await fixture.submit(Sample.paidOnce("open-\(tight)", tenant: tenant, owner: "x"))
                try await fixture.setBudget(cost - 1, tenant, owner: tight)
                try await fixture.setBudget(2 * cost - 1, tenant, owner: wide)
                let error = await #expect(throws: RPCError.self) {
                    try await fixture.submit(Sample.paidOnce("refused", tenant: tenant, owner: "x"))
                }
                #expect(error?.code == .failedPrecondition)
                let payer = Payer(tenant: tenant, owner: tight)
                #expect(error?.message.hasPrefix("budget exceeded: \(payer) ") == true)
            }
        }
    }

    @Test("A budget below what is spent lets nothing through that costs anything")
    func lowered() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.paidOnce("a"))
            #expect(try await fixture.finish(try #require(try await fixture.claim().first), cost: 1000))
            try await fixture.setBudget(999)
            let error = await #expect(throws: RPCError.self) { try await fixture.submit(Sample.paidOnce("b")) }
            #expect(error?.code == .failedPrecondition)
            #expect(error?.message.hasPrefix("budget exceeded: tenant default has spent 1000 of 999 nano-dollars") == true)
        }
    }

    @Test("What is not priced is refused where there is a budget")
    func unpriced() async throws {
        try await withService(dialect: .openAIChatCompletions) { fixture in
            try await fixture.submit(Sample.paidOnce("a"))
            let open = try #require(try await fixture.claim().first)
            #expect(open.reserved == 0)
            try await fixture.setBudget(0)
            let error = await #expect(throws: RPCError.self) { try await fixture.submit(Sample.paidOnce("b")) }
            #expect(error?.code == .failedPrecondition)
            #expect(error?.message.hasPrefix("budget unknown: ") == true)
            try await fixture.setBudget(nil)
            try await fixture.submit(Sample.paidOnce("b"))
        }
    }

    @Test("What two hundred ask for at once on a budget for fifty stops at fifty, and nothing is sent that is not paid for")
    func dear() async throws {
        let bytes = Sample.paidOnce("a").promptBytes
        let usage = #"{"input_tokens":\#(bytes + CostCeiling.addedTokens),"output_tokens":512}"#
        try await withService(answer: { _ in .reply(200, body: Sample.message(usage: usage)) }) { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(51 * cost - 1)
            let accepted = try await spend(fixture, callers: 200, eachUpTo: 1)
            #expect(accepted == 50)
            #expect(fixture.vendor.requests.count == 50)
            #expect(try await fixture.account().spentNanodollars == UInt64(50 * cost))
        }
    }

    @Test("Where calls cost less than they could, the budget is used until not one more fits, and never exceeded on the way")
    func cheap() async throws {
        // 125,000 nano-dollars a call, about a thirtieth of what one could cost.
        let usage = #"{"input_tokens":100,"output_tokens":5}"#
        try await withService(answer: { _ in .reply(200, body: Sample.message(usage: usage)) }) { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            try await fixture.setBudget(3 * cost)
            let accepted = try await spend(fixture, callers: 8, eachUpTo: 100)
            let account = try await fixture.account()
            #expect(account.spentNanodollars == UInt64(accepted) * 125_000)
            #expect(account.spentNanodollars <= UInt64(3 * cost) && Int64(account.spentNanodollars) + cost > 3 * cost)
            #expect(fixture.vendor.requests.count == accepted)
        }
    }

    /// Submits requests, each again while others may leave something over and none after one was refused for good, and watches the
    /// account meanwhile.
    ///
    /// - Returns: how many were taken on; they have ended.
    private func spend(_ fixture: ServiceFixture, callers: Int, eachUpTo most: Int) async throws -> Int {
        var accepted = 0
        try await fixture.running {
            accepted = try await withThrowingTaskGroup(of: Int.self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        for number in 0..<most {
                            guard try await isAccepted(Sample.paidOnce("r\(caller)-\(number)"), fixture) else { return number }
                        }
                        return most
                    }
                }
                group.addTask {
                    for _ in 0..<50 {
                        let account = try await fixture.account()
                        let budget = try #require(account.budgetNanodollars)
                        #expect(account.spentNanodollars + account.reservedNanodollars <= budget)
                    }
                    return 0
                }
                return try await group.reduce(0, +)
            }
            try await eventually { try await fixture.account().reservedNanodollars == 0 }
        }
        return accepted
    }

    private func isAccepted(_ request: LLMV1.SubmitRequest, _ fixture: ServiceFixture) async throws -> Bool {
        var isAccepted = false
        try await eventually {
            do {
                try await fixture.submit(request)
                isAccepted = true
            } catch let error as RPCError where error.code == .resourceExhausted {
                return false
            } catch let error as RPCError where error.code == .failedPrecondition {
                return true
            }
            return true
        }
        return isAccepted
    }
}

extension LLMV1.SubmitRequest {
    /// Bytes of the prompt and of the tool, as they are counted for its price.
    var promptBytes: Int64 {
        let format = replyFormat.map { $0.name.utf8.count + $0.description.count + $0.jsonSchema.count } ?? 0
        return Int64(blocks.reduce(format) { $0 + $1.text.count })
    }
}
