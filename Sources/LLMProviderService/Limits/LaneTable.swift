/// All lanes of a process, and which requests go next.
struct LaneTable<Item: Sendable>: Sendable {
    /// Lanes that are remembered; beyond it those without requests are forgotten.
    static var maximumLanes: Int { 1024 }

    /// Requests are taken on when they can be sent within this, in nanoseconds.
    let horizon: Int64
    /// Requests with vendors at once, in all lanes.
    let maximumInFlight: Int
    private let make: @Sendable (LaneID, Int64) -> Lane<Item>
    var lanes: [LaneID: Lane<Item>] = [:]

    /// An account that was not let in.
    private struct Bar {
        let since: Int64
        let until: Int64
    }

    /// Until one request of theirs has found out that they are let in again. There are no more of them than keys are configured.
    private var bars: [LaneID.Account: Bar] = [:]

    /// - Parameter make: a new lane, and when.
    init(horizon: Int64, maximumInFlight: Int, make: @escaping @Sendable (LaneID, Int64) -> Lane<Item>) {
        self.horizon = horizon
        self.maximumInFlight = maximumInFlight
        self.make = make
    }

    var all: [LaneID: Lane<Item>] { lanes }
    subscript(id: LaneID) -> Lane<Item>? { lanes[id] }
    var waitingCount: Int { lanes.values.reduce(0) { $0 + $1.waitingCount } }

    /// Requests that wait for the answer to another that begins like them.
    func keptBackCount(at now: Int64) -> Int { lanes.values.reduce(0) { $0 + $1.keptBackCount(at: now) } }

    /// - Returns: after how long the request should be claimed again; nil when it waits here.
    mutating func enter(
        _ item: Item, charge: Charge, prefix: PromptPrefix? = nil, in id: LaneID, at now: Int64
    ) -> Int64? {
        open(id, at: now)
        return lanes[id]?.enter(item, charge: charge, prefix: prefix, horizon: horizon, at: now)
    }

    /// Makes a lane that is not there.
    mutating func open(_ id: LaneID, at now: Int64) {
        if lanes.count >= Self.maximumLanes, lanes[id] == nil {
            lanes = lanes.filter { !$0.value.isIdle || $0.value.isFrozen(at: now) }
        }
        if lanes[id] == nil {
            var lane = make(id, now)
            if let bar = bars[id.account], bar.until > now { lane.stop(until: bar.until, because: .barred, at: now) }
            lanes[id] = lane
        }
    }

    /// Goes on with the lanes of a provider where another process has stopped.
    mutating func resume(_ records: [LaneID: LaneRecord], of provider: String, at now: Int64) {
        lanes = lanes.filter { $0.key.provider != provider || !$0.value.isIdle }
        for (id, record) in records {
            lanes[id, default: make(id, now)].resume(record, at: now)
            if record.standstill == .barred { bars[id.account] = Bar(since: now, until: record.frozenUntil) }
        }
    }

    /// Keeps to what the vendor has asked of another process.
    ///
    /// - Returns: requests that waited, where lanes stand still beyond the horizon.
    mutating func stop(_ id: LaneID, until: Int64, because reason: Breaker.Reason?, at now: Int64) -> [Item] {
        lanes[id, default: make(id, now)].stop(until: until, because: reason, at: now)
        if reason == .barred { bar(id.account, until: until, at: now) }
        return removeInVain(of: id.account, at: now)
    }

    /// The lanes of an account to which the vendor wants nothing sent, for all processes to know.
    func refusals(of account: LaneID.Account, at now: Int64) -> [LaneID: LaneRecord] {
        lanes.filter { $0.key.account == account && $0.value.refusedUntil > now }.mapValues(\.refusal)
    }

    /// Of the lanes of a provider.
    func records(of provider: String) -> [LaneID: LaneRecord] {
        lanes.filter { $0.key.provider == provider }.mapValues(\.record)
    }

    /// Takes out all that wait in the lanes of a provider.
    mutating func removeWaiting(of provider: String) -> [Item] {
        lanes.keys.filter { $0.provider == provider }.flatMap { lanes[$0]?.removeWaiting() ?? [] }
    }

    /// Requests whose time has come, and when to ask again; nil for not before something changes.
    mutating func due(at now: Int64) -> (items: [(LaneID, Item, Pacer.Reservation)], again: Int64?) {
        var items: [(LaneID, Item, Pacer.Reservation)] = []
        var again: Int64?
        var free = maximumInFlight - lanes.values.reduce(0) { $0 + $1.inFlight }
        // The lane with the fewest under way comes first, so that none takes all the places that come free.
        for id in lanes.sorted(by: { $0.value.inFlight < $1.value.inFlight }).map(\.key) {
            while free > 0, !isFindingOut(id.account), let step = lanes[id]?.next(at: now) {
                if let sent = step.sent {
                    items.append((id, sent.0, sent.1))
                    free -= 1
                    continue
                }
                if let time = step.again { again = min(again ?? time, time) }
                break
            }
        }
        return (items, again)
    }

    /// Whether an account that was not let in has one request with the vendor already.
    private func isFindingOut(_ account: LaneID.Account) -> Bool {
        bars[account] != nil && lanes.contains { $0.key.account == account && $0.value.inFlight > 0 }
    }

    /// A request that was due leaves only now.
    mutating func depart(_ reservation: Pacer.Reservation, in id: LaneID, at now: Int64) {
        lanes[id]?.depart(reservation, at: now)
    }

    /// How many requests of a provider could be sent soon; nil where nothing is known of its lanes.
    func room(of provider: String, at now: Int64) -> Int? {
        let known = lanes.filter { $0.key.provider == provider }
        guard !known.isEmpty else { return nil }
        return known.values.reduce(0) { $0 + $1.room(until: now + horizon, at: now) }
    }

    /// Whether all that is known of a provider is frozen, or waits for a probe, which may take as long as a call.
    func standsStill(_ provider: String, at now: Int64) -> Bool {
        lanes.allSatisfy { $0.key.provider != provider || $0.value.isFrozen(at: now) || $0.value.breaker.state != .closed }
    }

    /// What the end of a call leaves to be done.
    struct Aftermath: Sendable {
        /// Requests that waited, where lanes stand still beyond the horizon.
        var inVain: [Item] = []
        /// The request whose call has ended has to wait, and is none the worse for it: how it ended is held against its lane.
        var isHeld = false
    }

    mutating func finish(
        _ reservation: Pacer.Reservation, in id: LaneID, _ ending: Lane<Item>.Ending, of request: String = "",
        prefix: PromptPrefix? = nil, usage: TokenUsage = TokenUsage(), charge: Charge?, report: LimitReport, at now: Int64
    ) -> Aftermath {
        var isHeld =
            lanes[id]?.finish(
                reservation, ending, of: request, prefix: prefix, usage: usage, charge: charge, report: report, at: now) ?? false
        if let bar = bars[id.account], reservation.at < bar.since {
            // Under way before the account was kept out, it proves nothing.
            isHeld = isHeld || ending == .barred
        } else if ending == .barred {
            bar(id.account, until: now + (lanes[id]?.breaker.settings.probeInterval ?? 0), at: now)
        } else if let sign = ending.sign, sign != .fails {
            bars[id.account] = nil
        }
        return Aftermath(inVain: removeInVain(of: id.account, at: now), isHeld: isHeld)
    }

    /// Keeps an account out, in all its lanes.
    private mutating func bar(_ account: LaneID.Account, until: Int64, at now: Int64) {
        bars[account] = Bar(since: now, until: max(until, bars[account]?.until ?? until))
        for id in lanes.keys where id.account == account { lanes[id]?.stop(until: until, because: .barred, at: now) }
    }

    /// Takes out all that wait in lanes of an account which stand still beyond the horizon.
    private mutating func removeInVain(of account: LaneID.Account, at now: Int64) -> [Item] {
        lanes.keys.filter { $0.account == account && lanes[$0]?.isFrozen(at: now + horizon) == true }
            .flatMap { lanes[$0]?.removeWaiting() ?? [] }
    }

    /// Of the lanes of an account.
    func breakers(of account: LaneID.Account) -> [LaneID: Breaker] {
        lanes.filter { $0.key.account == account }.mapValues(\.breaker)
    }

    /// Until when a lane sends nothing.
    func frozenUntil(_ id: LaneID) -> Int64? { lanes[id]?.pacer.frozenUntil }

    /// Takes out all that wait.
    mutating func removeWaiting() -> [Item] {
        lanes.keys.flatMap { lanes[$0]?.removeWaiting() ?? [] }
    }
}
