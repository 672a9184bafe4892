import Synchronization
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
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await bell.wait(after: 0, upTo: .seconds(3600))
        }
        await cancelled.value
        #expect(bell.waiterCount == 0)
        #expect(bell.generation == 0)
    }

    @Test("is never missed in thousands of races between looking, waiting and ringing")
    func race() async {
        let rounds = 5_000
        let (published, taken) = (Bell(), Bell())
        let (offer, receipt) = (Number(), Number())
        await withTaskGroup(of: Void.self) { group in
            // Each goes on only after the other has taken what was there, so that one missed ring stops both for an hour.
            group.addTask {
                for round in 1...rounds {
                    offer.value = round
                    published.ring()
                    await self.wait(for: taken) { receipt.value == round }
                }
            }
            group.addTask {
                for round in 1...rounds {
                    await self.wait(for: published) { offer.value == round }
                    receipt.value = round
                    taken.ring()
                }
            }
        }
        #expect(receipt.value == rounds)
    }

    private func wait(for bell: Bell, until condition: () -> Bool) async {
        while true {
            let generation = bell.generation
            if condition() { return }
            await bell.wait(after: generation, upTo: .seconds(3600))
        }
    }

    @Test("and a cancellation that meet resume each waiter once")
    func cancellationRace() async {
        let bell = Bell()
        for _ in 0..<2_000 {
            let generation = bell.generation
            let waiter = Task { await bell.wait(after: generation, upTo: .seconds(3600)) }
            async let ring: Void = { bell.ring() }()
            waiter.cancel()
            await ring
            await waiter.value
        }
        #expect(bell.waiterCount == 0)
    }
}

/// A number that tasks share.
private final class Number: Sendable {
    private let stored = Mutex(0)

    var value: Int {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
