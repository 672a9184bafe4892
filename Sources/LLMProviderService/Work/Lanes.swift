import Postgres
import Synchronization

/// The lanes of this process, for the loops that fill and empty them.
final class Lanes: Sendable {
    /// A request whose time has come.
    struct Due: Sendable {
        let request: PreparedRequest
        let reservation: Pacer.Reservation
    }

    private struct State {
        var table: LaneTable<PreparedRequest>
        var estimator = TokenEstimator()
        /// Providers with limits that are another process's to use, or nobody's yet.
        var foreign: Set<String>
        /// What is on record of the lanes.
        var recorded: [LaneID: LaneRecord] = [:]
        /// What was told last of each breaker.
        var told: [LaneID: BreakerChange] = [:]
        /// When a provider that takes nothing is looked at again for requests to other pools.
        var scoutAt: [String: Int64] = [:]
    }

    /// Requests that are claimed together to find out which lanes they belong to.
    private static let scouts = 32

    /// Rung when a request may have become due.
    let changed = Bell()
    /// Rung when what is on record of a lane no longer holds.
    let unrecorded = Bell()
    private let state: Mutex<State>
    private let configuration: LLMProviderConfiguration
    private let now: @Sendable () -> Int64
    private let observe: @Sendable (BreakerChange) -> Void

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
        state = Mutex(
            State(
                table: LaneTable(
                    horizon: configuration.claimHorizon.nanoseconds, maximumInFlight: configuration.maximumInFlight
                ) { id, time in
                    Self.lane(id, configuration: configuration, at: time)
                }, foreign: Set(configuration.providersInTurn.map(\.name))))
    }

    static func monotonic() -> @Sendable () -> Int64 {
        let start = ContinuousClock.now
        return { start.duration(to: .now).nanoseconds }
    }

    private static func lane(
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

    // MARK: - Coming in

    /// How many requests of each provider to claim, and of all of them `limit` at most.
    func rooms(limit: Int) -> [String: Int] {
        guard limit > 0 else { return [:] }
        let now = now()
        return state.withLock { state in
            var rooms: [String: Int] = [:]
            for provider in configuration.providers where !state.foreign.contains(provider.name) {
                rooms[provider.name] = min(limit, room(of: provider, at: now, state: &state))
            }
            return rooms.filter { $0.value > 0 }
        }
    }

    private func room(of provider: ProviderConfiguration, at now: Int64, state: inout State) -> Int {
        if let room = state.table.room(of: provider.name, at: now) { return room }
        guard state.table.isFrozen(provider.name, at: now) else { return Self.scouts }
        guard state.scoutAt[provider.name].map({ $0 <= now }) ?? true else { return 0 }
        state.scoutAt[provider.name] = now + configuration.scoutInterval.nanoseconds
        return Self.scouts
    }

    /// Requests that are claimed and wait here for the answer to another that begins like them.
    var keptBackCount: Int {
        let now = now()
        return state.withLock { $0.table.keptBackCount(at: now) }
    }

    /// Lets requests that were claimed together wait for their turns.
    ///
    /// - Returns: those that should be claimed again, and after how long; the others wait here.
    func enter(_ requests: [PreparedRequest]) -> [(request: PreparedRequest, pause: Duration)] {
        let now = now()
        let refused = state.withLock { state in
            requests.compactMap { request -> (request: PreparedRequest, pause: Duration)? in
                let charge = state.estimator.charge(request.size)
                let pause = state.table.enter(request, charge: charge, prefix: request.prefix, in: request.lane, at: now)
                return pause.map { (request, .nanoseconds($0)) }
            }
        }
        if refused.count < requests.count { changed.ring() }
        return refused
    }

    /// Refuses a request that could never be sent within what is configured.
    func check(_ parsed: SubmissionParser.Parsed) throws(Pacer.Oversize) {
        let charge = state.withLock { $0.estimator.charge(TokenEstimator.Request(parsed)) }
        let limits = parsed.provider.limits.limits(
            of: LaneID(parsed.provider, model: parsed.call.model).pool, at: parsed.provider)
        try Pacer(limits: limits, now: 0).check(charge)
    }

    /// Least time between two requests of this size that the limits of a lane allow, in nanoseconds.
    func interval(in lane: LaneID, of size: TokenEstimator.Request) -> Int64 {
        let now = now()
        return state.withLock { state in
            let known = state.table[lane] ?? Self.lane(lane, configuration: configuration, at: now)
            return known.spacing(of: state.estimator.charge(size))
        }
    }

    // MARK: - Turns

    /// Lets requests be sent to a provider from now on.
    ///
    /// - Parameter records: what the processes before have left.
    func begin(_ provider: String, from records: [LaneID: LaneRecord]) {
        let now = now()
        state.withLock { state in
            state.foreign.remove(provider)
            state.table.resume(records.mapValues { $0.moved(by: now) }, of: provider, at: now)
            state.recorded = state.recorded.filter { $0.key.provider != provider }
            for (id, record) in state.table.records(of: provider) { state.recorded[id] = record }
            return Self.changes(of: Set(records.keys.map(\.account)), in: &state)
        }.forEach(observe)
        changed.ring()
    }

    /// Lets no more requests be sent to a provider.
    ///
    /// - Returns: those that waited.
    func end(_ provider: String) -> [PreparedRequest] {
        state.withLock { state in
            state.foreign.insert(provider)
            return state.table.removeWaiting(of: provider)
        }
    }

    /// What is to be put on record: lanes of which something has changed, with times that count from now.
    func takeUnrecorded() -> [LaneID: LaneRecord] {
        let now = now()
        return state.withLock { state in
            var changes: [LaneID: LaneRecord] = [:]
            for provider in configuration.providersInTurn where !state.foreign.contains(provider.name) {
                for (id, record) in state.table.records(of: provider.name) where state.recorded[id] != record {
                    state.recorded[id] = record
                    changes[id] = record.moved(by: -now)
                }
            }
            return changes
        }
    }

    /// Takes back that lanes are on record.
    func forget(_ records: [LaneID: LaneRecord]) {
        state.withLock { state in
            for id in records.keys { state.recorded[id] = nil }
        }
        unrecorded.ring()
    }

    // MARK: - Going out and coming back

    /// Requests that are to be sent now, and how long to wait for the next; nil for not before something changes.
    func due() -> (requests: [Due], wait: Duration?) {
        let now = now()
        let (due, changes) = state.withLock { state in
            let due = state.table.due(at: now)
            for request in due.items { noteChange(of: request.0, in: state) }
            return (due, Self.changes(of: Set(due.items.map(\.0.account)), in: &state))
        }
        changes.forEach(observe)
        return (
            due.items.map { Due(request: $0.1, reservation: $0.2) },
            due.again.map { .nanoseconds(max(0, $0 - now)) }
        )
    }

    /// Notes that a request leaves only now: a busy machine may have kept it since it was due, and the next one is not to catch up with it.
    func depart(_ due: Due) {
        let now = now()
        state.withLock { $0.table.depart(due.reservation, in: due.request.lane, at: now) }
    }

    /// What the end of a call leaves to be done.
    struct Aftermath: Sendable {
        /// The requests that waited behind it in vain, because the lane stands still for longer.
        let inVain: [PreparedRequest]
        /// How long the request itself has to wait because its lane stands still; nil where its end is its own.
        let standstill: Duration?
    }

    /// Notes how a call ended.
    ///
    /// - Parameter usage: what it took, where the vendor says so.
    func finish(
        _ due: Due, _ ending: Lane<PreparedRequest>.Ending, usage: TokenUsage, report: LimitReport
    ) -> Aftermath {
        let now = now()
        defer { changed.ring() }
        let (aftermath, changes) = state.withLock { state in
            let request = due.request
            let size = request.size
            let isKnown = usage != TokenUsage()
            if isKnown { state.estimator.learn(usage, of: size) }
            let left = state.table.finish(
                due.reservation, in: request.lane, ending, of: request.claim.id, prefix: request.prefix, usage: usage,
                charge: isKnown ? size.counting.charge(usage, maximumOutputTokens: size.maximumOutputTokens) : nil,
                report: report, at: now)
            noteChange(of: request.lane, in: state)
            let pause = max(0, (state.table.frozenUntil(request.lane) ?? now) - now)
            return (
                Aftermath(inVain: left.inVain, standstill: left.isHeld ? .nanoseconds(pause) : nil),
                Self.changes(of: [request.lane.account], in: &state)
            )
        }
        changes.forEach(observe)
        return aftermath
    }

    /// What has become of the breakers of accounts since it was last told.
    private static func changes(of accounts: Set<LaneID.Account>, in state: inout State) -> [BreakerChange] {
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

    private func noteChange(of lane: LaneID, in state: State) {
        if let known = state.table[lane], state.recorded[lane] != known.record { unrecorded.ring() }
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

    /// Takes out all that wait.
    func removeWaiting() -> [PreparedRequest] {
        state.withLock { $0.table.removeWaiting() }
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
