import Testing
import Wire

@testable import WireNIO

@Suite("Whether a call is made again")
struct CallAttemptsTests {
    private func action(
        after error: RPCError, isIdempotent: Bool = false, count: Int = 1, remaining: Duration = .seconds(60),
        isBudgetSound: Bool = true
    ) -> CallAttempts.Action {
        var attempts = CallAttempts(
            isIdempotent: isIdempotent, maximum: 3, backoff: Backoff(shortest: .milliseconds(50), longest: .seconds(1)))
        for _ in 0..<count { attempts.began() }
        return attempts.failed(error, remaining: remaining, isBudgetSound: isBudgetSound, chance: 1)
    }

    @Test("depends on whether a handler may have seen it, and on whether that would matter", arguments: StatusCode.allCases)
    func safety(code: StatusCode) {
        guard code != .ok else { return }
        let retry = CallAttempts.Action.retry(after: .milliseconds(50))
        let mayPass = code == .unavailable || code == .resourceExhausted
        #expect(action(after: RPCError(code, "", isRefused: true)) == (mayPass ? retry : .fail))
        #expect(action(after: RPCError(code, "", isRefused: true), isIdempotent: true) == (mayPass ? retry : .fail))
        #expect(action(after: RPCError(code, "")) == .fail)
        #expect(action(after: RPCError(code, ""), isIdempotent: true) == (code == .unavailable ? retry : .fail))
    }

    private let refusal = RPCError(.unavailable, "", isRefused: true)

    @Test("ends with the number of attempts, the budget and the deadline")
    func limits() {
        #expect(action(after: refusal, count: 2) == .retry(after: .milliseconds(100)))
        #expect(action(after: refusal, count: 3) == .fail)
        #expect(action(after: refusal, isBudgetSound: false) == .fail)
        #expect(action(after: refusal, remaining: .milliseconds(50)) == .fail)
        #expect(action(after: refusal, remaining: .milliseconds(51)) == .retry(after: .milliseconds(50)))
    }

    @Test("heeds the pause that a server asks for, and leaves a long one to the caller")
    func pushback() {
        func refusal(_ pause: Duration) -> RPCError { RPCError(.resourceExhausted, "", isRefused: true, retryAfter: pause) }
        #expect(action(after: refusal(.milliseconds(1))) == .retry(after: .milliseconds(50)))
        #expect(action(after: refusal(.milliseconds(700))) == .retry(after: .milliseconds(700)))
        #expect(action(after: refusal(.milliseconds(1001))) == .fail)
    }
}
