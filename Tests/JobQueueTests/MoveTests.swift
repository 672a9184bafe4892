import JobQueue
import Postgres
import Testing

@Suite("Moving jobs that wait")
struct MoveTests {
    @Test("gives each its time, its kind and its attempts, and leaves alone what does not wait")
    func move() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        try await fixture.enqueue(["a", "b", "c"])
        let jobs = try await fixture.claim().sorted { $0.subject < $1.subject }
        try await pool.unitOfWork("park") { try await queue.retry(jobs, after: .seconds(3600), in: $0) }
        #expect(try await fixture.counts() == [0, 3, 0, 0, 0])
        let ready = try #require(try await fixture.enqueue(["d"], kind: "other")[0])
        let moved = try await pool.unitOfWork("move") { unit in
            try await queue.move(
                [
                    JobQueue.Move(id: jobs[0].id, kind: "other", delay: .zero, countsAsAttempt: true),
                    JobQueue.Move(id: jobs[1].id, kind: "grade", delay: .zero, countsAsAttempt: false),
                    JobQueue.Move(id: jobs[2].id, kind: "other", delay: .seconds(60), countsAsAttempt: true),
                    JobQueue.Move(id: ready, kind: "grade", delay: .zero, countsAsAttempt: true),
                ], in: unit)
        }
        #expect(moved == Set(jobs.map(\.id)))
        #expect(try await fixture.counts() == [3, 1, 0, 0, 0])
        let others = try await fixture.claim(kinds: ["other": 10])
        #expect(others.map(\.subject).sorted() == ["a", "d"])
        #expect(others.first { $0.subject == "a" }?.attempt == 2)
        #expect(try await fixture.claim().map(\.attempt) == [1])
        try await fixture.passTime()
        _ = try await queue.promote(on: pool)
        #expect(try await fixture.claim(kinds: ["other": 10]).map(\.subject) == ["c"])
    }

    @Test("of which one is another's by now puts none back")
    func lost() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue(["a", "b"])
        let jobs = try await fixture.claim()
        try await fixture.queue.complete([jobs[0]], on: fixture.pool)
        await #expect(throws: JobQueueError.self) {
            try await fixture.pool.unitOfWork("park") { try await fixture.queue.retry(jobs, after: .zero, in: $0) }
        }
        #expect(try await fixture.counts() == [0, 0, 1, 0, 0])
    }
}
