public import Wire

/// How a client behaves towards the several servers of one service.
public struct WirePoolConfiguration: Sendable, Hashable {
    /// Of the connection to each address.
    public var client = ClientConfiguration()
    /// By what rule an address is chosen among those that are ready.
    public var choice: AddressChoice = .fewestRunning
    /// How often the names are looked up.
    public var lookupInterval: Duration = .seconds(30)
    /// How soon they may be looked up again, when a connection is lost or a name was not found.
    public var shortestLookupInterval: Duration = .seconds(1)
    /// Attempts at a unary call, with the first and with a hedge.
    public var maximumAttempts = 4
    /// The pause before a second attempt, and how long an address is passed over whose last attempt failed; it doubles with each failure
    /// in a row, and half of it is chance.
    public var shortestPause: Duration = .milliseconds(50)
    /// The longest such pause. A server that asks for a longer one is not asked again: its refusal goes to the caller.
    public var longestPause: Duration = .seconds(1)
    /// Tokens for second attempts: a failure and a hedge cost one each, and with half of them or fewer left there are no second attempts.
    public var budgetTokens = 100.0
    /// What a call that goes well adds to them.
    public var budgetEarnedBySuccess = 0.1
    /// How long an answer may take before a second address is asked as well, for each method of which that is wanted; the first answer
    /// counts. Without effect on methods that are not declared idempotent: the server that lost is told at best when it has begun.
    public var hedgeDelays: [MethodDescriptor: Duration] = [:]

    public init() {}
}
