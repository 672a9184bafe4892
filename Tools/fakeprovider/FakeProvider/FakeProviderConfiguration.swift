/// How a fake provider behaves.
public struct FakeProviderConfiguration: Sendable {
    /// The key that is accepted when nothing else is configured.
    public static let defaultKey = "simulated"

    /// How long an answer takes. The time is drawn from the prompt and the seed, so it is the same every time.
    public struct Latency: Sendable, Equatable {
        /// The shortest time.
        public var minimum: Duration
        /// The longest time; times are spread evenly between the two.
        public var maximum: Duration

        /// Creates a latency; without arguments answers come at once.
        public init(minimum: Duration = .zero, maximum: Duration = .zero) {
            precondition(minimum >= .zero && minimum <= maximum, "a latency goes from a minimum to a maximum")
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// The address to listen on.
    public var host: String
    /// The port to listen on; zero takes a free one.
    public var port: Int
    /// What all randomness is derived from.
    public var seed: UInt64
    /// The keys that are accepted, with the workspace that each belongs to. Prompts are cached per workspace; rate limits belong to
    /// all of them together. Without any, every key is accepted and is its own workspace.
    public var keys: [String: String]
    /// The judge's temper.
    public var judge: JudgeSettings
    /// Essays' qualities by the SHA-256, in lower-case hexadecimal, of their text; see ``FakeProvider/qualities(fromCSV:column:folder:)``.
    public var qualities: [String: Double]
    /// The rate limits of each model's pool; nil for none, and then no rate-limit header is sent.
    public var limits: RateLimits?
    /// What goes wrong.
    public var faults: FaultPlan
    /// What becomes of message batches.
    public var batches: BatchSettings
    /// How long answers take.
    public var latency: Latency
    /// A file to which each call is appended, and synced, before it is answered.
    public var ledgerFile: String?
    /// Calls remembered in memory; older ones are forgotten, and counted as forgotten.
    public var maxLedgerEntries: Int
    /// Bytes of the longest request body; a longer one is answered with 413.
    public var maxRequestBytes: Int
    /// Connections at once; more are closed when they arrive.
    public var maxConnections: Int
    /// What time it is.
    public var clock: ProviderClock

    /// Creates a configuration; see the properties.
    public init(
        host: String = "127.0.0.1",
        port: Int = 0,
        seed: UInt64 = 1,
        keys: [String: String] = [defaultKey: "wrkspc_default"],
        judge: JudgeSettings = JudgeSettings(),
        qualities: [String: Double] = [:],
        limits: RateLimits? = nil,
        faults: FaultPlan = FaultPlan(),
        batches: BatchSettings = BatchSettings(),
        latency: Latency = Latency(),
        ledgerFile: String? = nil,
        maxLedgerEntries: Int = 1_000_000,
        maxRequestBytes: Int = 32 << 20,
        maxConnections: Int = 4096,
        clock: ProviderClock = .system
    ) {
        precondition(maxLedgerEntries > 0 && maxRequestBytes > 0 && maxConnections > 0, "a limit is positive")
        self.host = host
        self.port = port
        self.seed = seed
        self.keys = keys
        self.judge = judge
        self.qualities = qualities
        self.limits = limits
        self.faults = faults
        self.batches = batches
        self.latency = latency
        self.ledgerFile = ledgerFile
        self.maxLedgerEntries = maxLedgerEntries
        self.maxRequestBytes = maxRequestBytes
        self.maxConnections = maxConnections
        self.clock = clock
    }
}
