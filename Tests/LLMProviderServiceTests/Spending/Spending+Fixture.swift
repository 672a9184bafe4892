import Contracts
import Postgres

@testable import LLMProviderService

extension ServiceFixture {
    var ledger: SpendingLedger { SpendingLedger(pool: pool) }

    func spending(_ tenant: String = "", owner: String = "") async throws -> LLMV1.GetSpendingResponse {
        try await ledger.getSpending(LLMV1.GetSpendingRequest(tenant: tenant, owner: owner), context: .test)
    }

    func account(_ tenant: String = "", owner: String = "") async throws -> LLMV1.Account {
        guard let account = try await spending(tenant, owner: owner).account else { throw ConditionTimedOut() }
        return account
    }

    @discardableResult
    func setBudget(_ budget: Int64?, _ tenant: String = "", owner: String = "") async throws -> LLMV1.Account {
        let response = try await ledger.setBudget(
            LLMV1.SetBudgetRequest(tenant: tenant, owner: owner, budgetNanodollars: budget.map { UInt64($0) }), context: .test)
        guard let account = response.account else { throw ConditionTimedOut() }
        return account
    }

    /// The most that a request can cost, in nano-dollars.
    func ceiling(_ request: LLMV1.SubmitRequest) throws -> Int64 {
        let parsed = try SubmissionParser(configuration: configuration, lanes: Lanes(configuration)).parse(request)
        let calls = configuration.retry.mostPaidCalls(asked: request.maxPaidCalls)
        guard let cost = CostCeiling.nanodollars(of: parsed.call, paidCalls: calls, on: .today) else { throw ConditionTimedOut() }
        return cost
    }

    /// Ends a request that cost so much.
    func finish(_ claim: ClaimedRequest, cost: Int64) async throws -> Bool {
        let bill = Bill(cost: cost)
        let result = LLMV1.Result(
            claim, outcome: .failure(AttemptFailure(kind: .truncated, message: "why", remedy: .none)),
            usage: TokenUsage(output: 1),
            bill: bill, provider: nil, latency: .zero)
        return try await store.finish(
            claim, with: result, isSuccess: false,
            entry: LedgerEntry(claim, parsed: nil, day: .today, usage: TokenUsage(output: 1), bill: bill))
    }

    /// What accounts hold, added up from the requests under way and from the ledger, apart from the sums that are kept.
    func audit() async throws -> [Payer: Account] {
        let rows = try await pool.query(
            """
            SELECT tenant, owner, sum(spent)::bigint, sum(reserved)::bigint FROM (
                SELECT tenant, owner, cost_nanodollars AS spent, 0::bigint AS reserved FROM llm_provider.spending
                UNION ALL SELECT tenant, '', cost_nanodollars, 0 FROM llm_provider.spending
                UNION ALL SELECT tenant, owner, 0, reserved_nanodollars FROM llm_provider.account
                UNION ALL SELECT tenant, '', 0, reserved_nanodollars FROM llm_provider.account) AS given
            GROUP BY tenant, owner
            """)
        return try rows.reduce(into: [:]) { accounts, row in
            let (tenant, owner, spent, reserved) = try row.decode(String.self, String.self, Int64.self, Int64.self)
            let payer = Payer(tenant: tenant, owner: owner)
            accounts[payer] = Account(payer: payer, spent: spent, reserved: reserved)
        }
    }
}

extension Sample {
    /// A request that may be billed once.
    static func paidOnce(_ id: String, tenant: String = "", owner: String = "class-9b") -> LLMV1.SubmitRequest {
        request(id, owner: owner) {
            $0.tenant = tenant
            $0.maxPaidCalls = 1
        }
    }
}
