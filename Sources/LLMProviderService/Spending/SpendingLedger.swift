public import Contracts
public import Postgres
public import Wire

/// What has been spent, and how much may be: the provider service's books, for operators.
public struct SpendingLedger: LLMV1.SpendingService {
    /// Lines of one answer.
    static let maximumLines: Int64 = 1000
    /// In nano-dollars. No sum of budgets and costs comes near the largest number.
    static let largestBudget: UInt64 = 1_000_000_000_000_000_000

    private let store: RequestStore

    /// - Parameter pool: of the service's database; its schema must be up to date.
    public init(pool: Pool) {
        store = RequestStore(pool: pool)
    }

    public func getSpending(
        _ request: LLMV1.GetSpendingRequest, context: ServerContext
    ) async throws -> LLMV1.GetSpendingResponse {
        try await getSpending(request)
    }

    public func setBudget(_ request: LLMV1.SetBudgetRequest, context: ServerContext) async throws -> LLMV1.SetBudgetResponse {
        guard context.isFromThisMachine else {
            throw RPCError(.permissionDenied, "a budget is set from the service's own machine only")
        }
        return try await setBudget(request)
    }

    // MARK: - For whoever is in the same process

    /// - Throws: ``RPCError`` where a field is not as expected; ``PostgresError``.
    public func getSpending(_ request: LLMV1.GetSpendingRequest) async throws -> LLMV1.GetSpendingResponse {
        let payer = try Self.payer(tenant: request.tenant, owner: request.owner)
        let (account, lines) = try await store.spending(of: payer, lines: Self.maximumLines)
        return LLMV1.GetSpendingResponse(account: account.contract, lines: lines)
    }

    /// - Throws: as ``getSpending(_:)``.
    public func setBudget(_ request: LLMV1.SetBudgetRequest) async throws -> LLMV1.SetBudgetResponse {
        let payer = try Self.payer(tenant: request.tenant, owner: request.owner)
        if let budget = request.budgetNanodollars, budget > Self.largestBudget {
            throw RPCError(.invalidArgument, "budget_nanodollars: expected at most \(Self.largestBudget), got \(budget)")
        }
        let account = try await store.setBudget(request.budgetNanodollars.map { Int64($0) }, of: payer)
        return LLMV1.SetBudgetResponse(account: account.contract)
    }

    private static func payer(tenant: String, owner: String) throws(RPCError) -> Payer {
        if !tenant.isEmpty { try SubmissionParser.identifier(tenant, "tenant") }
        if !owner.isEmpty { try SubmissionParser.identifier(owner, "owner") }
        return Payer(tenant: tenant, owner: owner)
    }
}
