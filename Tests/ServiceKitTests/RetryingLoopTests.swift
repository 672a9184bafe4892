import Logging
import Synchronization
import Testing

@testable import ServiceKit

@Suite("A loop that is retried")
struct RetryingLoopTests {
    private struct Failure: Error {}

    /// The pauses a loop makes, none of which takes any time.
    private final class Pauses: Sendable {
        private let made = Mutex<[Duration]>([])
        private let chance: Double
        private let cancelsInFirst: Bool

        init(chance: Double = 1, cancelsInFirst: Bool = false) {
            self.chance = chance
            self.cancelsInFirst = cancelsInFirst
        }

        var all: [Duration] { made.withLock { $0 } }

        func loop() -> RetryingLoop {
            RetryingLoop("test", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, chance: { self.chance }) {
                pause in
                self.made.withLock { $0.append(pause) }
                if self.cancelsInFirst { withUnsafeCurrentTask { $0?.cancel() } }
                try Task.checkCancellation()
            }
        }
    }

    /// Runs steps by number, from one, and cancels the loop in the last.
    private func run(_ pauses: Pauses, steps: Int, _ step: @escaping @Sendable (Int) async throws -> Void) async throws -> Int {
        let count = Mutex(0)
        let task = Task {
            try await pauses.loop().run {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                if number == steps { withUnsafeCurrentTask { $0?.cancel() } }
                try await step(number)
            }
        }
        switch await task.result {
        case .success: break
        case .failure(let error): #expect(error is CancellationError)
        }
        return count.withLock { $0 }
    }

    @Test(
        "pauses twice as long after each failure in a row, up to half a second, and half of that is chance",
        arguments: [0.0, 0.5, 1])
    func backsOff(chance: Double) async throws {
        let pauses = Pauses(chance: chance)
        #expect(try await run(pauses, steps: 6) { _ in throw Failure() } == 6)
        #expect(pauses.all == [100, 200, 400, 500, 500].map { .milliseconds($0) * (0.5 + chance / 2) })
    }

    @Test("begins with the shortest pause again after a step that went well, and makes none before the next")
    func recovers() async throws {
        let pauses = Pauses()
        _ = try await run(pauses, steps: 7) { number in
            if [1, 2, 4].contains(number) { throw Failure() }
        }
        #expect(pauses.all == [.milliseconds(100), .milliseconds(200), .milliseconds(100)])
    }

    @Test("ends when it is cancelled: before a step, in one, or in a pause")
    func cancelled() async throws {
        let before = Pauses()
        #expect(try await run(before, steps: 1) { _ in } == 1)
        let during = Pauses()
        #expect(try await run(during, steps: 3) { _ in try Task.checkCancellation() } == 3)
        let failing = Pauses()
        #expect(try await run(failing, steps: 3) { if $0 == 3 { throw Failure() } } == 3)
        #expect(before.all.isEmpty && during.all.isEmpty && failing.all.isEmpty)
        let pause = Pauses(cancelsInFirst: true)
        #expect(try await run(pause, steps: 9) { _ in throw Failure() } == 1)
        #expect(pause.all.count == 1)
    }

    @Test("goes on when something a step waited for was cancelled, and not the loop")
    func foreignCancellation() async throws {
        let pauses = Pauses()
        let steps = try await run(pauses, steps: 4) { number in
            if number == 2 { throw CancellationError() }
        }
        #expect(steps == 4)
        #expect(pauses.all == [.milliseconds(100)])
    }

    @Test("begins with the shortest pause after a step that failed once it had made progress")
    func progress() async throws {
        let pauses = Pauses()
        let steps = Mutex(0)
        let task = Task {
            try await pauses.loop().run { progressed in
                let step = steps.withLock { steps in
                    steps += 1
                    return steps
                }
                if step == 6 { withUnsafeCurrentTask { $0?.cancel() } }
                if step == 4 { progressed() }
                throw Failure()
            }
        }
        _ = await task.result
        #expect(pauses.all == [100, 200, 400, 100, 200].map { .milliseconds($0) })
    }
}
