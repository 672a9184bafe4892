/// How a fake provider deals with message batches.
public struct BatchSettings: Sendable, Equatable {
    /// What a token costs in a batch, in hundredths of what it costs else.
    public static let costPercent = 50
    /// The most requests of one batch.
    public static let maxRequests = 100_000

    /// How long a batch takes, by the provider's clock; its requests are come to at even intervals.
    public var duration: Duration
    /// How long after its creation a batch expires; requests that have not been come to by then never are.
    public var lifetime: Duration
    /// What happens to the first calls that create a batch; nil lets one pass. An answer that is damaged on its way tells of a batch that
    /// was created all the same.
    public var script: [FaultPlan.Fault?]
    /// Bytes of the longest body that creates a batch; a longer one is answered with 413.
    public var maxBytes: Int

    /// Creates settings; see the properties. Without arguments a batch has ended when it is first looked at.
    public init(
        duration: Duration = .zero, lifetime: Duration = .seconds(86_400), script: [FaultPlan.Fault?] = [],
        maxBytes: Int = 256_000_000
    ) {
        precondition(
            duration >= .zero && lifetime > .zero && maxBytes > 0, "a batch takes no negative time, and a limit is positive")
        self.duration = duration
        self.lifetime = lifetime
        self.script = script
        self.maxBytes = maxBytes
    }
}
