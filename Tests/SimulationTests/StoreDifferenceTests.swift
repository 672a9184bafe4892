import CJCore
import Contracts
import Foundation
import Postgres
import PostgresTestSupport
import Testing

@testable import CJAssessmentService
@testable import Simulation

/// Sequences of operations; set HULEEDU_STORE_SEQUENCES for more.
private let sequences = ProcessInfo.processInfo.environment["HULEEDU_STORE_SEQUENCES"].flatMap { Int($0) } ?? 40

/// What the simulator finds out is about the service only as far as its store does what the real one does.
@Suite("The simulator's store", .timeLimit(.minutes(10)))
struct StoreDifferenceTests {
    @Test("does what the real one does, in random sequences of operations")
    func sameAsReal() async throws {
        let pool = try await TestDatabase.make(migrations: [AssessmentStore.migrator]).pool(size: 2)
        var operations = 0
        for seed in UInt64(1)...UInt64(sequences) {
            var sequence = try await OperationSequence(seed: seed, pool: pool)
            for _ in 0..<50 {
                operations += 1
                let (name, memory, real) = try await sequence.next()
                try #require(memory == real, "seed \(seed), after \(sequence.log): \(name) came to different ends")
                let (expected, found) = (try await sequence.stores.realView(), try sequence.stores.memoryView())
                guard expected == found else {
                    Issue.record(
                        "seed \(seed), after \(sequence.log): \(TwoStores.View.difference(found, expected))")
                    return
                }
            }
        }
        #expect(operations == 50 * sequences)
        #expect(try await pool.query("SELECT 1 FROM cj.event_pending LIMIT 1").count == 1, "some assessments have ended")
    }
}

extension TwoStores.View {
    /// The first part in which two views differ.
    static func difference(_ memory: Self, _ real: Self) -> String {
        for (one, other) in zip(Mirror(reflecting: memory).children, Mirror(reflecting: real).children)
        where "\(one.value)".sorted() != "\(other.value)".sorted() {
            return "\(one.label ?? "") is \(one.value) in memory and \(other.value) in the database"
        }
        return "they differ"
    }
}

/// Operations drawn from a seed, each carried out on both stores.
private struct OperationSequence {
    let stores: TwoStores
    /// The operations so far.
    private(set) var log: [String] = []
    private var generator: SplitMix64
    /// Hand-overs that somebody has begun, however long ago.
    private var claimed: [RequestToSubmit] = []
    /// What somebody has read, however long ago.
    private var snapshots: [AssessmentSnapshot] = []

    /// Twenty seconds pass at a time, and no limit lies within ten seconds of a multiple of that: what the test itself takes never matters.
    private static let tick = 20
    private static let limits: [Int64] = [10, 30, 50]

    init(seed: UInt64, pool: Pool) async throws {
        stores = try await TwoStores(seed: seed, pool: pool)
        generator = SplitMix64(seed: seed &* 31)
    }

    /// - Returns: what it was, and what it came to in memory and in the database.
    mutating func next() async throws -> (name: String, memory: String, real: String) {
        let id = stores.assessments.randomElement(using: &generator) ?? ""
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<5: return try await advance(id)
        case 5..<8: return try await claim()
        case 8..<10: return try await mark()
        case 10: return try await release()
        case 11: return try await refuse()
        case 12..<16: return try await record()
        case 16: return try await ask()
        case 17: return try await lockStale()
        case 18: return try await callers(id)
        case 19 where Bool.random(using: &generator):
            stores.world.tables.releaseAllClaims()
            try await stores.real.releaseAllClaims()
            return noted("a process starts", "", "")
        default:
            let seconds = Self.tick * Int.random(in: 0...2, using: &generator)
            try await stores.pass(seconds: seconds)
            return noted("\(seconds) s pass", "", "")
        }
    }

    private mutating func noted(_ name: String, _ memory: String, _ real: String) -> (String, String, String) {
        log.append(name)
        return (name, memory, real)
    }

    /// Carries the same out on both stores.
    private mutating func both<Value>(
        _ name: String, _ memory: @escaping @Sendable (MemoryStore) async throws -> Value,
        _ real: (AssessmentStore) async throws -> Value
    ) async throws -> (String, String, String) {
        let remembered = try stores.inMemory(memory)
        let stored = try await real(stores.real)
        return noted(name, "\(remembered)", "\(stored)")
    }

    // MARK: - Handlers

    /// With no memory of earlier looks, so that neither store's look profits from the other's.
    private static func workflow<Store: WorkflowStore>(on store: Store) -> AssessmentWorkflow<Store> {
        AssessmentWorkflow(store: store, machine: World.machine, scales: RecentScales())
    }

    private mutating func advance(_ id: String) async throws -> (String, String, String) {
        func kind(_ look: AssessmentWorkflow<MemoryStore>.Look) -> String {
            switch look {
            case .settled: "settled"
            case .decided(let decision): "decided \(decision)"
            case .overtaken: "overtaken"
            }
        }
        func kind(_ look: AssessmentWorkflow<AssessmentStore>.Look) -> String {
            switch look {
            case .settled: "settled"
            case .decided(let decision): "decided \(decision)"
            case .overtaken: "overtaken"
            }
        }
        if let snapshot = try stores.inMemory({ store in try await store.unit("read") { try await store.snapshot(of: id, in: $0) }
        }) {
            snapshots.append(snapshot)
        }
        let memory = try stores.inMemory { try await Self.workflow(on: $0).advance(id) }
        let real = try await Self.workflow(on: stores.real).advance(id)
        return noted("advance \(id)", kind(memory), kind(real))
    }

    private mutating func record() async throws -> (String, String, String) {
        // Late ones, repeated ones, strange ones, and of several assessments together.
        let ids = Set(
            (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in stores.requests.randomElement(using: &generator) })
        var results = ids.sorted().map { result(of: $0) }
        if Bool.random(using: &generator) { results.append(result(of: "nobody's:1:1")) }
        let intake = ResultIntake(maximumAttempts: 2)
        return try await both(
            "record \(results.map { "\($0.requestID) \($0.outcome.map { "\($0)" } ?? "nothing")" })",
            { [results] store in
                try await store.unit("record") { try await ResultRecorder(store: store, intake: intake).record(results, in: $0) }
                    .sorted()
            },
            { store in
                try await store.unit("record") { try await ResultRecorder(store: store, intake: intake).record(results, in: $0) }
                    .sorted()
            })
    }

    private mutating func result(of request: String) -> LLMV1.Result {
        let outcome: LLMV1.Result.Outcome? =
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: .reply(LLMV1.Reply(json: Array("{}".utf8)))
            case 1: .failure(LLMV1.Failure(kind: .invalidRequest, message: "refused"))
            case 2: .failure(LLMV1.Failure(kind: .overloaded, message: "busy"))
            case 3: .failure(LLMV1.Failure(kind: .cancelled, message: "withdrawn"))
            case 4: Bool.random(using: &generator) ? nil : .failure(LLMV1.Failure(kind: .billing, message: "no money"))
            default:
                .reply(
                    LLMV1.Reply(
                        json: Array(
                            #"{"rationale": "r", "winner": "\#(Bool.random(using: &generator) ? "first" : "second")", "confidence": 4}"#
                                .utf8)))
            }
        return LLMV1.Result(
            requestID: request, owner: String(request.prefix { $0 != ":" }), outcome: outcome, model: "simulated",
            attempts: UInt32.random(in: 0...3, using: &generator),
            costNanodollars: Bool.random(using: &generator) ? UInt64.random(in: 0...1500, using: &generator) : nil,
            cacheSavingsNanodollars: Bool.random(using: &generator) ? Int64.random(in: -100...100, using: &generator) : nil)
    }

    private mutating func callers(_ id: String) async throws -> (String, String, String) {
        if Bool.random(using: &generator) {
            return try await both(
                "cancel \(id)", { try await Self.workflow(on: $0).cancel(id) },
                { try await Self.workflow(on: $0).cancel(id) })
        }
        let room = Int.random(in: 1...4, using: &generator)
        let more = Int.random(in: 0...3, using: &generator)
        @Sendable func limits(_ snapshot: AssessmentSnapshot) -> (AssessmentPlan.Stopping, Int) {
            (
                AssessmentPlan.Stopping(
                    goal: snapshot.stopping.goal,
                    maximumComparisons: snapshot.stopping.maximumComparisons + more, maximumCost: snapshot.stopping.maximumCost,
                    maximumSeconds: snapshot.stopping.maximumSeconds), room
            )
        }
        return try await both(
            "continue \(id) with \(more) more",
            { try await Self.workflow(on: $0).takeUp(id) { limits($0) } },
            { try await Self.workflow(on: $0).takeUp(id) { limits($0) } })
    }

    // MARK: - Single operations

    private mutating func claim() async throws -> (String, String, String) {
        let limit = Int.random(in: 1...5, using: &generator)
        let lifetime = Self.limits.randomElement(using: &generator) ?? 10
        let pausing: Set<String> = Int.random(in: 0..<10, using: &generator) == 0 ? ["", "another"] : ["another"]
        let memory = try stores.inMemory {
            try await $0.claimRequests(limit: limit, claimLifetimeSeconds: lifetime, besides: pausing)
        }
        let real = try await stores.real.claimRequests(limit: limit, claimLifetimeSeconds: lifetime, besides: pausing)
        claimed += memory
        func text(_ requests: [RequestToSubmit]) -> String {
            requests.map { "\($0.id) \($0.assessment) \($0.comparison) \($0.attempt) \($0.isUnclear) \($0.claim)" }.sorted()
                .joined(separator: ", ")
        }
        return noted("claim \(limit), \(lifetime) s old", text(memory), text(real))
    }

    private mutating func mark() async throws -> (String, String, String) {
        guard let request = claimed.randomElement(using: &generator) else { return noted("nothing to mark", "", "") }
        return try await both(
            "mark \(request.id)", { try await $0.markSubmitted(request) }, { try await $0.markSubmitted(request) })
    }

    private mutating func release() async throws -> (String, String, String) {
        guard let request = claimed.randomElement(using: &generator) else { return noted("nothing to release", "", "") }
        let wasRefused = Bool.random(using: &generator)
        return try await both(
            "release \(request.id) (\(request.claim)), refused: \(wasRefused)",
            { try await $0.releaseClaim(of: request, wasRefused: wasRefused) },
            { try await $0.releaseClaim(of: request, wasRefused: wasRefused) })
    }

    private mutating func refuse() async throws -> (String, String, String) {
        guard let request = claimed.randomElement(using: &generator) else { return noted("nothing to refuse", "", "") }
        let effects: [ResultIntake.Effect] = [
            .giveUp(reason: "never"), .judgeUnusable(reason: "nobody there"), .unaffordable(reason: "no money"),
        ]
        guard let effect = effects.randomElement(using: &generator) else { return noted("nothing to refuse", "", "") }
        return try await both(
            "refuse \(request.id) (\(request.claim))", { try await $0.recordRefusal(of: request, effect: effect) },
            { try await $0.recordRefusal(of: request, effect: effect) })
    }

    private mutating func ask() async throws -> (String, String, String) {
        let patience = Self.limits.randomElement(using: &generator) ?? 10
        let overdue = try await both(
            "ask after \(patience) s", { try await $0.overdueRequests(patienceSeconds: patience).sorted() },
            { try await $0.overdueRequests(patienceSeconds: patience).sorted() })
        guard overdue.1 == overdue.2, Bool.random(using: &generator),
            let request = stores.requests.randomElement(using: &generator)
        else { return overdue }
        return try await both(
            "forget \(request)", { try await $0.forgetHandOver(of: request) }, { try await $0.forgetHandOver(of: request) })
    }

    private mutating func lockStale() async throws -> (String, String, String) {
        guard let snapshot = snapshots.randomElement(using: &generator) else { return noted("nothing to lock", "", "") }
        return try await both(
            "lock \(snapshot.id) as of decision \(snapshot.decisions)",
            { store in try await store.unit("lock") { try await store.lock(snapshot, in: $0) } },
            { store in try await store.unit("lock") { try await store.lock(snapshot, in: $0) } })
    }
}
