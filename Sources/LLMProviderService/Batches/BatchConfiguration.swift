import EventLog

/// How requests are put together to batches, and how batches are looked after.
public struct BatchConfiguration: Sendable, Hashable {
    /// What Anthropic takes in one batch, as its pages said on 2026-10-01.
    public static let mostRequests = 100_000
    /// In bytes, of the whole call.
    public static let mostBytes = 256_000_000

    /// Requests of one batch.
    public var maximumRequests = 10_000
    /// Bytes of the call that hands a batch over. It is in memory twice meanwhile. No smaller than the longest prompt may make one request,
    /// unless the JSON of that is longer still: such a request fails.
    public var maximumBytes = 30_000_000
    /// How long a batch that is not full waits for more requests.
    public var gatheringTime: Duration = .seconds(60)
    /// Least time between two looks at a batch that the vendor has.
    public var pollInterval: Duration = .seconds(60)
    /// How often it is looked whether there is something to do, at the least.
    public var checkInterval: Duration = .seconds(1)
    /// Least time between two steps of one process for the batches of one provider, each a call or a few: some 20 a minute of the 50 that
    /// the lowest class of accounts may make.
    public var callSpacing: Duration = .seconds(3)
    /// A request that may also go by itself does so when less than this of its time is left. Most batches end within an hour.
    public var leastTime: Duration = .seconds(7200)
    /// How long a call may take that hands a batch over. When it has brought no answer, nothing is concluded before this is over.
    public var submissionTimeout: Duration = .seconds(300)
    /// How long after a call was begun that hands a batch over the vendor shows the batch, if it has it.
    var showingTime: Duration { submissionTimeout + lease }
    /// How long fetching a batch's results may take.
    public var resultsTimeout: Duration = .seconds(3600)
    /// When nobody has looked after a batch for so long after it was due, nobody has its key: processes that have it come sooner.
    public var strayAge: Duration = .seconds(600)
    /// How long the vendor has to say again and again that it knows nothing of a batch before that is believed.
    public var missingTime: Duration = .seconds(3600)
    /// How long it has to stay unclear, look by look, what became of a batch before its requests end: twice what the vendor takes for one.
    /// Time in which nobody looked does not count.
    public var patience: Duration = .seconds(172_800)
    /// How long it is remembered that there was a batch after it has been closed, as long as events are: the vendor tells of it for less.
    public var retention = Retention.usualAge
    /// Between two looks at which batches are to be forgotten.
    public var forgettingInterval: Duration = .seconds(3600)
    /// How long a batch stays its process's between two signs of life.
    public var lease: Duration = .seconds(60)

    public init() {}

    /// For vendors whose limits need not be spared, as simulated ones.
    public static var impatient: BatchConfiguration {
        var settings = BatchConfiguration()
        settings.gatheringTime = .milliseconds(200)
        settings.pollInterval = .milliseconds(500)
        settings.checkInterval = .milliseconds(100)
        settings.callSpacing = .milliseconds(50)
        return settings
    }

    /// Bytes of the longest request, whatever its prompt: those around it, and twice those of the prompt, whose JSON may be longer.
    private static func longestRequest(promptBytes: Int) -> Int { promptBytes * 2 + 65_536 }

    /// Refuses batches larger than the vendor takes, or too small for a request.
    func check(maximumPromptBytes: Int) throws(ProviderConfiguration.Fault) {
        guard (1...Self.mostRequests).contains(maximumRequests) else {
            throw ProviderConfiguration.Fault(
                description: "requests of a batch: expected 1 to \(Self.mostRequests), got \(maximumRequests)")
        }
        let least = Self.longestRequest(promptBytes: maximumPromptBytes)
        guard (least...Self.mostBytes).contains(maximumBytes) else {
            throw ProviderConfiguration.Fault(
                description: "bytes of a batch: expected \(least) to \(Self.mostBytes), got \(maximumBytes)")
        }
    }
}
