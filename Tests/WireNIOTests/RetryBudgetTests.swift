import Fuzzing
import Testing

@testable import WireNIO

@Suite("The budget for second attempts")
struct RetryBudgetTests {
    @Test("is sound while more than half of its tokens are left")
    func half() {
        var budget = RetryBudget(capacity: 10, earnedBySuccess: 0.5)
        for _ in 0..<4 { budget.failed() }
        #expect(budget.isSound && budget.tokens == 6)
        budget.failed()
        #expect(!budget.isSound)
        budget.succeeded()
        #expect(budget.isSound && budget.tokens == 5.5)
        budget.tookHedge()
        #expect(!budget.isSound)
    }

    @Test("holds no more than its capacity, and owes nothing")
    func bounds() {
        var budget = RetryBudget(capacity: 2, earnedBySuccess: 0.5)
        budget.succeeded()
        #expect(budget.tokens == 2)
        for _ in 0..<5 { budget.failed() }
        #expect(budget.tokens == 0)
        for _ in 0..<2 { budget.succeeded() }
        #expect(!budget.isSound)
        budget.succeeded()
        #expect(budget.isSound)
    }

    @Test(
        "bounds all attempts by the calls, half the capacity, and a part of the successes, whatever fails",
        arguments: UInt64(0)..<20)
    func bound(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var budget = RetryBudget(capacity: 20, earnedBySuccess: 0.1)
        let failing = Double.random(in: 0...1, using: &generator)
        var attempts = 0
        var successes = 0
        let calls = 2000
        for _ in 0..<calls {
            while true {
                attempts += 1
                if Double.random(in: 0...1, using: &generator) >= failing {
                    budget.succeeded()
                    successes += 1
                    break
                }
                budget.failed()
                guard budget.isSound else { break }
            }
        }
        #expect(Double(attempts) <= Double(calls) + 10 + 0.1 * Double(successes))
    }
}

@Suite("The pause after failures")
struct BackoffTests {
    @Test("doubles up to its longest, half of it by chance")
    func pauses() {
        let backoff = Backoff(shortest: .milliseconds(50), longest: .milliseconds(300))
        let longest = (1...5).map { backoff.pause(afterFailures: $0, chance: 1) }
        #expect(longest == [50, 100, 200, 300, 300].map { .milliseconds($0) })
        let shortest = (1...5).map { backoff.pause(afterFailures: $0, chance: 0) }
        #expect(shortest == [25, 50, 100, 150, 150].map { .milliseconds($0) })
        #expect(backoff.pause(afterFailures: 1_000_000, chance: 1) == .milliseconds(300))
    }
}
