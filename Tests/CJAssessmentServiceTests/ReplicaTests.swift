import CJCore
import Contracts
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("Several processes, and those that die")
struct ReplicaTests {
    @Test("Three processes at once decide as one: no comparison twice, never more in flight than asked, one end")
    func racing() async throws {
        try await withService(ScriptedProvider { _, number in number % 7 == 0 ? .failure(.unreachable) : .verdict }) { fixture in
            try await fixture.running([fixture.service, fixture.replica(), fixture.replica()]) {
                try await fixture.start(10) { $0.maxInFlight = 4 }
                var most: UInt32 = 0
                try await eventually {
                    let progress = try await fixture.progress()
                    most = max(most, progress.inFlight)
                    return progress.state != .running
                }
                #expect(most <= 4)
                let progress = try await fixture.progress()
                #expect(progress.state == .completed)
                try await fixture.check(progress)
                #expect(Int(progress.providerCalls) == fixture.provider.requests.count)
            }
        }
    }

    @Test("Many looks at one fresh assessment start what there is room for once")
    func looks() async throws {
        try await withService { fixture in
            try await fixture.start(10) { $0.maxInFlight = 5 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    let driver = fixture.driver()
                    group.addTask { try await driver.advance("a") }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.comparisons().count == 5)
        }
    }

    @Test("A decision made from an old look is dropped; results that came meanwhile lead to another one")
    func overtaken() async throws {
        try await withService { fixture in
            try await fixture.start(10) { $0.maxInFlight = 5 }
            let driver = fixture.driver()
            _ = try await driver.submitter.submitNext()
            #expect(try await !fixture.store.isUndecided("a"))
            _ = try await fixture.consumer().record(Array(fixture.provider.events.prefix(2)))
            let snapshot = try #require(
                try await fixture.store.pool.unitOfWork("read") { try await fixture.store.snapshot(of: "a", in: $0) })
            let decision = driver.workflow.machine.advance(snapshot)
            _ = try await fixture.consumer().record(Array(fixture.provider.events.prefix(3)))

            var applied: [Bool] = []
            for _ in 0..<2 {
                applied.append(
                    try await fixture.store.pool.unitOfWork("decide") { unit in
                        guard try await fixture.store.lock(snapshot, in: unit) else { return false }
                        try await fixture.store.apply(decision, conclusion: nil, to: snapshot, in: unit)
                        return true
                    })
            }
            #expect(applied == [true, false])
            #expect(try await fixture.comparisons().count == 7)
            #expect(try await fixture.store.isUndecided("a"))
            try await driver.advance("a")
            #expect(try await fixture.comparisons().count == 8)
            #expect(try await !fixture.store.isUndecided("a"))
        }
    }

    @Test("A process that died between claiming and marking is followed by one that hands the same requests over again")
    func deadSubmitter() async throws {
        try await withService { fixture in
            try await fixture.start(4) { $0.maxInFlight = 4 }
            let claimed = try await fixture.store.claimRequests(limit: 2, claimLifetimeSeconds: 30)
            #expect(claimed.count == 2)
            _ = try await LLMV1.LLMProviderClient(fixture.transport).submit(claimed[0].contract)
            #expect(try await fixture.store.claimRequests(limit: 10, claimLifetimeSeconds: 30).count == 2)
            try await fixture.pool.execute("UPDATE cj.request SET claimed_at = now() - interval '31 seconds'")
            try await fixture.running {
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
                try await fixture.check(progress)
                #expect(Int(progress.judged) == fixture.provider.requests.count)
            }
        }
    }

    @Test("A process that starts hands over at once what a dead one had claimed, and nothing that was marked or answered")
    func takeOver() async throws {
        try await withService(ScriptedProvider { _, _ in .hold }) { fixture in
            try await fixture.start(6) { $0.maxInFlight = 6 }
            let claimed = try await fixture.store.claimRequests(limit: 4, claimLifetimeSeconds: 30)
            for request in claimed.prefix(3) { _ = try await LLMV1.LLMProviderClient(fixture.transport).submit(request.contract) }
            try await fixture.store.markSubmitted(claimed[0])
            fixture.provider.release(2)
            _ = try await fixture.consumer().consumeNext()
            try await fixture.store.releaseAllClaims()
            let again = try await fixture.store.claimRequests(limit: 10, claimLifetimeSeconds: 30)
            let untouched = Set(claimed.prefix(2).map(\.id))
            #expect(Set(again.map(\.id)).isDisjoint(with: untouched))
            #expect(Set(again.map(\.id)).isSuperset(of: claimed.suffix(2).map(\.id)))
        }
    }

    @Test("An assessment that can't be looked after holds no other up")
    func poisoned() async throws {
        try await withService { fixture in
            // Its turn comes first, by age as by name.
            try await fixture.start(4) { $0.assessmentID = "A" }
            try await fixture.start(4)
            try await fixture.pool.execute("UPDATE cj.assessment SET pairing = 'unheard of' WHERE id = 'A'")
            try await fixture.running {
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
            }
        }
    }

    @Test("Who held a claim that another has taken since neither gives it back nor has its request refused")
    func staleClaim() async throws {
        try await withService { fixture in
            try await fixture.start(3) { $0.maxInFlight = 1 }
            let slow = try await fixture.store.claimRequests(limit: 1, claimLifetimeSeconds: 30)[0]
            let next = try await fixture.store.claimRequests(limit: 1, claimLifetimeSeconds: 0)[0]
            #expect(next.id == slow.id)
            #expect(!slow.isUnclear && next.isUnclear)

            try await fixture.store.releaseClaim(of: slow, wasRefused: true)
            try await fixture.store.recordRefusal(of: slow, effect: .giveUp(reason: "no"))
            #expect(try await fixture.cancel() == .running, "the request is still waited for")
            #expect(try await fixture.comparisons().map(\.state) == [.inFlight])

            try await fixture.store.recordRefusal(of: next, effect: .giveUp(reason: "no"))
            #expect(try await fixture.comparisons().map(\.state) == [.failed])
        }
    }
}
