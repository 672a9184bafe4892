import Postgres
import Testing

@testable import JobQueue

@Suite("Ending jobs")
struct SettleTests {
    @Test("commits together with what the job did, or neither happens")
    func withEffects() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue(["a", "b"])
        let jobs = try await fixture.claim()
        await #expect(throws: ConditionTimedOut.self) {
            try await fixture.pool.unitOfWork("undone") { unit in
                try await fixture.queue.complete(jobs, in: unit)
                unit.send("INSERT INTO essays.effect VALUES ('a')")
                throw ConditionTimedOut()
            }
        }
        #expect(try await fixture.counts() == [0, 0, 2, 0, 0])
        try await fixture.pool.unitOfWork("done") { unit in
            try await fixture.queue.complete(jobs, in: unit)
            unit.send("INSERT INTO essays.effect VALUES ('a')")
        }
        #expect(try await fixture.counts() == [0, 0, 0, 0, 0])
        #expect(try await fixture.count("effect") == 1)
    }

    @Test("is refused to a worker whose job was taken over, and its unit of work leaves nothing")
    func fence() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue(["a"])
        let old = try #require(try await fixture.claimOne())
        try await fixture.expireLeases()
        #expect(try await queue.rescue(on: pool) == 1)
        let new = try #require(try await fixture.claimOne())
        #expect(new.id == old.id && new.epoch > old.epoch && new.attempt == 2)

        let attempts: [@Sendable (UnitOfWork) async throws -> Void] = [
            { try await queue.complete([old], in: $0) },
            { try await queue.retry(old, after: .zero, in: $0) },
            { try await queue.discard(old, reason: "late", in: $0) },
        ]
        for attempt in attempts {
            let error = await #expect(throws: JobQueueError.self) {
                try await pool.unitOfWork("late") { unit in
                    unit.send("INSERT INTO essays.effect VALUES ('late')")
                    try await attempt(unit)
                }
            }
            #expect(error?.code == .claimLost)
        }
        #expect(try await queue.complete([old], on: pool).isEmpty)
        #expect(try await !queue.retry(old, after: .zero, on: pool))
        #expect(try await !queue.discard(old, reason: "late", on: pool))
        try await queue.giveBack([old], on: pool)
        #expect(try await queue.renew([old], for: .seconds(60), on: pool) == JobQueue.Renewal())
        #expect(try await fixture.counts() == [0, 0, 1, 0, 0])
        #expect(try await fixture.count("effect") == 0)
        // Of several, those that are still held end; in a unit of work it is all or nothing.
        try await fixture.enqueue(["b"])
        let other = try #require(try await fixture.claimOne())
        let error = await #expect(throws: JobQueueError.self) {
            try await pool.unitOfWork("half") { try await queue.complete([old, other], in: $0) }
        }
        #expect(error?.code == .claimLost)
        #expect(try await queue.complete([old, other], on: pool) == [other.id])
        #expect(try await queue.complete([new], on: pool) == [new.id])
        #expect(try await queue.complete([new], on: pool).isEmpty)
    }

    @Test("A job that is put back waits for its time, and counts its attempt unless told not to")
    func retry() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue(["a"])
        var job = try #require(try await fixture.claimOne())
        #expect(try await queue.retry(job, after: .seconds(3600), on: pool))
        #expect(try await fixture.claim().isEmpty)
        let early = try await queue.promote(on: pool)
        #expect(early.promoted == 0)
        #expect(try #require(early.nextDue) > .seconds(3000))
        try await fixture.passTime()
        #expect(try await queue.promote(on: pool).promoted == 1)
        job = try #require(try await fixture.claimOne())
        #expect(job.attempt == 2)
        #expect(try await queue.retry(job, after: .zero, countsAsAttempt: false, on: pool))
        job = try #require(try await fixture.claimOne())
        #expect(job.attempt == 2)
        try await pool.unitOfWork("again") { try await queue.retry(job, after: .zero, in: $0) }
        #expect(try await fixture.claimOne()?.attempt == 3)
    }

    @Test("A job that can't be done is kept with the reason, cut to what a row should hold")
    func discard() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        let ids = try await fixture.enqueue(["a", "b"])
        let jobs = try await fixture.claim().sorted { $0.id < $1.id }
        #expect(try await queue.discard(jobs[0], reason: "no\0 essay", on: pool))
        let long = String(repeating: "é", count: JobQueue.maximumReasonBytes)
        try await pool.unitOfWork("end") { try await queue.discard(jobs[1], .exhausted, reason: long, in: $0) }
        let dead = try await queue.dead(limit: 10, on: pool)
        #expect(dead.map(\.id) == [ids[1], ids[0]])
        #expect(dead.map(\.end) == [.exhausted, .discarded])
        #expect(dead.map(\.attempts) == [1, 1])
        #expect(dead[0].reason.utf8.count == JobQueue.maximumReasonBytes)
        #expect(dead[1].reason == "no essay" && dead[1].subject == "a" && dead[1].kind == "grade")
        #expect(try await queue.forgetDead(olderThan: .seconds(3600), limit: 10, on: pool) == 0)
        #expect(try await queue.forgetDead(olderThan: .zero, limit: 1, on: pool) == 1)
        #expect(try await queue.dead(limit: 10, on: pool).map(\.id) == [ids[1]])
    }
}

@Suite("Scheduled jobs")
struct ScheduleTests {
    @Test("are ready when their time has come, at most a batch at once, and the next one's time is told")
    func promote() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue(["soon"], delay: .seconds(600))
        try await fixture.enqueue(["late"], delay: .seconds(6000))
        #expect(try await fixture.counts() == [0, 2, 0, 0, 0])
        let due = try #require(try await queue.promote(on: pool).nextDue)
        #expect(due > .seconds(500) && due <= .seconds(600))
        try await pool.execute("UPDATE essays.job_scheduled SET run_at = now() WHERE subject = 'soon'")
        let promoted = try await queue.promote(on: pool)
        #expect(promoted.promoted == 1)
        #expect(try #require(promoted.nextDue) > .seconds(5000))
        #expect(try await fixture.claim().map(\.subject) == ["soon"])

        for _ in 0..<2 { try await fixture.enqueue((0..<600).map { "\($0)" }, delay: .seconds(600)) }
        try await fixture.passTime()
        #expect(try await queue.promote(on: pool) == JobQueue.Maintenance(promoted: 1000, nextDue: .zero))
        #expect(try await queue.promote(on: pool) == JobQueue.Maintenance(promoted: 201, nextDue: nil))
    }

    @Test("are moved once when several workers move them")
    func race() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue((0..<1000).map { "\($0)" }, delay: .seconds(600))
        try await fixture.passTime()
        let moved = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await fixture.queue.promote(on: fixture.pool).promoted } }
            return try await group.reduce(0, +)
        }
        #expect(moved == 1000)
        #expect(try await fixture.counts() == [1000, 0, 0, 0, 0])
    }
}
