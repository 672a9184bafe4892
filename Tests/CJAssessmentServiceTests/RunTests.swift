import CJCore
import Contracts
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("An assessment from its start to its end")
struct RunTests {
    /// What must hold of every assessment that has ended.
    private func check(_ fixture: ServiceFixture, _ progress: CJV1.AssessmentProgress) async throws {
        let comparisons = try await fixture.comparisons()
        #expect(progress.inFlight == 0)
        #expect(comparisons.allSatisfy { $0.state != .inFlight })
        #expect(comparisons.map(\.number) == (0..<UInt32(comparisons.count)).map { $0 + 1 })
        #expect(comparisons.count { $0.state == .judged } == Int(progress.judged))
        let ends = try await fixture.ends()
        #expect(ends.count == 1)
        #expect(ends.first?.state == progress.state)
        #expect(ends.first?.comparisons == progress.judged)
    }

    /// Whether the prompt shows an essay.
    private static func shows(_ number: Int, _ request: LLMV1.SubmitRequest) -> Bool {
        String(decoding: request.blocks.last?.text ?? [], as: UTF8.self).contains("Essay \(number + 1000).")
    }

    @Test("Small piles end, ranked as the judge sees them", arguments: [2, 3, 4])
    func small(essays: Int) async throws {
        try await withService { fixture in
            try await fixture.running {
                try await fixture.start(essays)
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
                #expect((1...essays * (essays - 1)).contains(Int(progress.judged)))
                try await check(fixture, progress)
            }
            let items = try await fixture.get().items
            #expect(items.map(\.essayID) == (1...essays).reversed().map { "essay-\($0)" })
        }
    }

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
                try await check(fixture, progress)
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
            let decision = driver.machine.advance(snapshot)
            _ = try await fixture.consumer().record(Array(fixture.provider.events.prefix(3)))

            var applied: [Bool] = []
            for _ in 0..<2 {
                applied.append(
                    try await fixture.store.pool.unitOfWork("decide") { unit in
                        guard try await fixture.store.lock(snapshot, in: unit) else { return false }
                        try await fixture.store.apply(decision, to: snapshot, in: unit)
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

    @Test("A comparison that fails is asked again under a new id, then given up, and the assessment ends all the same")
    func failing() async throws {
        let provider = ScriptedProvider { request, _ in
            Self.shows(1, request) && Self.shows(2, request) ? .failure(.unreadableReply) : .verdict
        }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(4) {
                    $0.stopping = CJV1.StoppingSettings(targetReliability: 0.999)
                    $0.maxInFlight = 1
                }
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
                #expect(progress.failed == 1)
                try await check(fixture, progress)
            }
            let failed = try #require(try await fixture.comparisons().first { $0.state == .failed })
            #expect(failed.failure == "why")
            let asked = fixture.provider.requests.map(\.requestID).filter { $0.hasPrefix("a:\(failed.number):") }
            #expect(Set(asked) == (1...3).reduce(into: Set()) { $0.insert("a:\(failed.number):\($1)") })
        }
    }

    @Test("One essay that the vendor refuses costs its own comparisons, not the assessment", arguments: [true, false])
    func refusedEssay(byVendor: Bool) async throws {
        let provider = ScriptedProvider { request, _ in
            guard Self.shows(3, request) else { return .verdict }
            return byVendor ? .failure(.invalidRequest) : .refusal(.invalidArgument)
        }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(6) { $0.maxInFlight = 1 }
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
                #expect(progress.failed == 3)
                try await check(fixture, progress)
            }
            let assessment = try await fixture.get()
            let items = assessment.items
            #expect(assessment.reliability?.posteriorReliability == assessment.progress?.reliability)
            #expect(items.first { $0.essayID == "essay-3" }?.comparisons == 0)
            #expect(items.map(\.essayID).filter { $0 != "essay-3" } == [6, 5, 4, 2, 1].map { "essay-\($0)" })
        }
    }

    @Test("A vendor that refuses every request is given up, however few there are", arguments: [2, 3, 12])
    func refusedAll(essays: Int) async throws {
        try await withService(ScriptedProvider { _, _ in .failure(.invalidRequest) }) { fixture in
            try await fixture.running {
                try await fixture.start(essays)
                let progress = try await fixture.end()
                #expect(progress.state == .failed)
                #expect(progress.stopReason == .judgeFailed)
                #expect(progress.failure.contains("why"))
                try await check(fixture, progress)
            }
            #expect(fixture.provider.requests.count <= 40)
        }
    }

    @Test(
        "A wrong key ends the assessment with its reason, without asking again",
        arguments: [
            ScriptedProvider.Reaction.failure(.authentication), .failure(.billing), .refusal(.permissionDenied),
        ])
    func unusable(reaction: ScriptedProvider.Reaction) async throws {
        try await withService(ScriptedProvider { _, _ in reaction }) { fixture in
            try await fixture.running {
                try await fixture.start(12) { $0.maxInFlight = 3 }
                let progress = try await fixture.end()
                #expect(progress.state == .failed)
                #expect(!progress.failure.isEmpty)
                try await check(fixture, progress)
            }
            #expect(fixture.provider.submissions <= 6)
        }
    }

    @Test("A provider service that is full or away for a while only delays")
    func passing() async throws {
        let provider = ScriptedProvider { _, number in
            switch number {
            case ...5: .refusal(.unavailable)
            case ...9: .refusal(.resourceExhausted, isRefused: true)
            default: .verdict
            }
        }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(4)
                let progress = try await fixture.end()
                #expect(progress.state == .completed)
                #expect(progress.failed == 0)
                try await check(fixture, progress)
            }
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
                try await check(fixture, progress)
                #expect(Int(progress.judged) == fixture.provider.requests.count)
            }
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
}
