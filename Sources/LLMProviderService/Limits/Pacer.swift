/// Tells when a lane's next request may be sent, so that the vendor's limits are used up and never passed.
///
/// Times are nanoseconds of any clock that does not go back; the caller reads it. Requests are admitted in the order in which they ask: the
/// first one alone may ask, so a large one waits for what went before and never for what comes after.
struct Pacer: Sendable {
    struct Settings: Sendable, Hashable {
        /// What a vendor's bucket is taken to hold, in nanoseconds of its refill: vendors enforce limits per minute by the second, or finer.
        var vendorBurst: Int64 = 100_000_000
        /// How far a request may run ahead of the rate, in nanoseconds; makes up for timers that fire late.
        var burst: Int64 = 50_000_000
        /// What the way to the vendor varies by, in nanoseconds: so much closer than they were sent may two requests arrive. Where the
        /// vendor's bucket holds no more than one request, they are kept that much further apart; a limit that is taken by requests of
        /// a time `t` each is then used to `t / (t + jitter)` at most, less than `share` for times up to 300 ms: 97 % for 100 ms.
        var jitter: Int64 = 3_000_000
        /// Thousandths of a limit that are used at first, at least and at most.
        var share: Int64 = 990
        var leastShare: Int64 = 500
        var mostShare: Int64 = 995
        /// A refusal leaves so many thousandths of the share, and each clean minute adds `recovery` thousandths of the limit.
        var shrink: Int64 = 900
        var recovery: Int64 = 5
        /// Least time between two requests, in nanoseconds.
        var spacing: Int64 = 0
    }

    /// A request that may be sent, and what it took.
    struct Reservation: Sendable, Hashable {
        let number: UInt64
        let charge: Charge
        let at: Int64
    }

    enum Admission: Sendable, Hashable {
        case admitted(Reservation)
        /// Not before this; it may be longer by then.
        case wait(until: Int64)
    }

    /// A request that is larger than what its lane is allowed in a whole minute.
    struct Oversize: Error, Sendable, Hashable {
        let dimension: LimitDimension
        let need: Int64
        let limit: Int64
    }

    let settings: Settings
    /// The vendor's word raises no limit beyond these.
    let ceilings: PerDimension<Int64?>
    /// Per minute; nil where there is none.
    private(set) var limits: PerDimension<Int64?>
    /// What the vendor has said they are; nil where it has not.
    private(set) var stated = PerDimension<Int64?>(all: nil)
    /// Thousandths of the limits that are used.
    private(set) var share: Int64
    /// How far ahead of the rate, at most, in nanoseconds.
    private(set) var burst: Int64
    /// Nothing is sent before.
    private(set) var frozenUntil: Int64
    private var ledger: PacerLedger
    private var nextBySpacing: Int64
    /// Since when no refusal has come, or the last recovery.
    private var cleanSince: Int64
    /// Requests sent before it were sent with more of a share than now.
    private var shrunkAt: Int64

    /// - Parameter ceilings: nil where any limit that the vendor states is taken for what it is.
    init(
        limits: PerDimension<Int64?>, ceilings: PerDimension<Int64?> = PerDimension(all: nil), settings: Settings = Settings(),
        now: Int64
    ) {
        self.settings = settings
        self.ceilings = ceilings
        self.limits = limits
        share = settings.share
        burst = settings.burst
        // Nothing was sent yet that the first could come too close to.
        ledger = PacerLedger(now: now - settings.jitter)
        frozenUntil = now
        nextBySpacing = now
        cleanSince = now
        shrunkAt = now
    }

    /// Goes on where another process has stopped, which may have sent its largest request just now, as early as it was allowed to.
    mutating func resume(_ record: LaneRecord, at now: Int64) {
        for dimension in LimitDimension.allCases {
            if let limit = record.stated[dimension] { adopt(limit, of: dimension) }
        }
        share = min(max(record.share, settings.leastShare), settings.mostShare)
        freeze(until: record.frozenUntil)
        cleanSince = max(frozenUntil, now)
        let floors = record.largest.map { dimension, units in
            PacerLedger.Debit(floor: rate(dimension).map { now + burst + settings.jitter + $0.time(for: units) })
        }
        _ = ledger.append(floors, isSettled: true)
    }

    /// Reservations that are remembered, the settled ones behind an open one among them.
    var openReservations: Int { ledger.count }

    // MARK: - Admission

    /// Whether a request could ever be sent.
    func check(_ charge: Charge) throws(Oversize) {
        for dimension in LimitDimension.allCases {
            guard let limit = limits[dimension], charge[dimension] > limit else { continue }
            throw Oversize(dimension: dimension, need: charge[dimension], limit: limit)
        }
    }

    /// The charge as far as it can ever be reserved. A request that was taken on before a limit sank below it waits for a bucket that is
    /// full; what it really takes is settled.
    func capped(_ charge: Charge) -> Charge {
        charge.map { dimension, units in min(units, limits[dimension] ?? units) }
    }

    /// The first moment at which a request of this size may be sent, were nothing else admitted.
    func earliest(_ charge: Charge) -> Int64 {
        LimitDimension.allCases.reduce(max(frozenUntil, nextBySpacing)) { earliest, dimension in
            guard let rate = rate(dimension), charge[dimension] > 0 else { return earliest }
            let tolerance = tolerance(rate.time(for: charge[dimension]), lag: rate.lag(after: ledger.lastCosts[dimension]))
            return max(earliest, ledger.arrivals[dimension] - tolerance)
        }
    }

    /// Takes what a request needs, if it may be sent now.
    mutating func admit(_ charge: Charge, at now: Int64) -> Admission {
        recover(at: now)
        let earliest = earliest(charge)
        guard earliest <= now else { return .wait(until: earliest) }
        let number = ledger.append(
            charge.map { dimension, units in
                PacerLedger.Debit(at: now, cost: rate(dimension)?.time(for: units) ?? 0)
            })
        nextBySpacing = now + settings.spacing
        return .admitted(Reservation(number: number, charge: charge, at: now))
    }

    /// What a request of this cost may run ahead; negative where it has to stay behind.
    ///
    /// The vendor's queue, as far as it is known here, is empty `lag` before the ledger's, and in truth up to `jitter` after that, both
    /// counted from when requests arrive. It takes a request when its bucket holds that much or is full, that is with at most `spare` in
    /// the queue. So `tolerance + jitter - lag` may be no more than `spare`. Half of it is left for ways that vary more.
    private func tolerance(_ cost: Int64, lag: Int64) -> Int64 {
        let spare = max(0, settings.vendorBurst - cost)
        return min(burst, spare / 2, spare + lag - settings.jitter)
    }

    private func rate(_ dimension: LimitDimension) -> Rate? {
        limits[dimension].map { Rate(limit: $0, share: share) }
    }

    /// A request that was admitted leaves only now: later than was thought, and so do those after it.
    mutating func depart(_ reservation: Reservation, at now: Int64) {
        ledger.delay(reservation.number, until: now)
    }

    // MARK: - Settling

    /// Puts what a request really took in the place of what was reserved; ``Charge/nothing`` for one that never reached the vendor.
    ///
    /// - Parameter report: what the vendor said about its limits in the answer.
    mutating func settle(_ reservation: Reservation, as actual: Charge, report: LimitReport = LimitReport()) {
        adopt(report)
        let changes = actual.map { dimension, units in
            rate(dimension).map { rate in
                // What was reserved stays as it was priced then; only the difference has today's price.
                let difference = units - reservation.charge[dimension]
                let cost = difference < 0 ? -rate.time(for: -difference) : rate.time(for: difference)
                let floor = floor(report[dimension], of: reservation, at: rate, in: dimension)
                return (cost: units == 0 ? Int64.min : cost, floor: floor)
            }
        }
        ledger.settle(reservation.number) { dimension, debit in
            guard let change = changes[dimension] else { return PacerLedger.Debit(at: debit.at) }
            // What took nothing leaves no trace of its time either.
            guard change.cost != .min else { return PacerLedger.Debit(floor: change.floor) }
            let cost = max(0, debit.cost + change.cost)
            return PacerLedger.Debit(at: debit.at, cost: cost, floor: change.floor)
        }
    }

    /// When there will be enough for a request like this one, as the vendor counted right after it; nil where the vendor says nothing.
    ///
    /// The vendor may have counted at any moment until the answer came. Taken for the moment of sending the word is never too strict, and
    /// the requests since then are charged on top of it.
    private func floor(_ word: LimitReport.Word?, of reservation: Reservation, at rate: Rate, in dimension: LimitDimension)
        -> Int64?
    {
        guard let word, let remaining = word.remaining else { return nil }
        let missing = reservation.charge[dimension] - (remaining + word.rounding)
        guard missing > 0 else { return nil }
        let cost = rate.time(for: reservation.charge[dimension])
        return reservation.at + tolerance(cost, lag: settings.jitter) + rate.time(for: missing)
    }

    // MARK: - The vendor's word

    /// Takes over limits that the vendor states; what remains of them is never a reason to send more.
    mutating func adopt(_ report: LimitReport) {
        for dimension in LimitDimension.allCases {
            if let limit = report[dimension]?.limit { adopt(limit, of: dimension) }
        }
    }

    private mutating func adopt(_ limit: Int64, of dimension: LimitDimension) {
        stated[dimension] = min(max(1, limit), Rate.largestLimit)
        limits[dimension] = min(max(1, limit), ceilings[dimension] ?? Rate.largestLimit)
    }

    /// Stops the lane until the vendor takes requests again, and uses less of the limits from then on.
    ///
    /// - Parameter sentAt: when the refused request was sent. Those that were on their way together count as one refusal.
    mutating func refuse(until: Int64, sentAt: Int64, at now: Int64) {
        freeze(until: until)
        cleanSince = max(until, now)
        guard sentAt >= shrunkAt else { return }
        shrunkAt = now
        share = max(settings.leastShare, share * settings.shrink / 1000)
        burst /= 2
    }

    /// Sends nothing before `until`; a longer wait stays.
    mutating func freeze(until: Int64) {
        frozenUntil = max(frozenUntil, until)
        // What the vendor refused it may have counted, and its buckets are no fuller than it says.
        _ = ledger.append(PerDimension(all: PacerLedger.Debit(floor: until)), isSettled: true)
    }

    private mutating func recover(at now: Int64) {
        let minutes = (now - cleanSince) / Rate.nanosecondsPerMinute
        guard minutes > 0 else { return }
        cleanSince += minutes * Rate.nanosecondsPerMinute
        share = min(settings.mostShare, share + min(minutes, 1000) * settings.recovery)
        burst = min(settings.burst, max(1, burst) << min(minutes, 30))
    }
}
