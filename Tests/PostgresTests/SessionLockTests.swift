import PostgresTestSupport
import Synchronization
import Testing

@testable import Postgres

@Suite("A lock of a session", .timeLimit(.minutes(1)))
struct SessionLockTests {
    /// Counts how often a lock was obtained.
    private final class Count: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .sequentiallyConsistent) }

        /// - Returns: the count with this one.
        @discardableResult
        func next() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
    }

    private func holding(_ lock: SessionLock, _ count: Count) -> Task<Void, Never> {
        Task { await lock.hold { count.next() } }
    }

    private func lock(_ pool: Pool, _ name: String = "essays") -> SessionLock {
        SessionLock(pool: pool, name: name, retryInterval: .milliseconds(5))
    }

    /// Ends the sessions that hold or want a lock in this database.
    private func endSessions(_ pool: Pool) async throws {
        _ = try await pool.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
    }

    @Test("is one holder's at a time, and the next one's once that has gone")
    func oneAtATime() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let (first, second, other) = (Count(), Count(), Count())
        let holder = holding(lock(pool), first)
        try await eventually { first.value == 1 }
        let waiter = holding(lock(pool), second)
        // Another name is another lock; when this one has been obtained, the waiter has had its turns in vain.
        let bystander = holding(lock(pool, "other"), other)
        try await eventually { other.value == 1 }
        #expect(second.value == 0)
        holder.cancel()
        await holder.value
        try await eventually { second.value == 1 }
        #expect(first.value == 1 && other.value == 1)
        for task in [waiter, bystander] {
            task.cancel()
            await task.value
        }
        #expect(await pool.statistics().connections <= 1, "none of the pool's connections is used")
    }

    @Test("is obtained again after its session was ended")
    func sessionEnded() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let count = Count()
        let holder = holding(lock(pool), count)
        for round in 1...3 {
            try await eventually { count.value == round }
            try await endSessions(pool)
        }
        try await eventually { count.value == 4 }
        holder.cancel()
        await holder.value
    }

    @Test("tells its holder when it is lost, and before it is given back")
    func lost() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let (obtained, lost) = (Count(), Count())
        let lock = lock(pool)
        let holder = Task {
            await lock.hold {
                obtained.next()
            } lost: {
                lost.next()
            }
        }
        try await eventually { obtained.value == 1 }
        #expect(lost.value == 0)
        try await endSessions(pool)
        try await eventually { obtained.value == 2 }
        #expect(lost.value == 1)
        holder.cancel()
        await holder.value
        #expect(lost.value == 2 && obtained.value == 2)
    }

    @Test("has what is to be done under it tried again until it goes well")
    func failingWork() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let (tries, done) = (Count(), Count())
        let holder = Task {
            await lock(pool).hold {
                guard tries.next() == 3 else { throw ConditionTimedOut() }
                done.next()
            }
        }
        try await eventually { done.value == 1 }
        holder.cancel()
        await holder.value
        #expect(tries.value == 3)
    }
}
