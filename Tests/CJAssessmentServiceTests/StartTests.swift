import Contracts
import Postgres
import Testing
import Wire

@testable import CJAssessmentService

@Suite("Starting an assessment")
struct StartTests {
    private func count(_ fixture: ServiceFixture) async throws -> Int {
        try await fixture.pool.query("SELECT count(*) FROM cj.assessment")[0].decode(Int.self)
    }

    @Test("The same content is known when it comes again, other content is refused")
    func idempotent() async throws {
        try await withService { fixture in
            let first = try await fixture.start(3)
            #expect(first == CJV1.StartAssessmentResponse(state: .running, alreadyKnown: false))
            #expect(try await fixture.start(3) == CJV1.StartAssessmentResponse(state: .running, alreadyKnown: true))
            #expect(try await refusal { try await fixture.start(4) }?.code == .alreadyExists)
            #expect(try await refusal { try await fixture.start(3) { $0.seed = 2 } }?.code == .alreadyExists)
            #expect(try await count(fixture) == 1)
        }
    }

    @Test("Twenty callers at once start it once, and all are told that it runs")
    func concurrent() async throws {
        try await withService { fixture in
            let answers = try await withThrowingTaskGroup(of: CJV1.StartAssessmentResponse.self) { group in
                for _ in 0..<20 { group.addTask { try await fixture.start(3) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { !$0.alreadyKnown } == 1)
            #expect(answers.allSatisfy { $0.state == .running })
            #expect(try await count(fixture) == 1)
        }
    }

    @Test("Of two callers with different content under one id, one is refused")
    func concurrentDiffering() async throws {
        try await withService { fixture in
            let codes = try await withThrowingTaskGroup(of: StatusCode.self) { group in
                for essays in [3, 4] {
                    group.addTask { try await refusal { try await fixture.start(essays) }?.code ?? .ok }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(codes == [.ok, .alreadyExists])
        }
    }

    @Test("Uploaded essays come first, once each however often they are uploaded, and belong to the started assessment")
    func uploads() async throws {
        try await withService { fixture in
            func upload(_ numbers: [Int]) async throws -> Int {
                let request = CJV1.UploadEssaysRequest(assessmentID: "a", essays: numbers.map { Sample.essay($0) })
                return Int(try await fixture.service.uploadEssays(request, context: .test).essays)
            }
            #expect(try await upload([7, 8]) == 2)
            #expect(try await upload([8, 9]) == 3)
            let started = try await fixture.start(1)
            #expect(!started.alreadyKnown)
            let items = try await fixture.get().items.map(\.essayID)
            #expect(Set(items) == ["essay-7", "essay-8", "essay-9", "essay-1"])
            #expect(try await fixture.start(1).alreadyKnown)
            #expect(try await refusal { _ = try await upload([10]) }?.code == .failedPrecondition)
        }
    }

    @Test("As many essays may be uploaded as an assessment may have; one more is refused and none of its message kept")
    func uploadLimit() async throws {
        try await withService(configure: { $0.maximumEssays = 3 }) { fixture in
            func upload(_ numbers: [Int]) async throws -> Int {
                let request = CJV1.UploadEssaysRequest(assessmentID: "a", essays: numbers.map { Sample.essay($0) })
                return Int(try await fixture.service.uploadEssays(request, context: .test).essays)
            }
            let first = try await upload([1, 2])
            #expect(first == 2)
            #expect(try await refusal { _ = try await upload([3, 4]) }?.code == .invalidArgument)
            #expect(try await upload([3]) == 3)
        }
    }

    @Test("Essays of an assessment that is never started are forgotten when their time is over")
    func forgottenUploads() async throws {
        try await withService(configure: { $0.uploadLifetimeSeconds = 100 }) { fixture in
            func upload(_ id: String) async throws -> Int {
                let request = CJV1.UploadEssaysRequest(assessmentID: id, essays: [Sample.essay(1), Sample.essay(2)])
                return Int(try await fixture.service.uploadEssays(request, context: .test).essays)
            }
            _ = try await upload("old")
            _ = try await upload("young")
            for (id, age) in [("old", 101.0), ("young", 90)] {
                try await fixture.pool.execute(
                    "UPDATE cj.upload SET uploaded_at = now() - make_interval(secs => \(age)) WHERE assessment_id = \(id)")
            }
            _ = try await upload("new")
            let kept = try await fixture.pool.query("SELECT DISTINCT assessment_id FROM cj.upload ORDER BY 1")
            #expect(try kept.map { try $0.decode(String.self) } == ["new", "young"])
        }
    }

    @Test("What the judge can't do is refused with the field named, and nothing is kept")
    func judge() async throws {
        try await withService { fixture in
            func fault(_ change: @escaping (inout CJV1.StartAssessmentRequest) -> Void) async throws -> String? {
                let error = try await refusal { try await fixture.start(3, change: change) }
                return error.map { "\($0.code.name) \($0.message.prefix { $0 != ":" })" }
            }
            #expect(try await fault { $0.judge?.model = "none" } == "INVALID_ARGUMENT judge.model")
            #expect(
                try await fault { $0.judge = .init(provider: "scripted", model: "plain", temperature: 0) }
                    == "INVALID_ARGUMENT judge.temperature")
            #expect(try await fault { $0.judge?.maxOutputTokens = 1001 } == "INVALID_ARGUMENT judge.max_output_tokens")
            #expect(
                try await fault {
                    $0.judge?.model = "plain"
                    $0.stopping = CJV1.StoppingSettings(maxCostNanodollars: 1)
                } == "FAILED_PRECONDITION stopping.max_cost_nanodollars")
            let kept = try await count(fixture)
            #expect(kept == 0)
            #expect(try await fault { $0.judge?.maxOutputTokens = 1000 } == nil)
        }
    }

    @Test("Without the provider service nothing starts and nothing is kept")
    func providerAway() async throws {
        try await withService { fixture in
            fixture.provider.set(away: true)
            let error = try await refusal { try await fixture.start(3) }
            #expect(error?.code == .unavailable)
            #expect(try await count(fixture) == 0)
            fixture.provider.set(away: false)
            #expect(try await !fixture.start(3).alreadyKnown)
        }
    }

    @Test("An estimate keeps nothing")
    func estimate() async throws {
        try await withService { fixture in
            let estimate = try await fixture.service.estimateAssessment(Sample.request(5), context: .test)
            #expect(estimate.essays == 5)
            #expect(estimate.maxComparisons == 20)
            #expect(estimate.costPerComparisonNanodollars.map { $0 > 0 } == true)
            #expect(try await count(fixture) == 0)
        }
    }

    @Test("Looking at what does not exist says so, and so do limits of pages and waits")
    func looking() async throws {
        try await withService { fixture in
            try await fixture.start(3)
            #expect(try await refusal { _ = try await fixture.get("b") }?.code == .notFound)
            #expect(try await refusal { _ = try await fixture.progress("b") }?.code == .notFound)
            #expect(try await refusal { _ = try await fixture.cancel("b") }?.code == .notFound)
            for (limit, code) in [(0, StatusCode.invalidArgument), (1, .ok), (1000, .ok), (1001, .invalidArgument)] {
                let request = CJV1.ListComparisonsRequest(assessmentID: "a", limit: UInt32(limit))
                let error = try await refusal { _ = try await fixture.service.listComparisons(request, context: .test) }
                #expect(error?.code ?? .ok == code)
            }
            let request = CJV1.WatchAssessmentRequest(assessmentID: "a", waitMilliseconds: 30_001)
            #expect(
                try await refusal { _ = try await fixture.service.watchAssessment(request, context: .test) }?.code
                    == .invalidArgument)
        }
    }
}
