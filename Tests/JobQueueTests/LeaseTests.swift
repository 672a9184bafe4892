import Postgres
import Testing

@testable import JobQueue

@Suite("Leases")
struct LeaseTests {
    private func secondsLeft(_ fixture: QueueFixture) async throws -> Double {
        try await fixture.pool.query("SELECT extract(epoch FROM min(lease_until) - now())::float8 FROM essays.job_lease")[0]
            .decode(Double.self)
    }

    @Test("last as long as asked for by the database's clock, and are renewed together, also when they have just run out")
    func renewal() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue(["a", "b", "c"])
        let jobs = try await fixture.claim(lease: .seconds(600))
        #expect(try await (500...600).contains(secondsLeft(fixture)))
        try await fixture.expireLeases()
        let renewal = try await fixture.queue.renew(jobs, for: .seconds(6000), on: fixture.pool)
        #expect(renewal == JobQueue.Renewal(held: Set(jobs.map(\.id)), cancelled: []))
        #expect(try await (5000...6000).contains(secondsLeft(fixture)))
        #expect(try await fixture.queue.rescue(on: fixture.pool) == 0)
        #expect(try await fixture.queue.renew([], for: .seconds(1), on: fixture.pool) == JobQueue.Renewal())
    }

    @Test("that ran out are taken from the dead, but by nobody from himself")
    func rescue() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue(["mine", "theirs"])
        let jobs = try await fixture.claim()
        let mine = try #require(jobs.first { $0.subject == "mine" })
        #expect(try await queue.rescue(on: pool) == 0)
        try await fixture.expireLeases()
        #expect(try await queue.rescue(besides: [mine], on: pool) == 1)
        let rescued = try #require(try await fixture.claimOne())
        #expect(rescued.subject == "theirs" && rescued.attempt == 2)
        #expect(try await queue.complete([mine], on: pool) == [mine.id], "what nobody took over is still its worker's")
    }

    @Test("of a job that kills its workers are rescued only as often as it has attempts")
    func exhausted() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue(["poison"], maxAttempts: 2)
        for attempt in 1...2 {
            let job = try #require(try await fixture.claimOne())
            #expect(job.attempt == Int64(attempt) && job.isLastAttempt == (attempt == 2))
            try await fixture.expireLeases()
            #expect(try await fixture.queue.rescue(on: fixture.pool) == 1)
        }
        #expect(try await fixture.counts() == [0, 0, 0, 1, 0])
        let dead = try #require(try await fixture.queue.dead(limit: 1, on: fixture.pool).first)
        #expect(dead.end == .exhausted && dead.attempts == 2 && dead.reason == "its worker died")
    }

    @Test("of a dead process are taken over at once, one worker's or all")
    func takeOver() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue((0..<6).map { "\($0)" })
        let first = try await fixture.claim(2, by: "first")
        _ = try await fixture.claim(2, by: "second")
        _ = try await fixture.claim(2, by: "third")
        #expect(try await queue.takeOver(from: "first", on: pool) == 2)
        #expect(try await queue.takeOver(from: "first", on: pool) == 0)
        #expect(try await fixture.claim().map(\.id).sorted() == first.map(\.id).sorted())
        #expect(try await queue.takeOver(on: pool) == 6)
        #expect(try await fixture.counts() == [6, 0, 0, 0, 0])
    }

    @Test("A worker takes back at once what it claimed without coming to know it, and nothing that it or others have in hand")
    func unknownClaims() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue((0..<6).map { "\($0)" })
        let held = try await fixture.claim(2, by: "me")
        let unknown = try await fixture.claim(2, by: "me")
        _ = try await fixture.claim(2, by: "another")
        #expect(try await queue.rescue(besides: held, on: pool) == 0)
        #expect(try await queue.rescue(besides: held, by: "me", on: pool) == 2)
        #expect(try await fixture.claim().map(\.id).sorted() == unknown.map(\.id).sorted())
        #expect(try await queue.complete(held + unknown, on: pool) == Set(held.map(\.id)))
    }

    @Test("A new life takes over what the earlier ones of its name held, and nothing of its own or of others")
    func takeOverOfEarlierLives() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue((0..<8).map { "\($0)" })
        for name in ["host:1 a", "host:1 b", "host:1 c", "host:11 a"] { _ = try await fixture.claim(2, by: name) }
        #expect(try await queue.takeOver(fromAll: "host:1 ", but: "host:1 c", on: pool) == 4)
        #expect(try await queue.takeOver(fromAll: "host:1 ", but: "host:1 c", on: pool) == 0)
        let left = try await pool.query("SELECT worker FROM essays.job_lease ORDER BY id")
        #expect(try left.map { try $0.decode(String.self) } == ["host:1 c", "host:1 c", "host:11 a", "host:11 a"])
    }

    @Test("are taken over all, however many there are")
    func takeOverMany() async throws {
        let fixture = try await QueueFixture()
        for _ in 0..<3 { try await fixture.enqueue((0..<1000).map { "\($0)" }) }
        for _ in 0..<3 { _ = try await fixture.claim(1000) }
        #expect(try await fixture.queue.takeOver(on: fixture.pool) == 3000)
    }

    @Test("that are renewed while somebody rescues stay with one of the two, and each job is claimed again once")
    func race() async throws {
        let fixture = try await QueueFixture(size: 16)
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue((0..<200).map { "\($0)" })
        let jobs = try await fixture.claim(200)
        var rescued = 0
        for _ in 0..<5 {
            try await fixture.expireLeases()
            let outcomes = try await withThrowingTaskGroup(of: (held: Int, rescued: Int).self) { group in
                for _ in 0..<4 {
                    group.addTask { (0, try await queue.rescue(on: pool)) }
                }
                group.addTask { (try await queue.renew(jobs, for: .seconds(600), on: pool).held.count, 0) }
                return try await group.reduce((0, 0)) { ($0.0 + $1.held, $0.1 + $1.rescued) }
            }
            rescued += outcomes.1
            #expect(try await fixture.counts() == [rescued, 0, outcomes.0, 0, 0])
            #expect(rescued + outcomes.0 == 200)
        }
    }
}

@Suite("Withdrawing jobs")
struct CancelTests {
    @Test("ends what nobody holds, asks who holds the rest, and leaves others alone")
    func states() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        let ids = try await fixture.enqueue(["held", "dead", "done"]).compactMap { $0 }
        var jobs: [Job] = []
        for _ in ids { jobs += try await fixture.claim(1) }
        try await queue.complete([jobs[2]], on: pool)
        try await pool.execute("UPDATE essays.job_lease SET lease_until = now() - interval '1 second' WHERE id = \(ids[1])")
        let ready = try #require(try await fixture.enqueue(["ready"], priority: .low)[0])
        let scheduled = try #require(try await fixture.enqueue(["scheduled"], delay: .seconds(60))[0])
        let other = try #require(try await fixture.enqueue(["other"], kind: "mail")[0])
        let bystander = try await fixture.enqueue(["bystander"])
        let cancellation = try await queue.cancel(
            ids + [ready, scheduled, other, 999_999], kind: "grade", reason: "withdrawn by its owner", on: pool)
        #expect(cancellation == JobQueue.Cancellation(ended: [ids[1], ready, scheduled], asked: [ids[0]]))
        let dead = try await queue.dead(limit: 10, on: pool)
        #expect(dead.allSatisfy { $0.end == .cancelled && $0.reason == "withdrawn by its owner" })
        let left = try await fixture.claim(kinds: ["grade": 10, "mail": 10]).map(\.id)
        #expect(left.sorted() == [other] + bystander.compactMap { $0 })

        #expect(try await queue.renew([jobs[0]], for: .seconds(60), on: pool).cancelled == [ids[0]])
        #expect(try await queue.retry(jobs[0], after: .seconds(5), on: pool))
        #expect(try await queue.dead(limit: 10, on: pool).contains { $0.id == ids[0] && $0.end == .cancelled })
        #expect(try await fixture.count("job_scheduled") == 0)
    }

    @Test("comes too late for a job that is completed all the same, and in time for one whose worker dies")
    func held() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        let ids = try await fixture.enqueue(["fast", "dead"]).compactMap { $0 }
        let jobs = try await fixture.claim()
        let fast = try #require(jobs.first { $0.subject == "fast" })
        #expect(try await queue.cancel(ids, kind: "grade", reason: "withdrawn", on: pool).asked == Set(ids))
        #expect(try await queue.complete([fast], on: pool) == [fast.id])
        try await fixture.expireLeases()
        #expect(try await queue.rescue(on: pool) == 1)
        #expect(try await queue.dead(limit: 10, on: pool).map(\.subject) == ["dead"])
    }

    @Test("can also leave no trace, and then takes only what nobody holds")
    func takeBack() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        let ids = try await fixture.enqueue(["held", "retried", "new"], isUnique: true).compactMap { $0 }
        let held = try #require(try await fixture.claimOne())
        let retried = try #require(try await fixture.claimOne())
        try await queue.retry(retried, after: .seconds(60), on: pool)
        let attempts = try await pool.unitOfWork("take back") { try await queue.takeBack(ids, kind: "grade", in: $0) }
        #expect(attempts == [ids[1]: 1, ids[2]: 0])
        #expect(try await fixture.counts() == [0, 0, 1, 0, 1])
        #expect(try await queue.renew([held], for: .seconds(60), on: pool) == JobQueue.Renewal(held: [ids[0]], cancelled: []))
    }

    @Test("is undone with its unit of work")
    func rolledBack() async throws {
        let fixture = try await QueueFixture()
        let ids = try await fixture.enqueue(["a"]).compactMap { $0 }
        await #expect(throws: ConditionTimedOut.self) {
            try await fixture.pool.unitOfWork("undone") { unit in
                let ended = try await fixture.queue.cancel(ids, kind: "grade", reason: "withdrawn", in: unit).ended
                #expect(ended == Set(ids))
                throw ConditionTimedOut()
            }
        }
        #expect(try await fixture.claim().count == 1)
    }

    @Test("while jobs are claimed and put back misses none that is live")
    func race() async throws {
        let fixture = try await QueueFixture(size: 16)
        let (queue, pool) = (fixture.queue, fixture.pool)
        let ids = try await fixture.enqueue((0..<300).map { "\($0)" }).compactMap { $0 }
        let isOver = Notes<Bool>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    while isOver.count == 0 {
                        let jobs = try await fixture.claim(10)
                        for job in jobs { try await queue.retry(job, after: .zero, on: pool) }
                    }
                }
            }
            for chunk in stride(from: 0, to: 300, by: 50) {
                let some = Array(ids[chunk..<chunk + 50])
                let cancellation = try await queue.cancel(some, kind: "grade", reason: "withdrawn", on: pool)
                #expect(cancellation.ended.union(cancellation.asked) == Set(some))
            }
            isOver.add(true)
            try await group.waitForAll()
        }
        #expect(try await fixture.counts() == [0, 0, 0, 300, 0])
    }
}
