/// One lane: its pace, its room, and the requests that wait for both in the order of their coming. One whose beginning another is writing
/// into the vendor's cache lets those behind it pass.
struct Lane<Item: Sendable>: Sendable {
    /// Requests that are kept back at most; with more of them none is taken on, of those that could be sent neither.
    static var maximumKeptBack: Int { 256 }

    private struct Waiting: Sendable {
        let item: Item
        /// With nothing of it in the vendor's cache.
        let charge: Charge
        let prefix: PromptPrefix?
    }

    private(set) var pacer: Pacer
    private(set) var concurrency: ConcurrencyLimit
    private(set) var breaker: Breaker
    private(set) var inFlight = 0
    private var waiting: [Waiting] = []
    private var prefixes: WarmPrefixes
    /// What requests take, lately.
    private(set) var usualCharge: Charge
    /// The most that one took.
    private var largestCharge = Charge.nothing
    /// When the requests that were put back will all have come again.
    private var putBackUntil: Int64
    /// Until then one request at a time is sent, unless it has been answered: it finds out what the account's limits are.
    private var probesUntil: Int64
    /// Until when the vendor wants nothing sent, in its own words or because it does not let the account in. A pause that this process makes
    /// because calls fail is not in it: others may have no such trouble.
    private(set) var refusedUntil: Int64

    /// - Parameters:
    ///   - patience: how long the first request goes alone, in nanoseconds.
    ///   - prefixes: what is known of the vendor's cache.
    init(
        pacer: Pacer, concurrency: ConcurrencyLimit, breaker: Breaker = Breaker(), patience: Int64 = 0,
        prefixes: WarmPrefixes = WarmPrefixes(patience: 0), now: Int64
    ) {
        self.pacer = pacer
        self.concurrency = concurrency
        self.breaker = breaker
        self.prefixes = prefixes
        probesUntil = now + patience
        refusedUntil = now
        usualCharge = .nothing
        usualCharge.requests = 1
        putBackUntil = now
    }

    var waitingCount: Int { waiting.count }
    var isIdle: Bool { waiting.isEmpty && inFlight == 0 }

    func isFrozen(at now: Int64) -> Bool { pacer.frozenUntil > now }

    /// For the process that sends to the lane after this one.
    var record: LaneRecord {
        LaneRecord(
            share: pacer.share, stated: pacer.stated, largest: largestCharge, frozenUntil: pacer.frozenUntil,
            standstill: breaker.reason)
    }

    /// For all processes that send to the lane: what the vendor wants, and nothing of what this one has made out by itself.
    var refusal: LaneRecord {
        var record = record
        record.frozenUntil = refusedUntil
        if record.standstill == .unavailable { record.standstill = nil }
        return record
    }

    /// Goes on where another process has stopped; what the first request was to find out is known, unless nothing may be sent yet.
    mutating func resume(_ record: LaneRecord, at now: Int64) {
        if record.frozenUntil <= now { probesUntil = now }
        largestCharge.raise(to: record.largest)
        if let reason = record.standstill { breaker.open(reason, at: now, until: record.frozenUntil) }
        pacer.resume(record, at: now)
    }

    // MARK: - Coming in

    /// Lets a request wait for its turn, or says after how long it should be claimed again.
    ///
    /// One that can't be sent soon holds a lease that another process may have use for, and a place that another lane may.
    ///
    /// - Parameters:
    ///   - charge: with nothing of the request in the vendor's cache.
    ///   - prefix: nil where the vendor is to keep nothing.
    mutating func enter(
        _ item: Item, charge: Charge, prefix: PromptPrefix? = nil, horizon: Int64, at now: Int64
    ) -> Int64? {
        guard waiting.isEmpty && !isFrozen(at: now) || room(until: now + horizon, at: now) > 0 else {
            let interval = spacing(of: charge)
            putBackUntil = max(putBackUntil, now + horizon, pacer.frozenUntil)
            let pause = putBackUntil - now
            // Twice as fast as they can be sent, so that they are there when there is room for them.
            putBackUntil += interval / 2
            return pause
        }
        append(item, charge: charge, prefix: prefix)
        return nil
    }

    mutating func append(_ item: Item, charge: Charge, prefix: PromptPrefix?) {
        waiting.append(Waiting(item: item, charge: charge, prefix: prefix))
    }

    /// How many more requests could be sent until then, beyond those that wait.
    func room(until end: Int64, at now: Int64) -> Int {
        let keptBack = keptBackCount(at: now)
        guard !isFrozen(at: end), keptBack < Self.maximumKeptBack else { return 0 }
        let inLine = waiting.count - keptBack
        let free = places(at: now) - inFlight - inLine
        guard free > 0 else { return 0 }
        let span = end - max(now, pacer.earliest(usualCharge))
        let interval = spacing(of: usualCharge)
        // One may always wait, so that it is there when its time comes.
        guard interval > 0 else { return free }
        return min(free, max(0, max(1, Int(max(0, span) / interval) + 1) - inLine))
    }

    /// Requests that wait for the answer to another that begins like them.
    func keptBackCount(at now: Int64) -> Int { waiting.count { isKeptBack($0, at: now) } }

    private func isKeptBack(_ request: Waiting, at now: Int64) -> Bool {
        request.prefix.map { prefixes.standing(of: $0, at: now) == .led } ?? false
    }

    private func places(at now: Int64) -> Int {
        now < probesUntil || breaker.state != .closed ? 1 : concurrency.current
    }

    /// Least time between two requests of this size, in nanoseconds.
    func spacing(of charge: Charge) -> Int64 {
        LimitDimension.allCases.reduce(pacer.settings.spacing) { longest, dimension in
            guard let limit = pacer.limits[dimension] else { return longest }
            return max(longest, Rate(limit: limit, share: pacer.share).time(for: charge[dimension]))
        }
    }

    // MARK: - Going out

    /// The first in the line, if it may be sent now; otherwise when to ask again, nil for not before something changes.
    mutating func next(at now: Int64) -> (sent: (Item, Pacer.Reservation)?, again: Int64?) {
        guard !waiting.isEmpty, inFlight < places(at: now) else { return (nil, nil) }
        guard let place = waiting.firstIndex(where: { !isKeptBack($0, at: now) }) else {
            return (nil, prefixes.nextHandOver(after: now))
        }
        let first = waiting[place]
        let charge = charge(of: first, at: now)
        switch pacer.admit(pacer.capped(charge), at: now) {
        case .wait(let until): return (nil, until)
        case .admitted(let reservation):
            waiting.remove(at: place)
            inFlight += 1
            breaker.sent()
            usualCharge = charge
            if let prefix = first.prefix { prefixes.sent(prefix, number: reservation.number, at: now) }
            largestCharge.raise(to: reservation.charge)
            return ((first.item, reservation), nil)
        }
    }

    /// What a request takes if it is sent now: less where the vendor reads its beginning and does not count that.
    private func charge(of request: Waiting, at now: Int64) -> Charge {
        guard let prefix = request.prefix, !prefix.countsReads,
            case .warm(let tokens) = prefixes.standing(of: prefix, at: now)
        else { return request.charge }
        var charge = request.charge
        charge.inputTokens = max(1, charge.inputTokens - tokens)
        return charge
    }

    /// A request that was admitted leaves only now.
    mutating func depart(_ reservation: Pacer.Reservation, at now: Int64) { pacer.depart(reservation, at: now) }

    /// Takes out some of those that wait.
    mutating func remove(where isMeant: (Item) -> Bool) { waiting.removeAll { isMeant($0.item) } }

    /// Takes out all that wait.
    mutating func removeWaiting() -> [Item] {
        defer { waiting = [] }
        return waiting.map(\.item)
    }

    // MARK: - Coming back

    /// How a call ended, as far as the lane is concerned.
    enum Ending: Sendable, Hashable {
        case answered
        /// Nothing was sent, for reasons of our own.
        case unsent
        /// There was no connection, so nothing reached the vendor.
        case unreached
        /// The call ended for reasons of our own, and what the vendor has done with it is not known.
        case abandoned
        /// The connection broke before there was an answer.
        case cut
        case refused(for: Int64)
        case overloaded(pause: Int64?)
        /// The account may not spend more in this lane.
        case spent
        /// The account is not let in: its key is refused, or its bill is not paid.
        case barred
        /// An error that tells nothing about the vendor's load.
        case failed

        /// Whether the vendor counts nothing.
        var isFree: Bool { self == .unsent || self == .unreached }

        /// What it tells of the vendor; nil for nothing.
        var sign: Breaker.Sign? {
            switch self {
            case .unsent, .abandoned: nil
            case .answered, .refused, .failed: .works
            case .unreached, .cut, .overloaded: .fails
            case .spent: .refuses(.spent)
            case .barred: .refuses(.barred)
            }
        }
    }

    /// - Parameters:
    ///   - request: whose call it was.
    ///   - prefix: that the request entered with.
    ///   - usage: nothing where the vendor does not say.
    ///   - charge: what the request took; nil for what was reserved.
    /// - Returns: whether the end is held against the lane alone, see ``Breaker/note(_:of:sentAt:at:)``.
    @discardableResult
    mutating func finish(
        _ reservation: Pacer.Reservation, _ ending: Ending, of request: String = "", prefix: PromptPrefix? = nil,
        usage: TokenUsage = TokenUsage(), charge: Charge?, report: LimitReport, at now: Int64
    ) -> Bool {
        let isFull = inFlight >= concurrency.current
        inFlight -= 1
        let taken = ending.isFree ? .nothing : charge ?? reservation.charge
        largestCharge.raise(to: taken)
        pacer.settle(reservation, as: taken, report: report)
        probesUntil = now
        if let prefix {
            if ending == .answered {
                prefixes.answered(prefix, number: reservation.number, usage: usage, sentAt: reservation.at, at: now)
            } else {
                prefixes.failed(prefix, number: reservation.number)
            }
        }
        switch ending {
        case .answered:
            concurrency.answered(after: now - reservation.at, sentAt: reservation.at, isFull: isFull, at: now)
        case .refused(let pause):
            pacer.refuse(until: now + pause, sentAt: reservation.at, at: now)
            refusedUntil = max(refusedUntil, now + pause)
        case .overloaded(let pause):
            concurrency.overloaded(sentAt: reservation.at, at: now)
            if let pause { stop(until: now + pause, because: nil, at: now) }
        case .unsent, .unreached, .abandoned, .cut, .failed, .spent, .barred: break
        }
        guard let sign = ending.sign else { return false }
        let isLanes = breaker.note(sign, of: request, sentAt: reservation.at, at: now)
        if let until = breaker.openUntil {
            pacer.freeze(until: until)
            if breaker.reason != .unavailable { refusedUntil = max(refusedUntil, until) }
        }
        return isLanes
    }

    /// Sends nothing before `until`, because the vendor wants it so; where there is a reason, one request at a time then finds out whether the
    /// lane goes on.
    mutating func stop(until: Int64, because reason: Breaker.Reason?, at now: Int64) {
        if let reason, breaker.openUntil.map({ $0 < until }) ?? true { breaker.open(reason, at: now, until: until) }
        pacer.freeze(until: until)
        refusedUntil = max(refusedUntil, until)
    }
}
