import Wire

/// Decides whether a call that failed is made again.
///
/// That is safe where the server says that nobody has seen the request, whatever the method does, and where the connection was lost or the
/// server could not do it if the method is declared idempotent. It is of use where another server, or the same one in a moment, may do it.
struct CallAttempts {
    enum Action: Equatable {
        case retry(after: Duration)
        case fail
    }

    private let isIdempotent: Bool
    private let maximum: Int
    private let backoff: Backoff
    /// Attempts that were written to a connection.
    private(set) var count = 0

    init(isIdempotent: Bool, maximum: Int, backoff: Backoff) {
        self.isIdempotent = isIdempotent
        self.maximum = maximum
        self.backoff = backoff
    }

    /// Whether there may be another.
    private var hasMore: Bool { count < maximum }
    /// Whether there may be one beside that which runs.
    var mayHedge: Bool { count + 1 < maximum }

    mutating func began() {
        count += 1
    }

    /// - Parameters:
    ///   - remaining: until the call's deadline.
    ///   - isBudgetSound: whether second attempts may be made at all.
    ///   - chance: from 0 to 1.
    func failed(_ error: RPCError, remaining: Duration, isBudgetSound: Bool, chance: Double) -> Action {
        guard Self.mayPass(error), error.isRefused || isIdempotent, hasMore, isBudgetSound else { return .fail }
        // Where the server asks for more time than the longest pause it is for the caller to plan when to come again.
        let asked = error.retryAfter ?? .zero
        guard asked <= backoff.longest else { return .fail }
        let pause = max(asked, backoff.pause(afterFailures: max(1, count), chance: chance))
        return pause < remaining ? .retry(after: pause) : .fail
    }

    /// Whether the failure was the server's, for the time being, and not the request's: a method that is unknown, or not for this caller,
    /// is refused by every server alike.
    static func mayPass(_ error: RPCError) -> Bool {
        error.code == .unavailable || (error.code == .resourceExhausted && error.isRefused)
    }
}
