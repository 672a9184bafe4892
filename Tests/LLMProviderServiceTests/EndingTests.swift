import Contracts
import JobQueue
import Postgres
import Testing

@testable import LLMProviderService

@Suite("Endings that are written together")
struct EndingTests {
    private func ending(_ claim: ClaimedRequest, _ model: String = "m") throws -> RequestStore.Ending {
        try RequestStore.Ending(
            claim, with: LLMV1.Result(requestID: claim.id, model: model), isSuccess: true,
            entry: LedgerEntry(claim, parsed: nil, day: .today, usage: TokenUsage(output: 1), bill: Bill(cost: 5)))
    }

    @Test("write each once: what is another's by now is left out and keeps none of the others back")
    func lost() async throws {
        try await withService { fixture in
            for id in ["a", "b", "c"] { try await fixture.submit(Sample.paidOnce(id, owner: "x")) }
            let old = try await fixture.claim().sorted { $0.id < $1.id }
            try await fixture.pool.execute(
                "UPDATE llm_provider.job_lease SET lease_until = now() - interval '1 second' WHERE subject = 'b'")
            let again = try #require(try await fixture.claim().first)
            #expect(again.id == "b" && again.job?.epoch != old[1].job?.epoch)

            #expect(
                try await fixture.store.finish([ending(old[0]), ending(old[1], "old"), ending(old[2])]) == [true, false, true])
            #expect(try await fixture.get("b").result == nil)
            // As after a commit whose answer was lost, together with one that is not written yet, and with an earlier claim of the same job.
            let answers = try await fixture.store.finish([ending(old[0]), ending(old[1], "old"), ending(again)])
            #expect(answers == [true, false, true])
            #expect(try await fixture.get("b").result?.model == "m")
            #expect(try await fixture.events().map(\.requestID).sorted() == ["a", "b", "c"])
            let account = try await fixture.account(owner: "x")
            #expect(account.spentNanodollars == 15 && account.reservedNanodollars == 0)
        }
    }

    @Test("of which several tell what vendors want put the longest wish for each lane on record")
    func refusals() async throws {
        try await withService { fixture in
            for id in ["a", "b", "c"] { try await fixture.submit(Sample.request(id)) }
            let claims = try await fixture.claim()
            func wish(_ pools: [String: Int64]) -> [LaneID: LaneRecord] {
                Dictionary(
                    uniqueKeysWithValues: pools.map { pool, seconds in
                        let record = LaneRecord(
                            share: 1, stated: PerDimension(requests: nil, inputTokens: nil, outputTokens: nil),
                            largest: Charge(inputTokens: 0, outputTokens: 0), frozenUntil: seconds * 1_000_000_000,
                            standstill: nil)
                        return (LaneID(provider: "p", credential: "c", pool: pool), record)
                    })
            }
            let endings = try zip(claims, [wish(["x": 30, "y": 500]), wish(["x": 400]), [:]]).map { claim, refusals in
                try RequestStore.Ending(
                    claim, with: LLMV1.Result(requestID: claim.id), isSuccess: true,
                    entry: LedgerEntry(claim, parsed: nil, day: .today, usage: TokenUsage(), bill: nil), refusals: refusals)
            }
            #expect(try await fixture.store.finish(endings) == [true, true, true])
            let records = try await fixture.store.laneRecords(of: "p")
            let left = Dictionary(uniqueKeysWithValues: records.map { ($0.key.pool, $0.value.frozenUntil / 1_000_000_000) })
            #expect(left.count == 2 && left["x", default: 0] > 300 && left["y", default: 0] > 400)
        }
    }

    @Test("by many callers at once, of the same claims, are each written once")
    func race() async throws {
        try await withService { fixture in
            let ids = (0..<40).map { "r\($0)" }
            for id in ids { try await fixture.submit(Sample.paidOnce(id, owner: "x")) }
            let claims = try await fixture.claim(100)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let own = try claims.shuffled().prefix(25).map { try ending($0) }
                        #expect(try await fixture.store.finish(own).allSatisfy { $0 })
                    }
                }
                try await group.waitForAll()
            }
            _ = try await fixture.store.finish(claims.map { try ending($0) })
            #expect(try await fixture.events().map(\.requestID).sorted() == ids.sorted())
            #expect(try await fixture.account(owner: "x").spentNanodollars == 200)
        }
    }
}
