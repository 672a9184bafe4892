/// When a request that failed is tried again, and when no more.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts that count.
    public var maximumAttempts: Int64 = 5
    /// Times that a request lets the vendor make it wait; those do not count as attempts.
    public var maximumWaits: Int64 = 100
    /// Attempts beyond those that a request may have because the workers that made them died.
    public var maximumDeaths: Int64 = 20
    /// Upper end of the pause before the second attempt; it doubles with each further one.
    public var firstPause: Duration = .milliseconds(500)
    public var longestPause: Duration = .seconds(30)

    public init() {}

    /// What follows an attempt that brought no reply.
    enum Step: Sendable, Hashable {
        case giveUp
        case retry(after: Duration)
        /// The attempt does not count, and nothing is sent to the vendor until the pause is over.
        case wait(Duration)
    }

    /// Calls of one request that can be billed, as far as replies tell: each that was is an attempt that counts. A call whose reply was
    /// lost is billed by the vendor and not known here.
    ///
    /// - Parameter asked: as the request says; zero where it leaves it to the policy.
    func mostPaidCalls(asked: UInt32) -> Int64 {
        asked == 0 ? maximumAttempts : min(Int64(asked), maximumAttempts)
    }

    /// - Parameters:
    ///   - standstill: how long the request's lane still sends nothing, where that is all that was the matter: the request then waits, at no
    ///     cost, but no more often than others may wait: it may be what makes the vendor fail.
    ///   - paidCalls: attempts after which none is made any more that follows on a reply that was paid for in vain; nil for no limit
    ///     but that of all attempts. Every reply that is paid for is an attempt, so there are never more of them that are known.
    ///   - attempts: made so far, this one among them.
    ///   - waits: so far, without this one.
    ///   - chance: from 0 to 1; spreads the pauses of requests that failed together.
    func step(
        after failure: AttemptFailure, standstill: Duration? = nil, paidCalls: Int64? = nil, attempts: Int64, waits: Int64,
        chance: Double
    ) -> Step {
        // A little longer than those that have not been sent, so that another one finds out the next time.
        if let standstill, waits < maximumWaits { return .wait(standstill + .seconds(1) * (1 + chance)) }
        if failure.kind.rules.isPaid, let paidCalls, attempts >= paidCalls { return .giveUp }
        return switch failure.remedy {
        case .none: .giveUp
        case .wait(let pause): waits < maximumWaits ? .wait(pause + .milliseconds(250) * chance) : .giveUp
        case .retry: attempts < maximumAttempts ? .retry(after: pause(afterAttempt: attempts) * chance) : .giveUp
        }
    }

    private func pause(afterAttempt attempt: Int64) -> Duration {
        min(firstPause * (1 << min(max(attempt - 1, 0), 16)), longestPause)
    }
}
