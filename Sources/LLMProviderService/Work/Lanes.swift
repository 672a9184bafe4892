import Postgres
import Synchronization

/// The lanes of this process, for the loops that fill and empty them.
final class Lanes: Sendable {
    /// A request whose time has come.
    struct Due: Sendable {
        let request: PreparedRequest
        let reservation: Pacer.Reservation
    }

    struct State {
        var table: LaneTable<PreparedRequest>
        var estimator = TokenEstimator()
        /// Providers with limits that are another process's to use, or nobody's yet.
        var foreign: Set<String>
        /// What is on record of the lanes.
        var recorded: [LaneID: LaneRecord] = [:]
        /// Until when the vendor wants nothing sent to a lane, as far as that is on record for all processes.
        var refusedOnRecord: [LaneID: Int64] = [:]
        /// The end of the last freeze that was read of a lane, by the database's clock.
        var readFreezes: [LaneID: Int64] = [:]
        /// What was told last of each breaker.
        var told: [LaneID: BreakerChange] = [:]
        /// When a provider that takes nothing is looked at again for requests to other pools.
        var scoutAt: [String: Int64] = [:]
    }

    /// Rung when a request may have become due.
    let changed = Bell()
    /// Rung when what is on record of a lane no longer holds.
    let unrecorded = Bell()
    let state: Mutex<State>
    /// Providers to which one process at a time sends.
    private let inTurn: Set<String>
    let configuration: LLMProviderConfiguration
    let now: @Sendable () -> Int64
    let observe: @Sendable (BreakerChange) -> Void

    /// - Parameters:
    ///   - now: nanoseconds of a clock that does not go back.
    ///   - observe: told what becomes of breakers.
    init(
        _ configuration: LLMProviderConfiguration, now: @escaping @Sendable () -> Int64 = Lanes.monotonic(),
        observe: @escaping @Sendable (BreakerChange) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.now = now
        self.observe = observe
        inTurn = Set(configuration.providersInTurn.map(\.name))
        state = Mutex(
            State(
                table: LaneTable(
                    horizon: configuration.claimHorizon.nanoseconds, maximumInFlight: configuration.maximumInFlight
                ) { id, time in
                    Self.lane(id, configuration: configuration, at: time)
                }, foreign: inTurn))
    }

    static func monotonic() -> @Sendable () -> Int64 {
        let start = ContinuousClock.now
        return { start.duration(to: .now).nanoseconds }
    }

    static func lane(
        _ id: LaneID, configuration: LLMProviderConfiguration, at now: Int64
    ) -> Lane<PreparedRequest> {
        let provider = configuration.providers.first { $0.name == id.provider }
        var settings = Pacer.Settings()
        settings.spacing = provider?.limits.spacing.nanoseconds ?? 0
        let none = PerDimension<Int64?>(all: nil)
        let pacer = Pacer(
            limits: provider.map { $0.limits.limits(of: id.pool, at: $0) } ?? none,
            ceilings: provider.map { $0.limits.ceilings(of: id.pool, at: $0) } ?? none, settings: settings, now: now)
        let concurrency = ConcurrencyLimit(
            maximum: provider?.limits.concurrentRequests ?? configuration.maximumInFlight)
        var breaker = Breaker.Settings()
        breaker.needsProof = configuration.breakerNeedsProof
        breaker.firstPause = configuration.breakerPause.nanoseconds
        breaker.longestPause = configuration.longestBreakerPause.nanoseconds
        breaker.probeInterval = configuration.probeInterval.nanoseconds
        return Lane(
            pacer: pacer, concurrency: concurrency, breaker: Breaker(breaker), patience: configuration.leaderPatience.nanoseconds,
            prefixes: WarmPrefixes(patience: configuration.warmUpPatience.nanoseconds), now: now)
    }

    /// The lanes as they stand, and by which time; those on which another process sends stand as that one knows.
    var standing: (lanes: [LaneID: Lane<PreparedRequest>], now: Int64) {
        let now = now()
        return (state.withLock { state in state.table.all.filter { !state.foreign.contains($0.key.provider) } }, now)
    }

    /// How long a lane still sends nothing.
    func pause(of lane: LaneID) -> Duration {
        let now = now()
        return .nanoseconds(max(0, (state.withLock { $0.table.frozenUntil(lane) } ?? now) - now))
    }

    /// Whether requests wait in lanes that other processes send to as well.
    var hasWaitingBesideOthers: Bool {
        state.withLock { state in
            state.table.all.contains { !inTurn.contains($0.key.provider) && $0.value.waitingCount > 0 }
        }
    }

    /// Takes out all that wait.
    func removeWaiting() -> [PreparedRequest] {
        state.withLock { $0.table.removeWaiting() }
    }

    /// What has become of the breakers of accounts since it was last told.
    static func changes(of accounts: Set<LaneID.Account>, in state: inout State) -> [BreakerChange] {
        var changes: [BreakerChange] = []
        for (id, breaker) in accounts.flatMap(state.table.breakers) {
            let last = state.told[id]
            let before = last?.to ?? .closed
            guard breaker.state != before, let reason = breaker.reason ?? last?.reason else { continue }
            let change = BreakerChange(lane: id, from: before, to: breaker.state, reason: reason)
            state.told[id] = change
            changes.append(change)
        }
        return changes
    }
}

extension Duration {
    /// Whole nanoseconds, cut off; at most what fits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard abs(seconds) < 9_000_000_000 else { return seconds < 0 ? .min : .max }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
