import Contracts
import Testing

@testable import LLMProviderService

@Suite("What follows from the kind of a failure")
struct FailureRulesTests {
    /// What a request and its lane learn of one kind, with nothing else said.
    private struct Row {
        let kind: AttemptFailure.Kind
        let isRetried: Bool
        /// Of an attempt that is made again.
        var countsAsAttempt = true
        var isPaid = false
        let sign: Breaker.Sign
    }

    private static let table = [
        Row(kind: .invalidRequest, isRetried: false, sign: .works), Row(kind: .authentication, isRetried: false, sign: .works),
        Row(kind: .billing, isRetried: false, sign: .works),
        Row(kind: .rateLimited, isRetried: true, countsAsAttempt: false, sign: .works),
        Row(kind: .overloaded, isRetried: true, sign: .fails), Row(kind: .unreachable, isRetried: true, sign: .works),
        Row(kind: .unreadableReply, isRetried: true, isPaid: true, sign: .works),
        Row(kind: .refusal, isRetried: false, isPaid: true, sign: .works),
        Row(kind: .truncated, isRetried: false, isPaid: true, sign: .works),
        Row(kind: .cancelled, isRetried: false, sign: .works),
        Row(kind: .expired, isRetried: false, sign: .works),
    ]

    @Test("is known for each kind, and the retry policy, the bill and the breaker go by it")
    func table() {
        #expect(Self.table.map(\.kind) == AttemptFailure.Kind.allCases)
        for row in Self.table {
            let failure = AttemptFailure(kind: row.kind, message: "why")
            let step = RetryPolicy().step(after: failure, attempts: 1, waits: 0, chance: 1)
            switch step {
            case .giveUp: #expect(!row.isRetried, "\(row.kind)")
            case .retry: #expect(row.isRetried && row.countsAsAttempt, "\(row.kind)")
            case .wait: #expect(row.isRetried && !row.countsAsAttempt, "\(row.kind)")
            }
            // Of what was paid for no more is bought than the request allows.
            let last = RetryPolicy().step(after: failure, paidCalls: 1, attempts: 1, waits: 0, chance: 1)
            #expect(last == (row.isPaid ? .giveUp : step), "\(row.kind)")
            #expect(AttemptOutcome.failure(failure).ending.sign == row.sign, "\(row.kind)")
        }
    }

    @Test("has a name of its own for each kind, in metrics and in events, and leaves out none that the contract has")
    func names() {
        let rules = AttemptFailure.Kind.allCases.map(\.rules)
        #expect(Set(rules.map(\.label)).count == rules.count)
        let told = Set(rules.map(\.contract))
        #expect(told.count == rules.count)
        #expect((1...Int32(rules.count)).allSatisfy { told.contains(LLMV1.FailureKind(rawValue: $0)) })
    }
}
