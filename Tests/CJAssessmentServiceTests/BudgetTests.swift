import CJCore
import Contracts
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("The budget of an assessment")
struct BudgetTests {
    /// A judge whose replies are of no use at every so-manieth call.
    private func judge(uselessEvery period: Int) -> ScriptedProvider {
        ScriptedProvider { _, number in number % period == 0 ? .failure(.unreadableReply) : .verdict }
    }

    /// Nano-dollars that one call can cost at most, as the estimate tells.
    private func callAtMost(_ fixture: ServiceFixture) async throws -> UInt64 {
        let estimate = try await fixture.service.estimateAssessment(Sample.request(20), context: .test)
        let most = try #require(estimate.maxCostNanodollars)
        return most / UInt64(estimate.maxComparisons * estimate.maxCallsPerComparison)
    }

    @Test(
        "in money is not exceeded by a single nano-dollar, however many replies are paid for in vain, and is used but for one call",
        arguments: [1, 2, 3, 1000], [1, 3])
    func money(uselessEvery period: Int, share: UInt64) async throws {
        let provider = judge(uselessEvery: period)
        try await withService(provider) { fixture in
            let call = try await callAtMost(fixture)
            provider.set(cost: call / share)
            let budget = 12 * call + call / 2
            try await fixture.running {
                try await fixture.start(20) {
                    $0.stopping = CJV1.StoppingSettings(targetReliability: 0.999, maxCostNanodollars: budget)
                    $0.maxInFlight = 5
                }
                let progress = try await fixture.end()
                let cost = try #require(progress.costNanodollars)
                #expect(cost == UInt64(provider.requests.count) * (call / share))
                #expect(cost <= budget)
                if period > 1 {
                    #expect(progress.stopReason == .moneyBudget)
                    #expect(budget - cost <= call)
                } else {
                    #expect(progress.stopReason == .judgeFailed)
                }
                try await fixture.check(progress)
            }
        }
    }

    @Test("in comparisons counts those that were given up, and each is paid for three times at most", arguments: [1, 2, 3])
    func comparisons(uselessEvery period: Int) async throws {
        let provider = judge(uselessEvery: period)
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(20) {
                    $0.stopping = CJV1.StoppingSettings(targetReliability: 0.999, maxComparisons: 10)
                    $0.maxInFlight = 4
                }
                let progress = try await fixture.end()
                #expect(progress.judged + progress.failed == 10 || progress.state == .failed)
                #expect(progress.judged + progress.failed <= 10)
                #expect(provider.requests.count <= 30)
                try await fixture.check(progress)
            }
            #expect(provider.requests.allSatisfy { $0.maxPaidCalls == 1 }, "no call is paid for behind the budget's back")
        }
    }

    @Test("The most that an assessment can cost is every call of every comparison, or the budget where that is less")
    func most() async throws {
        try await withService { fixture in
            func estimate(_ stopping: CJV1.StoppingSettings) async throws -> CJV1.EstimateAssessmentResponse {
                try await fixture.service.estimateAssessment(Sample.request(20) { $0.stopping = stopping }, context: .test)
            }
            let call = try await callAtMost(fixture)
            let free = try await estimate(.init(maxComparisons: 10))
            #expect(free.maxCallsPerComparison == 3)
            #expect(free.maxCostNanodollars == 30 * call)
            #expect(try #require(free.costPerComparisonNanodollars) <= call)
            #expect(
                try await estimate(.init(maxComparisons: 10, maxCostNanodollars: 30 * call - 1)).maxCostNanodollars == 30 * call
                    - 1)
            #expect(
                try await estimate(.init(maxComparisons: 10, maxCostNanodollars: 30 * call + 1)).maxCostNanodollars == 30 * call)
        }
    }

    @Test("A purse has a call left while what one can cost at most is left beside what is set aside")
    func purse() {
        var purse = Purse(limit: 1000, spent: 500, underWay: 2, callCostAtMost: 100)
        #expect(purse.calls == 3)
        purse.reserve(3)
        #expect(purse.calls == 0)
        purse.settle(cost: 99)
        #expect(purse.calls == 0)
        purse.settle(cost: 1)
        #expect(purse.calls == 1)
        #expect(Purse(limit: nil, spent: 500).calls == .max)
        #expect(Purse(limit: 500, spent: 500).calls == 0)
        #expect(Purse(limit: .max, spent: 0, underWay: .max, callCostAtMost: .max).calls == 0)
    }
}
