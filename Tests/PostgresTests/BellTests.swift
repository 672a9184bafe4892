import Testing

@testable import Postgres

@Suite("A bell", .timeLimit(.minutes(1)))
struct BellTests {
    @Test("rung between the look and the wait is heard")
    func betweenLookAndWait() async {
        let bell = Bell()
        let seen = bell.generation
        bell.ring()
        // Would last an hour if a ring counted only for those who already wait.
        await bell.wait(after: seen, upTo: .seconds(3600))
        #expect(bell.generation == seen + 1)
    }

    @Test("wakes everyone who waits, and leaves nobody behind")
    func everyone() async {
        let bell = Bell()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 { group.addTask { await bell.wait(after: 0, upTo: .seconds(3600)) } }
            while bell.waiterCount < 200 { await Task.yield() }
            bell.ring()
        }
        #expect(bell.waiterCount == 0)
    }

    @Test("that nobody rings keeps nobody beyond the time given, nor one who is cancelled")
    func ends() async {
        let bell = Bell()
        await bell.wait(after: 0, upTo: .milliseconds(1))
        await bell.wait(after: 0, upTo: .zero)
        let waiting = Task { await bell.wait(after: 0, upTo: .seconds(3600)) }
        while bell.waiterCount < 1 { await Task.yield() }
        waiting.cancel()
        await waiting.value
        #expect(bell.waiterCount == 0)
        #expect(bell.generation == 0)
    }
}
