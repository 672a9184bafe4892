import Contracts
import JobQueue
import Testing
import Wire

@testable import LLMProviderService

/// What the accounts should hold, kept in the simplest way there is.
private struct Oracle {
    var budgets: [Payer: Int64] = [:]
    var spent: [Payer: Int64] = [:]
    /// Set aside for the requests under way, with their payers.
    var open: [String: (payer: Payer, reserved: Int64)] = [:]

    func reserved(_ payer: Payer) -> Int64 {
        open.values.filter { $0.payer == payer || $0.payer.wholeTenant == payer }.reduce(0) { $0 + $1.reserved }
    }

    /// Nil where a request is taken on.
    func refusal(of payer: Payer, cost: Int64) -> StatusCode? {
        let room = [payer.wholeTenant, payer].compactMap { account in
            budgets[account].map {
                (now: $0 - spent[account, default: 0] - reserved(account), later: $0 - spent[account, default: 0])
            }
        }
        if room.contains(where: { $0.later < cost }) { return .failedPrecondition }
        return room.contains { $0.now < cost } ? .resourceExhausted : nil
    }

    mutating func end(_ id: String, cost: Int64) {
        guard let request = open.removeValue(forKey: id) else { return }
        for account in [request.payer, request.payer.wholeTenant] { spent[account, default: 0] += cost }
    }
}

@Suite("Accounts beside an oracle")
struct SpendingScheduleTests {
    @Test("Whatever happens in whatever order, accounts hold what the oracle says, and refuse what it refuses", arguments: 1...6)
    func schedule(seed: UInt64) async throws {
        try await withService { fixture in
            var random = Seeded(state: seed)
            var oracle = Oracle()
            var held: [ClaimedRequest] = []
            let unit = try fixture.ceiling(Sample.paidOnce("a"))
            for step in 0..<120 {
                let payer = Payer(
                    tenant: ["default", "school"].randomElement(using: &random) ?? "",
                    owner: ["x", "y"].randomElement(using: &random) ?? "")
                switch Int.random(in: 0..<10, using: &random) {
                case 0...4:
                    let id = "r\(step)"
                    let request = Sample.request(id, owner: payer.owner) {
                        $0.tenant = payer.tenant
                        $0.maxPaidCalls = .random(in: 1...3, using: &random)
                    }
                    let cost = Int64(request.maxPaidCalls) * unit
                    let expected = oracle.refusal(of: payer, cost: cost)
                    do {
                        try await fixture.submit(request)
                        #expect(expected == nil)
                        oracle.open[id] = (payer, cost)
                    } catch let error as RPCError {
                        #expect(error.code == expected)
                    }
                case 5:
                    held += try await fixture.claim(2)
                case 6, 7:
                    guard let claim = held.popLast() else { continue }
                    let cost = Int64.random(in: 0...claim.reserved, using: &random)
                    if try await fixture.finish(claim, cost: cost) { oracle.end(claim.id, cost: cost) }
                case 8:
                    let account = Bool.random(using: &random) ? payer : payer.wholeTenant
                    let budget = Bool.random(using: &random) ? unit * .random(in: 0...20, using: &random) : nil
                    try await fixture.setBudget(budget, account.tenant, owner: account.owner)
                    oracle.budgets[account] = budget
                default:
                    guard Int.random(in: 0..<3, using: &random) == 0 else {
                        // The process dies; its requests are claimed anew, and what it held is another's.
                        try await fixture.store.releaseAll()
                        held += try await fixture.claim(1)
                        continue
                    }
                    let holders = Set(held.map(\.id))
                    _ = try await fixture.service.cancel(
                        LLMV1.CancelRequest(owner: payer.owner, tenant: payer.tenant), context: .test)
                    for (id, request) in oracle.open where request.payer == payer {
                        let isWithdrawn = try await fixture.get(id).state == .cancelled
                        #expect(isWithdrawn || holders.contains(id))
                        if isWithdrawn { oracle.end(id, cost: 0) }
                    }
                }
                try await compare(fixture, oracle)
            }
        }
    }

    private func compare(_ fixture: ServiceFixture, _ oracle: Oracle) async throws {
        let audit = try await fixture.audit()
        for payer in ["default", "school"].flatMap({ tenant in ["", "x", "y"].map { Payer(tenant: tenant, owner: $0) } }) {
            let account = try await fixture.account(payer.tenant, owner: payer.owner)
            #expect(account.spentNanodollars == UInt64(oracle.spent[payer, default: 0]))
            #expect(account.reservedNanodollars == UInt64(oracle.reserved(payer)))
            #expect(account.budgetNanodollars == oracle.budgets[payer].map { UInt64($0) })
            #expect(Int64(account.spentNanodollars) == audit[payer]?.spent ?? 0)
            #expect(Int64(account.reservedNanodollars) == audit[payer]?.reserved ?? 0)
        }
    }
}
