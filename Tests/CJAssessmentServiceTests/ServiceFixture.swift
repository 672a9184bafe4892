import CJCore
import Contracts
import EventLog
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire

@testable import CJAssessmentService

/// The service on a database of its own, with a scripted provider.
struct ServiceFixture: Sendable {
    let pool: Pool
    let provider: ScriptedProvider
    let configuration: CJAssessmentConfiguration
    let service: CJAssessment

    var store: AssessmentStore { AssessmentStore(pool: pool) }
    var transport: InProcessTransport { InProcessTransport(provider) }

    /// Another process of the service, as far as anybody can tell.
    func replica() -> CJAssessment {
        CJAssessment(
            pool: pool, provider: transport, changes: Bell(), configuration: configuration, logger: .silent)
    }

    func driver() -> AssessmentDriver {
        AssessmentDriver(
            store: store, provider: transport, configuration: configuration, changes: Bell(), logger: .silent)
    }

    func consumer() -> ResultConsumer {
        ResultConsumer(
            store: store, feed: EventsV1.EventFeedClient(transport),
            intake: ResultIntake(maximumAttempts: configuration.maximumAttempts), configuration: configuration, logger: .silent)
    }

    @discardableResult
    func start(
        _ essays: Int, change: (inout CJV1.StartAssessmentRequest) -> Void = { _ in }
    ) async throws -> CJV1.StartAssessmentResponse {
        try await service.startAssessment(Sample.request(essays, change: change), context: .test)
    }

    func get(_ id: String = "a") async throws -> CJV1.GetAssessmentResponse {
        try await service.getAssessment(CJV1.GetAssessmentRequest(assessmentID: id), context: .test)
    }

    func progress(_ id: String = "a") async throws -> CJV1.AssessmentProgress {
        try #require(
            try await service.watchAssessment(CJV1.WatchAssessmentRequest(assessmentID: id), context: .test).progress)
    }

    func cancel(_ id: String = "a") async throws -> CJV1.AssessmentState {
        try await service.cancelAssessment(CJV1.CancelAssessmentRequest(assessmentID: id), context: .test).state
    }

    func comparisons(_ id: String = "a") async throws -> [CJV1.ComparisonRecord] {
        try await service.listComparisons(CJV1.ListComparisonsRequest(assessmentID: id, limit: 1000), context: .test).comparisons
    }

    /// The events so far as they stand in the log.
    func endEvents() async throws -> [EventsV1.Event] {
        try await Sequencer(
            log: AssessmentStore.log, pool: pool, appended: Bell(), sequenced: Bell(), logger: .silent
        ).drain()
        return try await AssessmentStore.log.read(after: 0, limit: 1000, from: pool)
    }

    /// The events of ended assessments so far.
    func ends() async throws -> [EventsV1.AssessmentFinished] {
        try await endEvents().filter { $0.type == EventsV1.AssessmentFinished.typeName }
            .map { try EventsV1.AssessmentFinished(decoding: $0.payload) }
    }

    /// The rankings told so far.
    func rankings() async throws -> [EventsV1.AssessmentRanked] {
        try await endEvents().filter { $0.type == EventsV1.AssessmentRanked.typeName }
            .map { try EventsV1.AssessmentRanked(decoding: $0.payload) }
    }

    /// What must hold of every assessment that has ended.
    func check(_ progress: CJV1.AssessmentProgress) async throws {
        let comparisons = try await comparisons()
        #expect(progress.inFlight == 0)
        #expect(comparisons.allSatisfy { $0.state != .inFlight })
        #expect(comparisons.map(\.number) == (0..<UInt32(comparisons.count)).map { $0 + 1 })
        #expect(comparisons.count { $0.state == .judged } == Int(progress.judged))
        let ends = try await ends()
        #expect(ends.count == 1)
        #expect(ends.first?.state == progress.state)
        #expect(ends.first?.comparisons == progress.judged)
        var told = try #require(try await rankings().last?.result)
        var asked = try await get(progress.assessmentID)
        #expect(try await rankings().count == 1)
        // The event is as old as the end, and without the history.
        told.progress?.elapsedMilliseconds = 0
        asked.progress?.elapsedMilliseconds = 0
        asked.history = []
        #expect(told == asked)
    }

    /// Runs the service until the test is done.
    func running(_ services: [CJAssessment]? = nil, _ test: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services ?? [service] { group.addTask { try await service.run() } }
            try await test()
            group.cancelAll()
        }
    }

    /// The progress of an assessment once it has ended.
    @discardableResult
    func end(_ id: String = "a") async throws -> CJV1.AssessmentProgress {
        try await eventually { try await progress(id).state != .running }
        return try await progress(id)
    }
}

extension ResultConsumer {
    /// Follows the feed until something has been told, and no longer.
    func consumeNext() async throws -> Set<String> {
        struct Enough: Error {}
        var assessments: Set<String> = []
        do {
            try await follow {
                assessments = $0
                throw Enough()
            }
        } catch is Enough {}
        return assessments
    }
}

/// Runs a test with a service that works only where the test says so.
func withService(
    _ provider: ScriptedProvider = ScriptedProvider(), configure: (inout CJAssessmentConfiguration) -> Void = { _ in },
    test: (ServiceFixture) async throws -> Void
) async throws {
    var configuration = CJAssessmentConfiguration()
    configuration.sweepInterval = .milliseconds(20)
    configure(&configuration)
    let pool = try await TestDatabase.make(migrations: [AssessmentStore.migrator]).pool(size: 8)
    let fixture = ServiceFixture(
        pool: pool, provider: provider, configuration: configuration,
        service: CJAssessment(
            pool: pool, provider: InProcessTransport(provider), changes: Bell(), configuration: configuration, logger: .silent))
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await test(fixture))
    } catch {
        outcome = .failure(error)
    }
    await pool.close()
    try outcome.get()
}

/// Requests that are in order.
enum Sample {
    static func essay(_ number: Int, text: String? = nil) -> CJV1.Essay {
        CJV1.Essay(id: "essay-\(number)", text: Array((text ?? "Essay \(number + 1000).").utf8))
    }

    static func request(
        _ essays: Int, change: (inout CJV1.StartAssessmentRequest) -> Void = { _ in }
    ) -> CJV1.StartAssessmentRequest {
        var request = CJV1.StartAssessmentRequest(
            assessmentID: "a", essays: essays > 0 ? (1...essays).map { essay($0) } : [], language: "en",
            judge: CJV1.JudgeSettings(provider: "scripted", model: "model"), seed: 1)
        change(&request)
        return request
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension ServerContext {
    static var test: ServerContext {
        ServerContext(
            method: MethodDescriptor(service: "test", method: "Test"), metadata: Metadata(), deadline: .after(.seconds(60)),
            peer: "test")
    }
}

/// The condition was not met in time.
struct ConditionTimedOut: Error {}

/// Waits until a condition holds, at most far longer than any should take.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw ConditionTimedOut() }
        try await Task.sleep(for: .milliseconds(3))
    }
}

/// The refusal that a call ends with; nil when it succeeds.
func refusal(_ call: () async throws -> Void) async throws -> RPCError? {
    do {
        try await call()
        return nil
    } catch let error as RPCError {
        return error
    }
}
