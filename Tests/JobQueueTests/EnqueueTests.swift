import JobQueue
import Postgres
import Testing

@Suite("Enqueuing")
struct EnqueueTests {
    @Test("happens when the unit of work commits, or not at all")
    func unitOfWork() async throws {
        let fixture = try await QueueFixture()
        let ids = try await fixture.pool.unitOfWork("assess") { unit in
            unit.send("INSERT INTO essays.effect VALUES ('a')")
            return try await fixture.queue.enqueue(
                [NewJob(kind: "grade", subject: "a"), NewJob(kind: "grade", subject: "b")], in: unit)
        }
        await #expect(throws: ConditionTimedOut.self) {
            try await fixture.pool.unitOfWork("undone") { unit in
                try await fixture.queue.enqueue([NewJob(kind: "grade", subject: "c")], in: unit)
                throw ConditionTimedOut()
            }
        }
        let jobs = try await fixture.claim()
        #expect(jobs.map(\.subject).sorted() == ["a", "b"])
        #expect(Set(jobs.map(\.id)) == Set(ids.compactMap { $0 }))
        #expect(jobs.allSatisfy { $0.attempt == 1 && $0.maxAttempts == 20 && $0.priority == .normal && $0.kind == "grade" })
        #expect(Set(jobs.map(\.epoch)).count == 2)
    }

    @Test("several jobs gives them ids in their order, whatever they are")
    func order() async throws {
        let fixture = try await QueueFixture()
        let subjects = (0..<50).map { "\($0)" }.shuffled()
        for (delay, isUnique) in [(Duration.zero, false), (.zero, true), (.seconds(60), false), (.seconds(60), true)] {
            let kind = "\(delay) \(isUnique)"
            let ids = try await fixture.enqueue(subjects, kind: kind, delay: delay, isUnique: isUnique).compactMap { $0 }
            #expect(ids.count == 50)
            #expect(ids == ids.sorted(), "\(kind)")
        }
    }

    @Test("a unique job leaves it out while one of its kind and subject is live, in whatever state")
    func unique() async throws {
        let fixture = try await QueueFixture()
        let first = try await fixture.enqueue(["a", "a", "b"], isUnique: true)
        #expect(first.map { $0 != nil } == [true, false, true])
        #expect(try await fixture.enqueue(["a"], isUnique: true) == [nil])
        #expect(try await fixture.enqueue(["a"], delay: .seconds(3600), isUnique: true) == [nil])
        // Another kind, and jobs that are not unique, are another matter.
        #expect(try await fixture.enqueue(["a"], kind: "other", isUnique: true).first != .some(nil))
        #expect(try await fixture.enqueue(["a"]).first != .some(nil))

        var job = try #require(try await fixture.claim().first { $0.id == first[0] })
        #expect(try await fixture.enqueue(["a"], isUnique: true) == [nil])
        try await fixture.queue.retry(job, after: .seconds(3600), on: fixture.pool)
        #expect(try await fixture.enqueue(["a"], isUnique: true) == [nil])
        try await fixture.passTime()
        _ = try await fixture.queue.promote(on: fixture.pool)
        job = try #require(try await fixture.claim().first)
        #expect(try await fixture.queue.complete([job], on: fixture.pool) == [job.id])
        #expect(try await fixture.enqueue(["a"], isUnique: true).first != .some(nil))
    }

    @Test("a unique job is possible again after each way in which one can end")
    func uniqueAfterEnd() async throws {
        let fixture = try await QueueFixture()
        let (queue, pool) = (fixture.queue, fixture.pool)
        let ends: [(Job) async throws -> Void] = [
            { try await queue.complete([$0], on: pool) },
            { job in try await pool.unitOfWork("end") { try await queue.complete([job], in: $0) } },
            { try await queue.discard($0, reason: "broken", on: pool) },
            { job in
                try await queue.cancel([job.id], kind: "grade", reason: "withdrawn", on: pool)
                try await queue.retry(job, after: .zero, on: pool)
            },
            { job in
                try await queue.retry(job, after: .seconds(3600), on: pool)
                try await queue.cancel([job.id], kind: "grade", reason: "withdrawn", on: pool)
            },
            { job in
                try await queue.giveBack([job], on: pool)
                try await queue.cancel([job.id], kind: "grade", reason: "withdrawn", on: pool)
            },
            { _ in
                try await fixture.expireLeases()
                _ = try await queue.rescue(on: pool)
            },
        ]
        for (number, end) in ends.enumerated() {
            #expect(
                try await fixture.enqueue(["a"], maxAttempts: 1, isUnique: true).first != .some(nil), "before end \(number)")
            try await end(try #require(try await fixture.claimOne()))
            #expect(try await fixture.count("job_key") == 0, "end \(number)")
        }
        #expect(try await fixture.counts() == [0, 0, 0, 5, 0])
    }

    @Test("the same unique jobs from many sides at once, in any order, makes each once")
    func uniqueRace() async throws {
        let fixture = try await QueueFixture(size: 16)
        let subjects = (0..<20).map { "s\($0)" }
        let made = Notes<Int64>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    made.add(try await fixture.enqueue(subjects.shuffled(), isUnique: true).compactMap { $0 })
                }
            }
            try await group.waitForAll()
        }
        #expect(made.count == subjects.count)
        #expect(try await fixture.claim().map(\.subject).sorted() == subjects.sorted())
    }

    @Test("takes what is just within the limits and refuses what is just beyond")
    func limits() async throws {
        let fixture = try await QueueFixture()
        func enqueue(_ job: NewJob) async throws { try await fixture.queue.enqueue([job], on: fixture.pool) }
        let longKind = String(repeating: "k", count: JobQueue.maximumKindBytes)
        let longSubject = String(repeating: "ö", count: JobQueue.maximumSubjectBytes / 2)
        try await enqueue(NewJob(kind: longKind, subject: longSubject, maxAttempts: 1, isUnique: true))
        let job = try #require(try await fixture.claim(kinds: [longKind: 1]).first)
        #expect(job.kind == longKind && job.subject == longSubject && job.isLastAttempt)
        for faulty in [
            NewJob(kind: longKind + "k", subject: ""), NewJob(kind: "", subject: ""),
            NewJob(kind: "k", subject: longSubject + "x"), NewJob(kind: "k", subject: "", maxAttempts: 0),
        ] {
            let error = await #expect(throws: JobQueueError.self) { try await enqueue(faulty) }
            #expect(error?.code == .invalidJob)
        }
        let many = (0..<JobQueue.maximumBatch).map { NewJob(kind: "many", subject: "\($0)") }
        #expect(try await fixture.queue.enqueue(many, on: fixture.pool).compactMap { $0 }.count == many.count)
        #expect(try await fixture.queue.enqueue([], on: fixture.pool).isEmpty)
        #expect(try await fixture.claim(2000, kinds: ["many": 2000]).count == JobQueue.maximumBatch)
    }
}
