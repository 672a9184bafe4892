import Postgres
import PostgresTestSupport
import Testing

@testable import JobQueue

@Suite("A worker")
struct WorkerTests {
    struct Broken: Error {}

    @Test("does every job once, and many at a time")
    func all() async throws {
        let fixture = try await QueueFixture()
        let done = Notes<String>()
        let subjects = (0..<500).map { "\($0)" }
        try await fixture.enqueue(subjects)
        let workers = (0..<3).map { _ in
            fixture.worker { job in
                done.add(job.subject)
                return .complete
            }
        }
        try await working(workers) {
            try await eventually { try await fixture.counts() == [0, 0, 0, 0, 0] }
        }
        #expect(done.all.sorted() == subjects.sorted())
    }

    @Test("has no more in hand than it may, in all and of each kind, and goes on with others meanwhile")
    func limits() async throws {
        let fixture = try await QueueFixture()
        let gate = Gate()
        let started = Notes<String>()
        try await fixture.enqueue((0..<10).map { _ in "slow" }, kind: "grade")
        try await fixture.enqueue((0..<10).map { _ in "other" }, kind: "mail")
        let worker = fixture.worker(kinds: { ["grade": 3, "mail": 10] }, configure: { $0.maximumJobs = 5 }) { job in
            started.add(job.kind)
            try await gate.pass()
            return .complete
        }
        try await working([worker]) {
            try await eventually { started.count == 5 }
            #expect(worker.jobCount == 5)
            #expect(started.all.count { $0 == "grade" } <= 3)
            gate.open()
            try await eventually { try await fixture.counts() == [0, 0, 0, 0, 0] }
        }
        #expect(started.count == 20)
    }

    @Test("tries a job again after a pause that chance takes a part of, until its attempts are used up")
    func retries() async throws {
        let fixture = try await QueueFixture()
        let attempts = Notes<Int64>()
        try await fixture.enqueue(["a"], maxAttempts: 3)
        let worker = fixture.worker { job in
            attempts.add(job.attempt)
            throw Broken()
        }
        try await working([worker]) {
            try await eventually { try await fixture.count("job_dead") == 1 }
        }
        #expect(attempts.all == [1, 2, 3])
        let dead = try #require(try await fixture.queue.dead(limit: 1, on: fixture.pool).first)
        #expect(dead.end == .exhausted && dead.attempts == 3 && dead.reason.contains("Broken"))

        try await fixture.enqueue(["b"])
        let patient = fixture.worker(configure: { $0.backoff = Backoff(first: .seconds(1000), longest: .seconds(5000)) }) {
            0.5
        } handler: { _ in
            throw Broken()
        }
        try await working([patient]) {
            try await eventually { try await fixture.count("job_scheduled") == 1 }
        }
        let due = try #require(try await fixture.queue.promote(on: fixture.pool).nextDue)
        #expect(due > .seconds(400) && due <= .seconds(500))
    }

    @Test("does what its handler says becomes of a job")
    func steps() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue(["settled", "discarded", "postponed", "later"])
        let worker = fixture.worker { job in
            switch job.subject {
            case "settled":
                try await fixture.pool.unitOfWork("settle") { unit in
                    try await fixture.queue.complete([job], in: unit)
                    unit.send("INSERT INTO essays.effect VALUES (\(job.subject))")
                }
                return .settled
            case "discarded": return .discard(reason: "no such essay")
            case "postponed": return job.attempt == 1 && job.maxAttempts == 20 ? .postpone(.seconds(3600)) : .complete
            default: return .retry(after: .seconds(3600), reason: "not yet")
            }
        }
        try await working([worker]) {
            try await eventually { try await fixture.counts() == [0, 2, 0, 1, 0] }
        }
        #expect(try await fixture.count("effect") == 1)
        let attempts = try await fixture.pool.query("SELECT attempt FROM essays.job_scheduled ORDER BY subject")
        #expect(try attempts.map { try $0.decode(Int.self) } == [1, 0])
        #expect(try await fixture.queue.dead(limit: 9, on: fixture.pool).map(\.reason) == ["no such essay"])
    }

    @Test("keeps its jobs for as long as they take")
    func heartbeat() async throws {
        let fixture = try await QueueFixture()
        let gate = Gate()
        let attempts = Notes<Int64>()
        try await fixture.enqueue(["a"])
        let workers = (0..<2).map { _ in
            fixture.worker { job in
                attempts.add(job.attempt)
                try await gate.pass()
                return .complete
            }
        }
        try await working(workers) {
            try await eventually { attempts.count == 1 }
            for _ in 0..<3 {
                // Cut short, but not over: the next renewal makes it long again.
                try await fixture.pool.execute("UPDATE essays.job_lease SET lease_until = now() + interval '20 seconds'")
                try await eventually {
                    try await fixture.pool.query("SELECT lease_until > now() + interval '25 seconds' FROM essays.job_lease")[0]
                        .decode(Bool.self)
                }
            }
            gate.open()
            try await eventually { try await fixture.counts() == [0, 0, 0, 0, 0] }
        }
        #expect(attempts.all == [1])
    }

    @Test("that died loses its jobs to another once their leases have run out, and not before")
    func crash() async throws {
        let fixture = try await QueueFixture()
        try await fixture.enqueue(["a"])
        let dead = try #require(try await fixture.claimOne())
        let attempts = Notes<Int64>()
        let other = fixture.worker { job in
            attempts.add(job.attempt)
            return .complete
        }
        try await working([other]) {
            try await fixture.enqueue(["b"])
            try await eventually { attempts.count == 1 }
            try await eventually { try await fixture.count("job_lease") == 1 }
            #expect(attempts.all == [1])
            try await fixture.expireLeases()
            try await eventually { try await fixture.counts() == [0, 0, 0, 0, 0] }
        }
        #expect(attempts.all == [1, 2])
        #expect(try await fixture.queue.complete([dead], on: fixture.pool).isEmpty)
    }

    @Test("that is told to end lets its jobs end within the grace period, and gives back what takes longer")
    func shutdown() async throws {
        let fixture = try await QueueFixture()
        let gate = Gate()
        let started = Notes<String>()
        try await fixture.enqueue(["a"])
        let patient = fixture.worker { job in
            started.add(job.subject)
            // Cancellation of the worker's task is not the job's, within the grace period.
            try await gate.pass()
            return .complete
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await patient.run() }
            try await eventually { started.count == 1 }
            group.cancelAll()
            gate.open()
            try await group.waitForAll()
        }
        #expect(try await fixture.counts() == [0, 0, 0, 0, 0])

        try await fixture.enqueue(["b"])
        let closed = Gate()
        let hasty = fixture.worker(configure: { $0.gracePeriod = .zero }) { job in
            started.add(job.subject)
            try await closed.pass()
            return .complete
        }
        try await working([hasty]) { try await eventually { started.count == 2 } }
        #expect(try await fixture.counts() == [1, 0, 0, 0, 0])
        #expect(try await fixture.claimOne()?.attempt == 1, "a job that was given back was not begun")
    }

    @Test("gives back what does not heed its cancellation either, and its late end writes nothing")
    func stubborn() async throws {
        let fixture = try await QueueFixture()
        let (reached, gate, late) = (Notes<Job>(), Gate(), Notes<Bool>())
        try await fixture.enqueue(["a"])
        let worker = fixture.worker(configure: { $0.gracePeriod = .zero }) { job in
            reached.add(job)
            // Deaf to cancellation.
            try await Task {
                try await gate.pass()
                do {
                    try await fixture.pool.unitOfWork("late") { try await fixture.queue.complete([job], in: $0) }
                } catch let error as JobQueueError where error.code == .claimLost {
                    late.add(true)
                }
            }.value
            return .settled
        }
        try await working([worker]) { try await eventually { reached.count == 1 } }
        let again = try #require(try await fixture.claimOne())
        gate.open()
        try await eventually { late.count == 1 }
        #expect(try await fixture.queue.complete([again], on: fixture.pool) == [again.id])
    }

    @Test("cancels the work on a job that is withdrawn, or that was taken from it")
    func cancel() async throws {
        let fixture = try await QueueFixture()
        let (started, ended) = (Notes<Job>(), Notes<String>())
        let closed = Gate()
        let ids = try await fixture.enqueue(["withdrawn", "taken"]).compactMap { $0 }
        let worker = fixture.worker(configure: { $0.rescueInterval = .seconds(3600) }) { job in
            started.add(job)
            defer { ended.add(job.subject) }
            try await closed.pass()
            return .complete
        }
        try await working([worker]) {
            try await eventually { started.count == 2 }
            try await fixture.queue.cancel([ids[0]], kind: "grade", reason: "withdrawn", on: fixture.pool)
            try await eventually { try await fixture.count("job_dead") == 1 }
            #expect(ended.all == ["withdrawn"])
            // Another worker gets it, and keeps it.
            try await fixture.pool.execute("UPDATE essays.job_lease SET epoch = nextval('essays.job_epoch')")
            try await eventually { ended.count == 2 }
            try await eventually { worker.jobCount == 0 }
        }
        #expect(try await fixture.counts() == [0, 0, 1, 1, 0])
    }

    @Test("finds what another process enqueued as soon as it is told, however seldom it looks by itself")
    func hints() async throws {
        let fixture = try await QueueFixture()
        let done = Notes<String>()
        let hints = JobHints(fixture.queue, pool: fixture.pool)
        let worker = fixture.worker(
            hints: hints,
            configure: {
                $0.pollInterval = .seconds(3600)
                $0.rescueInterval = .seconds(3600)
            }
        ) { job in
            done.add(job.subject)
            return .complete
        }
        let elsewhere = JobHints(fixture.queue, pool: fixture.pool)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await hints.run() }
            group.addTask { await elsewhere.run() }
            try await working([worker]) {
                for number in 0..<20 {
                    try await fixture.enqueue(["\(number)"], delay: number % 2 == 0 ? .zero : .milliseconds(1))
                    elsewhere.enqueued()
                    try await eventually { done.count == number + 1 }
                }
                // In the same process nobody but the worker need listen.
                try await fixture.enqueue(["here"])
                hints.look()
                try await eventually { done.count == 21 }
            }
            group.cancelAll()
        }
    }

    @Test("goes on when the server comes back, with what it had in hand and what was waiting")
    func restart() async throws {
        let cluster = try await RestartableCluster.start()
        let pool = QueueFixture.pool(cluster.connectionString)
        _ = try await QueueFixture.migrator.migrate(pool)
        let queue = JobQueue(schema: "essays")
        let hints = JobHints(queue, pool: pool)
        let gate = Gate()
        let done = Notes<String>()
        var configuration = JobWorker.Configuration(name: "worker")
        configuration.maximumJobs = 4
        configuration.pollInterval = .milliseconds(20)
        configuration.heartbeat = .milliseconds(20)
        let worker = JobWorker(
            queue: queue, pool: pool, hints: hints, configuration: configuration, logger: .silent, kinds: { ["grade": 4] }
        ) { job in
            try await gate.pass()
            done.add(job.subject)
            return .complete
        }
        func enqueue(_ subjects: Range<Int>) async throws {
            try await queue.enqueue(subjects.map { NewJob(kind: "grade", subject: "\($0)") }, on: pool)
        }
        try await enqueue(0..<20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await hints.run() }
            try await working([worker]) {
                try await eventually { worker.jobCount == 4 }
                try await cluster.crash()
                gate.open()
                try await enqueue(20..<30)
                hints.enqueued()
                try await eventually {
                    try await queue.counts(on: pool).live == 0
                }
            }
            group.cancelAll()
        }
        #expect(Set(done.all) == Set((0..<30).map { "\($0)" }))
        #expect(done.count == 30, "nothing in hand at the crash was done twice")
        await pool.close()
        await cluster.stop()
    }
}
