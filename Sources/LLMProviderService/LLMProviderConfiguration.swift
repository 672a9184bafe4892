import Wire

/// What the provider service may use and how patient it is.
public struct LLMProviderConfiguration: Sendable {
    /// The vendors, each with a name of its own.
    public var providers: [ProviderConfiguration]
    /// A name that no other process on the same database has at the same time, and that this one has again after it was killed and started
    /// anew: what it held is then taken up at once. Nil where there is none; then it waits until the leases have run out.
    public var instance: String?
    /// Requests with vendors at once.
    public var maximumInFlight = 32
    /// How long a claimed request stays its worker's without a sign of life.
    public var leaseSeconds: Int64 = 20
    /// How often a worker gives that sign.
    public var heartbeat: Duration = .seconds(5)
    /// How often the queue is looked at when nobody rings.
    public var pollInterval: Duration = .milliseconds(250)
    /// How often claims of dead workers are looked for, and requests whose time is over.
    public var rescueInterval: Duration = .seconds(1)
    /// How often it is looked how queue, budgets and lanes stand, for those who watch.
    public var standingInterval: Duration = .seconds(5)
    /// A request is claimed when it can be sent within this; the others stay in the queue, for other processes too.
    public var claimHorizon: Duration = .milliseconds(500)
    /// How often it is looked which tenants have requests waiting, at the least.
    public var flowInterval: Duration = .milliseconds(250)
    /// How often requests are looked for that go to another pool of models than those that a vendor does not take now.
    public var scoutInterval: Duration = .seconds(1)
    /// How long the first request to a pool of models goes alone, unless it is answered: what it finds out, others need not.
    public var leaderPatience: Duration = .seconds(10)
    /// How long requests wait for the answer to the first one that begins like them, which fills the vendor's cache for all of them; then
    /// another goes first.
    public var warmUpPatience: Duration = .seconds(30)
    /// How long a lane stands still because its vendor fails; the pause doubles with each further failure, up to the longest.
    public var breakerPause: Duration = .seconds(5)
    public var longestBreakerPause: Duration = .seconds(60)
    /// Whether a vendor that fails is waited for only where it has answered before, as is right where somebody waits for the end.
    public var breakerNeedsProof = false
    /// How long a lane stands still where somebody has to put something right: a limit on spending, a bill, a key.
    public var probeInterval: Duration = .seconds(900)
    /// How long one call to a vendor may take.
    public var callTimeout: Duration = .seconds(120)
    public var connectTimeout: Duration = .seconds(5)
    /// Longest reply that is read, in bytes.
    public var maximumReplyBytes = 1 << 20
    /// Longest prompt of one request, in bytes.
    public var maximumPromptBytes = 2 << 20
    /// Requests that may have no end yet; one more is refused.
    public var maximumQueue: Int64 = 100_000
    /// Of these, requests of one tenant.
    public var maximumQueuePerTenant: Int64 = 50_000
    /// Requests passed on at once whose callers wait; one more is refused.
    public var maximumPassing = 512
    /// How often it is written in the ledger what requests cost that were passed on.
    public var ledgerInterval: Duration = .milliseconds(100)
    /// When to come again with a request that there was no room for.
    public var fullQueuePause: Duration = .seconds(5)
    /// How long a request may be without an answer; one that says less has less.
    public var longestLife: Duration = .seconds(86_400)
    public var retry = RetryPolicy()
    public var batches = BatchConfiguration()
    /// How long an answer is kept, and stored again and again, while the database can't take it.
    public var storagePatience: Duration = .seconds(600)
    /// How long the calls under way may still take when the service is told to end.
    public var gracePeriod: Duration = .seconds(20)

    public init(providers: [ProviderConfiguration]) {
        self.providers = providers
    }

    /// Refuses names that no request could carry, and limits that are above what a vendor is known to allow, unless that is asked for by
    /// name.
    ///
    /// - Throws: ``ProviderConfiguration/Fault``.
    public func check() throws(ProviderConfiguration.Fault) {
        for provider in providers {
            guard ProviderName.isSound(provider.name) else {
                throw ProviderConfiguration.Fault(
                    description: "provider: \(ProviderName.expectation), got \(provider.name.echoed)")
            }
            try provider.limits.check(provider)
        }
        try batches.check(maximumPromptBytes: maximumPromptBytes)
    }
}

/// One vendor and how it is reached.
public struct ProviderConfiguration: Sendable {
    /// Languages that vendors speak.
    public enum Dialect: Sendable, Hashable {
        /// `POST /v1/messages` as Anthropic documents it.
        case anthropicMessages
        /// `POST /v1/chat/completions` as OpenAI documents it; Ollama, vLLM and OpenRouter answer to it.
        case openAIChatCompletions
    }

    /// A name, limits or batches that can't be meant.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Where Anthropic itself answers.
    public static let anthropicURL = "https://api.anthropic.com"

    /// What requests call it.
    public var name: String
    public var dialect: Dialect
    /// Without the path of the method, `https://api.anthropic.com` for example.
    public var baseURL: String
    /// Nil for a vendor that asks for none.
    public var apiKey: Secret?
    /// No language model stands behind it.
    public var isSimulated: Bool
    /// What may be used of it.
    public var limits: ProviderLimits

    public init(
        name: String, dialect: Dialect, baseURL: String, apiKey: Secret?, isSimulated: Bool,
        limits: ProviderLimits = ProviderLimits()
    ) {
        self.name = name
        self.dialect = dialect
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.isSimulated = isSimulated
        self.limits = limits
    }
}

/// A text that no log, message or description ever shows.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    public init(_ value: String) {
        self.value = value
    }

    public var description: String { "(secret)" }
    public var debugDescription: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
