import CJCore
import Contracts
import Postgres
import PostgresTestSupport

@testable import CJAssessmentService
@testable import Simulation

/// The simulator's store and the real one, holding the same assessments.
final class TwoStores {
    let world: World
    let real: AssessmentStore
    private let process: SimulatedProcess

    /// Makes the assessments of a simulated world in a database, too.
    init(seed: UInt64, pool: Pool) async throws {
        world = World(seed: seed, estimator: RecentScales.serviceEstimator)
        world.troubles = Troubles()
        process = SimulatedProcess(0, world: world)
        real = AssessmentStore(pool: pool)
        try await pool.execute("TRUNCATE cj.assessment CASCADE")
        for assessment in world.tables.assessments {
            let snapshot = assessment.snapshot
            let plan = AssessmentPlan(
                id: snapshot.id, essays: snapshot.items.map { .init(id: $0.id.rawValue, text: "text", anchorGrade: nil) },
                instructions: .init(question: "", rubric: "", language: "en"), grading: snapshot.grading, judge: snapshot.judge,
                stopping: snapshot.stopping, pairing: snapshot.pairing, seed: snapshot.seed,
                maximumInFlight: snapshot.maximumInFlight)
            let terms = AssessmentTerms(
                model: snapshot.judge.model, promptVersion: snapshot.promptVersion, isSimulated: snapshot.isSimulated,
                estimatedCost: snapshot.estimatedCost, callCostAtMost: snapshot.callCostAtMost,
                expectedComparisons: snapshot.expectedComparisons)
            try await pool.unitOfWork("insert") { unit in
                _ = try await real.insert(plan, terms: terms, contentHash: [], in: unit)
            }
        }
    }

    var assessments: [String] { world.tables.assessments.map(\.snapshot.id) }
    var requests: [String] { world.tables.assessments.flatMap { $0.requests.map(\.id) } }

    /// Carries something out in the simulator's store.
    func inMemory<Value>(_ body: @escaping @Sendable (MemoryStore) async throws -> Value) throws -> Value {
        let box = Box<Value>()
        let process = process
        world.scheduler.begin {
            do {
                box.result = .success(try await body(MemoryStore(process: process)))
            } catch {
                box.result = .failure(error)
            }
        }
        while true {
            if let result = box.result { return try result.get() }
            world.scheduler.resume(0)
        }
    }

    /// What a task leaves for the one thread that drives it.
    private final class Box<Value>: @unchecked Sendable {
        var result: Result<Value, any Error>?
    }

    /// Lets time pass in both.
    func pass(seconds: Int) async throws {
        world.now += seconds
        let span: Query = "make_interval(secs => \(Double(seconds)))"
        try await real.pool.unitOfWork("pass time") { unit in
            unit.send(
                Query(
                    sql: """
                        UPDATE cj.request SET claimed_at = claimed_at - \(span.sql), submitted_at = submitted_at - \(span.sql),
                            asked_at = asked_at - \(span.sql)
                        """, parameters: span.parameters))
            unit.send(
                Query(sql: "UPDATE cj.assessment SET overdue_at = overdue_at - \(span.sql)", parameters: span.parameters))
        }
    }

    // MARK: - What can be seen

    /// Everything that either store tells about how things stand.
    struct View: Equatable {
        var snapshots: [AssessmentSnapshot] = []
        var counts: [[AssessmentSnapshot.Entry.State: Int]] = []
        var undecided: [Bool] = []
        var unattended: [String] = []
        var purses: [String: Purse] = [:]
        var open: [String: OpenRequest] = [:]
        var requests: [String: Request] = [:]
    }

    struct Request: Equatable {
        enum Claim { case none, unclear, made }
        let claim: Claim
        let claims: Int64
        let isSubmitted: Bool
        let isFinished: Bool
    }

    func memoryView() throws -> View {
        let (ids, requests) = (assessments, requests)
        var view = try inMemory { try await Self.view(of: $0, ids, requests) }
        for request in world.tables.assessments.flatMap(\.requests) {
            let claim: Request.Claim = request.claimedAt.map { $0 == Tables.distantPast ? .unclear : .made } ?? .none
            view.requests[request.id] = Request(
                claim: claim, claims: request.claims, isSubmitted: request.isSubmitted, isFinished: request.isFinished)
        }
        return view
    }

    func realView() async throws -> View {
        var view = try await Self.view(of: real, assessments, requests)
        for row in try await real.pool.query(
            """
            SELECT id, claimed_at IS NOT NULL, coalesce(claimed_at = '-infinity', false), claims, submitted_at IS NOT NULL,
                finished_at IS NOT NULL
            FROM cj.request
            """)
        {
            let (id, isClaimed, isUnclear, claims, isSubmitted, isFinished) = try row.decode(
                String.self, Bool.self, Bool.self, Int64.self, Bool.self, Bool.self)
            view.requests[id] = Request(
                claim: isUnclear ? .unclear : isClaimed ? .made : .none, claims: claims, isSubmitted: isSubmitted,
                isFinished: isFinished)
        }
        return view
    }

    private static func view<Store: WorkflowStore>(
        of store: Store, _ assessments: [String], _ requests: [String]
    ) async throws -> View {
        var view = View()
        view.unattended = try await store.unattended().map { "\($0.id) \($0.isStopping)" }
        for id in assessments { view.undecided.append(try await store.isUndecided(id)) }
        return try await store.unit("look") { unit in
            var view = view
            for id in assessments {
                guard var snapshot = try await store.snapshot(of: id, in: unit) else { continue }
                // The simulator's clock has no fractions.
                snapshot.elapsedMilliseconds = 0
                view.snapshots.append(snapshot)
                view.counts.append(try await store.standing(of: id, in: unit)?.counts ?? [:])
            }
            view.open = try await store.openRequests(requests, in: unit)
            view.purses = try await store.purses(of: Set(assessments), in: unit)
            return view
        }
    }
}
