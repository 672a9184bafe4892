import Postgres
import Testing

@testable import JobQueue

@Suite("Claiming")
struct ClaimTests {
    @Test("takes the high priorities first, and within each the oldest")
    func order() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue(["n1", "n2"])
        try await fixture.enqueue(["l1"], priority: .low)
        try await fixture.enqueue(["h1", "h2"], priority: .high)
        try await fixture.enqueue(["n3"])
        var order: [String] = []
        while let job = try await fixture.claimOne() { order.append(job.subject) }
        #expect(order == ["h1", "h2", "n1", "n2", "n3", "l1"])
    }

    @Test("takes no more than asked for, in all and of each kind over all priorities, and nothing of other kinds")
    func limits() async throws {
        let fixture = try await QueueFixture()
        for kind in ["grade", "mail", "other"] {
            for priority in JobPriority.allCases {
                try await fixture.enqueue(["1", "2", "3"], kind: kind, priority: priority)
            }
        }
        let jobs = try await fixture.claim(100, kinds: ["grade": 4, "mail": 2, "none": 5, "other": 0])
        #expect(jobs.count { $0.kind == "grade" } == 4)
        #expect(jobs.count { $0.kind == "mail" } == 2)
        #expect(jobs.count == 6)
        #expect(jobs.filter { $0.kind == "grade" }.map(\.priority).sorted() == [.high, .high, .high, .normal])
        #expect(try await fixture.claim(3, kinds: ["grade": 100, "mail": 100]).count == 3)
        #expect(try await fixture.claim(0).isEmpty)
        #expect(try await fixture.claim(5, kinds: [:]).isEmpty)
        #expect(try await fixture.claim(5, kinds: ["grade": -1]).isEmpty)
    }

    @Test("is told of which kinds jobs are ready, of more than fit in one answer in turns")
    func kinds() async throws {
        let fixture = try await QueueFixture()
        var search = KindSearch()
        func found() async throws -> [String] { try await fixture.queue.readyKinds(search: &search, on: fixture.pool) }
        #expect(try await found().isEmpty)
        try await fixture.enqueue(["1", "2"], kind: "mail")
        try await fixture.enqueue(["1"], kind: "grade", priority: .low)
        try await fixture.enqueue(["1"], kind: "later", delay: .seconds(60))
        #expect(try await found() == ["grade", "mail"])
        _ = try await fixture.claim()
        #expect(try await found() == ["mail"])

        let kinds = (0..<JobQueue.maximumKinds).map { "a \(String($0 + 1000))" }
        try await fixture.queue.enqueue(kinds.map { NewJob(kind: $0, subject: "") }, on: fixture.pool)
        #expect(try await found() == kinds)
        #expect(try await found() == ["mail"])
        #expect(try await found() == kinds)
    }

    @Test("never gives the same job to two of 64 workers, and misses none")
    func manyClaimers() async throws {
        let fixture = try await QueueFixture(size: 32)
        let total = 3_000
        for start in stride(from: 0, to: total, by: 1_000) { try await fixture.enqueue((start..<start + 1_000).map { "\($0)" }) }
        let claimed = Notes<Job>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for claimer in 0..<64 {
                group.addTask {
                    var lowWater = LowWater()
                    while claimed.count < total {
                        let jobs = try await fixture.queue.claim(
                            1 + claimer % 7, of: ["grade": 100], by: "\(claimer)", for: .seconds(600), lowWater: &lowWater,
                            now: .now, on: fixture.pool)
                        claimed.add(jobs)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(claimed.count == total)
        #expect(Set(claimed.all.map(\.id)).count == total)
        #expect(Set(claimed.all.map(\.epoch)).count == total)
        #expect(try await fixture.counts() == [0, 0, total, 0, 0])
    }

    @Test("finds below the low-water mark only what a sweep looks for")
    func lowWater() async throws {
        let fixture = try await QueueFixture()
        var lowWater = LowWater(margin: 10, sweepInterval: .seconds(1))
        let start = ContinuousClock.now
        func claim(_ limit: Int, after seconds: Double) async throws -> [Job] {
            try await fixture.queue.claim(
                limit, of: ["grade": 1000], by: "test", for: .seconds(60), lowWater: &lowWater, now: start + .seconds(seconds),
                on: fixture.pool)
        }
        try await fixture.enqueue((0..<100).map { "\($0)" })
        let jobs = try await claim(100, after: 0).sorted { $0.id < $1.id }
        #expect(jobs.count == 100)
        // One from far below the mark and one from just above it come back.
        try await fixture.queue.giveBack([jobs[0], jobs[95]], on: fixture.pool)
        #expect(try await claim(100, after: 0.999).map(\.id) == [jobs[95].id])
        #expect(try await claim(100, after: 1).map(\.id) == [jobs[0].id])
        try await fixture.queue.giveBack([jobs[1]], on: fixture.pool)
        #expect(try await claim(100, after: 1.5).map(\.id) == [jobs[1].id], "a sweep forgets the mark")
    }
}

@Suite("The low-water mark")
struct LowWaterTests {
    private let start = ContinuousClock.now

    private func job(_ id: Int64, _ kind: String = "k", _ priority: JobPriority = .normal) -> Job {
        Job(id: id, kind: kind, subject: "", priority: priority, attempt: 1, maxAttempts: 1, epoch: id, isUnique: false)
    }

    @Test("lies a margin below what was claimed last, in each lane by itself, and never sinks")
    func margin() {
        var lowWater = LowWater(margin: 10, sweepInterval: .seconds(1))
        lowWater.search(at: start)
        #expect(lowWater.start(kind: "k", priority: .normal) == 0)
        lowWater.claimed([job(50), job(100), job(70)])
        #expect(lowWater.start(kind: "k", priority: .normal) == 90)
        #expect(lowWater.start(kind: "k", priority: .high) == 0)
        #expect(lowWater.start(kind: "other", priority: .normal) == 0)
        lowWater.claimed([job(60)])
        #expect(lowWater.start(kind: "k", priority: .normal) == 90)
    }

    @Test("is forgotten once per interval, and at once when jobs have come back")
    func sweeps() {
        var lowWater = LowWater(margin: 10, sweepInterval: .seconds(1))
        lowWater.search(at: start)
        lowWater.claimed([job(100)])
        lowWater.search(at: start + .milliseconds(999))
        #expect(lowWater.start(kind: "k", priority: .normal) == 90)
        lowWater.search(at: start + .seconds(1))
        #expect(lowWater.start(kind: "k", priority: .normal) == 0)
        lowWater.claimed([job(100)])
        lowWater.reset()
        lowWater.search(at: start + .milliseconds(1001))
        #expect(lowWater.start(kind: "k", priority: .normal) == 0)
    }
}
