import Glibc
import Synchronization
import Testing

@testable import Postgres

@Suite("The loop", .timeLimit(.minutes(1)))
struct LoopTests {
    /// Touched by whoever has the loop's turn.
    @PostgresLoop
    private final class Tally {
        private(set) var steps: [Int] = []
        private var isBusy = false

        nonisolated init() {}

        /// Would lose steps, and notice, if two threads came here at once.
        func add(_ step: Int) {
            #expect(!isBusy)
            isBusy = true
            steps.append(step)
            isBusy = false
        }

        func addInsideTurn() {
            EventLoop.shared.perform { self.add(1) }
            add(2)
        }
    }

    private final class Place: Sendable {
        private let thread = Atomic<UInt>(0)

        func note() { thread.store(UInt(pthread_self()), ordering: .relaxed) }
        var isHere: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }
    }

    @Test("lets a caller that finds the turn free run its block itself")
    func atOnce() async throws {
        let place = Place()
        // Other tests have the turn now and then.
        try await eventually {
            EventLoop.shared.perform { place.note() }
            return place.isHere
        }
    }

    @Test("runs a block at once for who has the turn already")
    func insideTurn() async {
        let tally = Tally()
        await tally.addInsideTurn()
        #expect(await tally.steps == [1, 2])
    }

    @Test("gives one thread the turn at a time, whichever way the work comes")
    func oneAtATime() async {
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<1000 {
                        switch (worker + number) % 3 {
                        case 0: EventLoop.shared.perform { tally.add(number) }
                        case 1: EventLoop.shared.execute { tally.add(number) }
                        default: await tally.add(number)
                        }
                    }
                }
            }
        }
        // Blocks that were posted come before the job that asks this.
        #expect(await tally.steps.count == 8000)
    }

    @Test("wakes in time for what another thread scheduled while it slept")
    func scheduledFromOutside() async throws {
        let bell = Bell()
        for number in 1...50 {
            EventLoop.shared.perform {
                _ = EventLoop.shared.schedule(at: .now + .milliseconds(1)) { bell.ring() }
            }
            // From outside: asking the loop would wake it.
            try await eventually { bell.generation == number }
        }
    }
}
