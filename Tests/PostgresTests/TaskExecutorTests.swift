import Dispatch
import Glibc
import PostgresTestSupport
import Synchronization
import Testing

@testable import Postgres

@Suite("Tasks on the loop's thread", .timeLimit(.minutes(1)))
struct TaskExecutorTests {
    /// What `top` calls this thread.
    private static func threadName() -> String {
        let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count - 1)), as: UTF8.self)
    }

    /// Blocks the thread it is called on until it is told to go on.
    private final class Blockade: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        let arrived = Atomic(0)

        func block() {
            arrived.wrappingAdd(1, ordering: .relaxed)
            semaphore.wait()
        }

        func lift(_ count: Int) {
            for _ in 0..<count { semaphore.signal() }
        }
    }

    private final class Finished: Sendable {
        private let list = Mutex<[Int]>([])

        func note(_ number: Int) { list.withLock { $0.append(number) } }
        var numbers: [Int] { list.withLock { $0.sorted() } }
    }

    @Test("go on there after each answer")
    func sameThread() async throws {
        let pool = try await TestDatabase.make().pool()
        let names = try await Task(executorPreference: Pool.taskExecutor) {
            var names = [Self.threadName()]
            try await pool.unitOfWork("two") { unit in
                for number in 1...2 {
                    let answer = try await unit.query("SELECT \(number)")[0].decode(Int.self)
                    #expect(answer == number)
                    names.append(Self.threadName())
                }
            }
            return names + [Self.threadName()]
        }.value
        #expect(names == Array(repeating: "postgres-loop", count: 4))
    }

    @Test("that block keep nobody else from PostgreSQL, however many they are", arguments: [1, 3, 50])
    func blocking(count: Int) async throws {
        let pool = try await TestDatabase.make().pool()
        let blockade = Blockade()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count { group.addTask(executorPreference: Pool.taskExecutor) { blockade.block() } }
            defer { blockade.lift(count) }
            // All threads are blocked that ever will be.
            try await eventually { blockade.arrived.load(ordering: .relaxed) == min(count, EventLoop.maxThreads - 1) }
            for number in 1...20 { #expect(try await pool.query("SELECT \(number)")[0].decode(Int.self) == number) }
        }
        #expect(blockade.arrived.load(ordering: .relaxed) == count)
        #expect(try await pool.query("SELECT 1").count == 1)
    }

    @Test("are all run, each once, while some of them take long and others talk to PostgreSQL")
    func mixture() async throws {
        let pool = try await TestDatabase.make().pool()
        let finished = Finished()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask(executorPreference: Pool.taskExecutor) {
                    if number % 40 == 0 {
                        let end = ContinuousClock.now + .nanoseconds(Leadership.patience) * 3
                        while ContinuousClock.now < end {}
                    }
                    let answer = try await pool.query("SELECT \(number)")[0].decode(Int.self)
                    #expect(answer == number)
                    await Task.yield()
                    finished.note(number)
                }
            }
            try await group.waitForAll()
        }
        #expect(finished.numbers == Array(0..<400))
    }

    @Test("keep nobody from PostgreSQL also when they come after there has been none for long enough to sleep")
    func afterSleep() async throws {
        let pool = try await TestDatabase.make().pool()
        for _ in 0..<3 {
            // Longer than the watcher stays awake.
            try await Task.sleep(for: .milliseconds(60))
            let blockade = Blockade()
            let task = Task(executorPreference: Pool.taskExecutor) { blockade.block() }
            defer { blockade.lift(1) }
            try await eventually { blockade.arrived.load(ordering: .relaxed) == 1 }
            #expect(try await pool.query("SELECT 1").count == 1)
            blockade.lift(1)
            await task.value
        }
    }
}

@Suite("The lead of the loop")
struct LeadershipTests {
    @Test("is taken from a leader that one task keeps for longer than the patience, and not before")
    func patience() {
        let leadership = Leadership()
        let start = Leadership.Mark.now
        #expect(!leadership.takeOver(start.advanced(by: 1_000_000_000)))
        leadership.begin(start)
        #expect(!leadership.takeOver(start.advanced(by: Leadership.patience)))
        #expect(leadership.takeOver(start.advanced(by: Leadership.patience + 1)))
        #expect(!leadership.end(start))
    }

    @Test("stays with a leader whose task has ended")
    func ended() {
        let leadership = Leadership()
        let start = Leadership.Mark.now
        leadership.begin(start)
        #expect(leadership.end(start))
        #expect(!leadership.takeOver(start.advanced(by: 1_000_000_000)))
    }

    @Test("is not given back to who lost it by what the next leader runs")
    func nextLeader() {
        let leadership = Leadership()
        let first = Leadership.Mark.now
        leadership.begin(first)
        #expect(leadership.takeOver(first.advanced(by: 1_000_000_000)))
        let second = first.advanced(by: 1_000_000_000)
        leadership.begin(second)
        #expect(!leadership.end(first))
        #expect(leadership.end(second))
    }
}
