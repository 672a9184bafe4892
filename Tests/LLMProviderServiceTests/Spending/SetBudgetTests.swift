import Contracts
import Testing
import Wire

@testable import LLMProviderService

@Suite("Setting a budget")
struct SetBudgetTests {
    @Test("Once a budget is set, no request that was being taken on meanwhile has escaped it")
    func setting() async throws {
        try await withService { fixture in
            let cost = try fixture.ceiling(Sample.paidOnce("a"))
            for round in 0..<25 {
                let tenant = "t\(round)"
                let standing = try await withThrowingTaskGroup(of: LLMV1.Account?.self) { group in
                    for number in 0..<12 {
                        group.addTask {
                            _ = try? await fixture.submit(Sample.paidOnce("\(tenant)-\(number)", tenant: tenant))
                            return nil
                        }
                    }
                    group.addTask { try await fixture.setBudget(4 * cost, tenant) }
                    return try await group.reduce(nil) { $0 ?? $1 }
                }
                let before = try #require(standing).reservedNanodollars
                #expect(try await fixture.account(tenant).reservedNanodollars == max(before, UInt64(4 * cost)))
            }
        }
    }

    @Test("A budget is set from this machine only, and nothing is learnt from another but that")
    func elsewhere() async throws {
        try await withService { fixture in
            for request in [LLMV1.SetBudgetRequest(budgetNanodollars: 1), LLMV1.SetBudgetRequest(tenant: "a b")] {
                let error = await #expect(throws: RPCError.self) {
                    try await fixture.ledger.setBudget(request, context: .test)
                }
                #expect(error?.code == .permissionDenied)
            }
            let account = try await fixture.account()
            #expect(account == LLMV1.Account(tenant: "default"))
        }
    }

    @Test(
        "A field that is not as expected is named",
        arguments: [
            (LLMV1.SetBudgetRequest(tenant: "a b"), "tenant: "),
            (LLMV1.SetBudgetRequest(owner: String(repeating: "o", count: 101)), "owner: "),
            (LLMV1.SetBudgetRequest(budgetNanodollars: 1_000_000_000_000_000_001), "budget_nanodollars: "),
        ])
    func faults(request: LLMV1.SetBudgetRequest, field: String) async throws {
        try await withService { fixture in
            let error = await #expect(throws: RPCError.self) {
                try await fixture.ledger.setBudget(request)
            }
            #expect(error?.code == .invalidArgument && error?.message.hasPrefix(field) == true)
            let largest = try await fixture.setBudget(1_000_000_000_000_000_000)
            #expect(largest.budgetNanodollars == 1_000_000_000_000_000_000)
        }
    }
}
