import Logging
import Postgres
import PostgresTestSupport
import Synchronization

@testable import JobQueue

/// A queue in a database of its own.
struct QueueFixture: Sendable {
    let database: TestDatabase
    let pool: Pool
    let queue = JobQueue(schema: "essays")

    init(size: Int = 8) async throws {
        database = try await TestDatabase.make(migrations: [Self.migrator])
        pool = Self.pool(database.connectionString, size: size)
    }

    static let migrator = Migrator(
        line: "essays", schema: "essays",
        migrations: [
            JobQueue.migration(version: 1, schema: "essays"),
            Migration(version: 2, name: "effects", sql: "CREATE TABLE essays.effect (subject text NOT NULL)"),
        ],
        enums: [JobEnd.stored])

    /// Many tests share few cores.
    static func pool(_ connectionString: String, size: Int = 8) -> Pool {
        var configuration = PoolConfiguration(connectionString: connectionString, size: size)
        configuration.lockTimeout = .seconds(60)
        configuration.statementTimeout = .seconds(60)
        configuration.acquireTimeout = .seconds(60)
        return Pool(configuration, logger: Logger(label: "test"))
    }

    // MARK: Jobs

    @discardableResult
    func enqueue(
        _ subjects: [String], kind: String = "grade", priority: JobPriority = .normal, delay: Duration = .zero,
        maxAttempts: Int64 = 20, isUnique: Bool = false
    ) async throws -> [Int64?] {
        try await queue.enqueue(
            subjects.map {
                NewJob(
                    kind: kind, subject: $0, priority: priority, delay: delay, maxAttempts: maxAttempts, isUnique: isUnique)
            }, on: pool)
    }

    func claim(
        _ limit: Int = 100, kinds: [String: Int] = ["grade": 1000], by worker: String = "test", lease: Duration = .seconds(60)
    ) async throws -> [Job] {
        var lowWater = LowWater()
        return try await queue.claim(limit, of: kinds, by: worker, for: lease, lowWater: &lowWater, on: pool)
    }

    func claimOne() async throws -> Job? { try await claim(1).first }

    // MARK: Rows

    func count(_ table: String) async throws -> Int {
        try await pool.query("SELECT count(*) FROM essays.\(unescaped: table)")[0].decode(Int.self)
    }

    /// Rows of ready, scheduled, leased and dead jobs and of keys.
    func counts() async throws -> [Int] {
        let counts = try await queue.counts(on: pool)
        return [counts.ready, counts.scheduled, counts.leased, try await count("job_dead"), try await count("job_key")]
    }

    func expireLeases() async throws {
        try await pool.execute("UPDATE essays.job_lease SET lease_until = now() - interval '1 second'")
    }

    /// Makes every scheduled job due.
    func passTime() async throws {
        try await pool.execute("UPDATE essays.job_scheduled SET run_at = now() - interval '1 second'")
    }

    // MARK: Workers

    func worker(
        hints: JobHints? = nil, kinds: @escaping @Sendable () -> [String: Int] = { ["grade": 1000] },
        configure: (inout JobWorker.Configuration) -> Void = { _ in }, chance: @escaping @Sendable () -> Double = { 0 },
        handler: @escaping JobWorker.Handler
    ) -> JobWorker {
        var configuration = JobWorker.Configuration(name: "worker")
        configuration.pollInterval = .milliseconds(5)
        configuration.rescueInterval = .milliseconds(5)
        configuration.heartbeat = .milliseconds(5)
        configure(&configuration)
        return JobWorker(
            queue: queue, pool: pool, hints: hints ?? JobHints(queue, pool: pool), configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, kinds: kinds, chance: chance, handler: handler)
    }
}

/// Runs a test while workers work; they end before this returns.
func working(_ workers: [JobWorker], _ test: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in workers { group.addTask { await worker.run() } }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await test())
        } catch {
            outcome = .failure(error)
        }
        group.cancelAll()
        try await group.waitForAll()
        try outcome.get()
    }
}

/// A list that several tasks add to.
final class Notes<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }
    var count: Int { all.count }

    func add(_ value: Value) { values.withLock { $0.append(value) } }
    func add(_ more: [Value]) { values.withLock { $0 += more } }
}

/// Keeps tasks waiting until it is opened, or they are cancelled.
final class Gate: Sendable {
    private let bell = Bell()
    private let isOpen = Mutex(false)

    func open() {
        isOpen.withLock { $0 = true }
        bell.ring()
    }

    func pass() async throws {
        while true {
            let generation = bell.generation
            if isOpen.withLock({ $0 }) { return }
            try Task.checkCancellation()
            await bell.wait(after: generation, upTo: .seconds(3600))
        }
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
