import CJCore
import Contracts
import Postgres
import Synchronization
import Testing
import Wire

@testable import CJAssessmentService

@Suite("An assessment from its start to its end")
struct RunTests {
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
                try await fixture.check(progress)
            }
            let items = try await fixture.get().items
            #expect(try await fixture.get().excludedEssays.isEmpty)
            #expect(items.map(\.essayID) == (1...essays).reversed().map { "essay-\($0)" })
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
                try await fixture.check(progress)
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
                try await fixture.check(progress)
            }
            let assessment = try await fixture.get()
            let items = assessment.items
            #expect(assessment.reliability?.posteriorReliability == assessment.progress?.reliability)
            #expect(items.first { $0.essayID == "essay-3" }?.comparisons == 0)
            #expect(assessment.excludedEssays.map(\.essayID) == ["essay-3"])
            #expect(assessment.excludedEssays.map(\.reason) == [byVendor ? "why" : "refused"])
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
                try await fixture.check(progress)
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
                try await fixture.check(progress)
            }
            #expect(fixture.provider.submissions <= 6)
        }
    }

    @Test("One whose tenant has to wait for its budget holds up no other")
    func poorTenant() async throws {
        let provider = ScriptedProvider { request, _ in
            request.tenant == "poor" ? .refusal(.resourceExhausted, isRefused: true) : .verdict
        }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(40) {
                    $0.tenant = "poor"
                    $0.maxInFlight = 40
                }
                try await eventually { try await fixture.progress().inFlight >= 20 }
                try await fixture.start(4) { $0.assessmentID = "b" }
                #expect(try await fixture.end("b").state == .completed)
                #expect(try await fixture.progress().judged == 0)
            }
        }
    }

    @Test("One whose tenant is told when to come again does not come before, and holds up no other")
    func fullForATenant() async throws {
        let pause = Duration.milliseconds(300)
        let times = Mutex<[ContinuousClock.Instant]>([])
        let provider = ScriptedProvider { request, _ in
            guard request.tenant == "many" else { return .verdict }
            let isFirst = times.withLock {
                $0.append(.now)
                return $0.count == 1
            }
            return isFirst ? .refusal(.resourceExhausted, isRefused: true, retryAfter: pause) : .verdict
        }
        try await withService(provider) { fixture in
            try await fixture.running {
                try await fixture.start(4) {
                    $0.tenant = "many"
                    $0.maxInFlight = 1
                }
                try await eventually { times.withLock { !$0.isEmpty } }
                try await fixture.start(4) { $0.assessmentID = "b" }
                #expect(try await fixture.end("b").state == .completed)
                #expect(try await fixture.end().state == .completed)
            }
            let calls = times.withLock { $0 }
            #expect(calls.count > 1 && calls[0].duration(to: calls[1]) >= pause)
        }
    }

    @Test("A tenant's pause lasts as long as the longest that was asked for, to its border")
    func pauses() {
        let start = ContinuousClock.now
        let now = Mutex(start)
        let pauses = TenantPauses { now.withLock { $0 } }
        pauses.begin("a", for: .seconds(5))
        pauses.begin("a", for: .seconds(3))
        pauses.begin("b", for: .seconds(3))
        for (milliseconds, tenants) in [(2999, ["a", "b"]), (3000, ["a"]), (4999, ["a"]), (5000, [])] as [(Int, Set<String>)] {
            now.withLock { $0 = start + .milliseconds(milliseconds) }
            #expect(pauses.tenants == tenants)
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
                try await fixture.check(progress)
            }
        }
    }
}
