import Testing

@testable import LLMProviderService

@Suite("When a request is tried again")
struct RetryPolicyTests {
    private let policy = RetryPolicy()

    private func step(_ remedy: AttemptFailure.Remedy, attempts: Int64 = 1, waits: Int64 = 0, chance: Double = 1)
        -> RetryPolicy.Step
    {
        policy.step(
            after: AttemptFailure(kind: .overloaded, message: "", remedy: remedy), attempts: attempts, waits: waits,
            chance: chance)
    }

    @Test("What nothing will change is given up at once")
    func hopeless() {
        #expect(step(.none) == .giveUp)
    }

    @Test("There are as many attempts as the limit, and no more")
    func attempts() {
        #expect(step(.retry, attempts: 4) == .retry(after: .seconds(4)))
        #expect(step(.retry, attempts: 5) == .giveUp)
        #expect(step(.retry, attempts: 25) == .giveUp)
    }

    @Test("What is paid for in vain is repeated only as often as the caller allows; what is not paid for does not count")
    func paidCalls() {
        func step(_ kind: AttemptFailure.Kind, attempts: Int64) -> RetryPolicy.Step {
            policy.step(
                after: AttemptFailure(kind: kind, message: "", remedy: .retry), paidCalls: 2, attempts: attempts, waits: 0,
                chance: 0)
        }
        #expect(step(.unreadableReply, attempts: 1) == .retry(after: .zero))
        #expect(step(.unreadableReply, attempts: 2) == .giveUp)
        #expect(step(.unreadableReply, attempts: 3) == .giveUp)
        #expect(step(.overloaded, attempts: 4) == .retry(after: .zero))
        #expect(step(.unreachable, attempts: 4) == .retry(after: .zero))
    }

    @Test("Pauses double up to the longest, and chance takes a part of them")
    func pauses() {
        var policy = policy
        policy.maximumAttempts = 1000
        let failure = AttemptFailure(kind: .overloaded, message: "", remedy: .retry)
        func pause(_ attempts: Int64, _ chance: Double) -> RetryPolicy.Step {
            policy.step(after: failure, attempts: attempts, waits: 0, chance: chance)
        }
        #expect(pause(1, 1) == .retry(after: .milliseconds(500)))
        #expect(pause(2, 1) == .retry(after: .seconds(1)))
        #expect(pause(6, 1) == .retry(after: .seconds(16)))
        #expect(pause(7, 1) == .retry(after: .seconds(30)))
        #expect(pause(999, 1) == .retry(after: .seconds(30)))
        #expect(pause(3, 0.5) == .retry(after: .seconds(1)))
        #expect(pause(3, 0) == .retry(after: .zero))
    }

    @Test(
        "A request whose lane stands still waits for it at no cost, and a little longer than others, but not for ever")
    func standstill() {
        for (kind, remedy) in [
            (AttemptFailure.Kind.overloaded, AttemptFailure.Remedy.retry), (.billing, .none), (.overloaded, .wait(.seconds(7))),
        ] {
            func step(_ standstill: Duration, _ chance: Double, waits: Int64 = 99) -> RetryPolicy.Step {
                policy.step(
                    after: AttemptFailure(kind: kind, message: "", remedy: remedy), standstill: standstill, attempts: 25,
                    waits: waits,
                    chance: chance)
            }
            #expect(step(.seconds(5), 0) == .wait(.seconds(6)))
            #expect(step(.seconds(5), 1) == .wait(.seconds(7)))
            #expect(step(.seconds(5), 1, waits: 100) == .giveUp)
        }
    }

    @Test("A vendor that asks to wait is waited for, however many attempts there were, but not for ever")
    func waits() {
        #expect(step(.wait(.seconds(7)), attempts: 5, chance: 0) == .wait(.seconds(7)))
        #expect(step(.wait(.seconds(7)), chance: 1) == .wait(.milliseconds(7250)))
        #expect(step(.wait(.seconds(7)), waits: 99, chance: 0) == .wait(.seconds(7)))
        #expect(step(.wait(.seconds(7)), waits: 100) == .giveUp)
    }
}
