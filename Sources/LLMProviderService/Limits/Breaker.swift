/// Stops a lane whose vendor fails or takes nothing, lets one request at a time find out whether that is over, and lets it go on then.
///
/// A circuit breaker (Nygard, *Release It!*, 2007, chapter 5). It opens when half of the last calls have failed for reasons of the vendor's,
/// or at the first refusal that holds for the whole lane. What is sent while it is open is a probe. Calls that were under way when it
/// opened tell nothing of the time since.
///
/// Each process has breakers of its own where each sends for itself, so that as many probes go out as there are processes. Where one sends
/// at a time, the next one goes on with what is on record.
struct Breaker: Sendable {
    struct Settings: Sendable, Hashable {
        /// Failures that open it, at least, and half of the calls that are remembered.
        var leastFailures = 5
        /// Requests that these are failures of, at least: one alone may fail for what stands in it.
        var leastRequests = 2
        /// Calls that are remembered, and for how long in nanoseconds.
        var window = 20
        var memory: Int64 = 5 * Rate.nanosecondsPerMinute
        /// How long it is open after failures, in nanoseconds; the pause doubles with each probe that fails.
        var firstPause: Int64 = 5_000_000_000
        var longestPause: Int64 = 60_000_000_000
        /// Whether it opens after failures only where the vendor has answered before: else its address is more likely wrong than it away.
        var needsProof = false
        /// How long it is open after a refusal that somebody has to put right, in nanoseconds.
        var probeInterval: Int64 = 15 * Rate.nanosecondsPerMinute
    }

    /// Why nothing is sent.
    enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The vendor fails: 5xx, 529, no answer in time, no connection.
        case unavailable
        /// The account may not spend more in this lane.
        case spent
        /// The account is not let in: its key is refused, or its bill is not paid.
        case barred
    }

    enum State: String, Sendable, Hashable, CaseIterable {
        case closed
        case open
        /// A request is finding out.
        case halfOpen = "half-open"
    }

    /// What the end of a call tells of the vendor.
    enum Sign: Sendable, Hashable {
        /// It answered, be it to refuse this one request.
        case works
        case fails
        case refuses(Reason)
    }

    private struct Standstill {
        var reason: Reason
        var since: Int64
        var until: Int64
        var isProbed = false
    }

    private struct Call {
        let at: Int64
        /// The request that failed; nil for one that did not.
        let failed: String?
    }

    let settings: Settings
    private var standstill: Standstill?
    private var calls: [Call] = []
    private var hasWorked = false
    /// Times in a row that it has opened because the vendor failed.
    private var openings = 0

    init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Nil while it is closed.
    var reason: Reason? { standstill?.reason }
    /// Nothing is sent before; nil while it is closed.
    var openUntil: Int64? { standstill?.until }

    var state: State {
        guard let standstill else { return .closed }
        return standstill.isProbed ? .halfOpen : .open
    }

    /// Notes that a request has been sent.
    mutating func sent() {
        standstill?.isProbed = true
    }

    /// Notes how a call ended.
    ///
    /// - Parameter request: whose call it was.
    /// - Returns: whether the end is held against the lane alone: the request has to wait, and is none the worse for it.
    mutating func note(_ sign: Sign, of request: String, sentAt: Int64, at now: Int64) -> Bool {
        if let standstill, sentAt < standstill.since { return sign != .works }
        switch sign {
        case .works:
            hasWorked = true
            if standstill != nil { close() }
            remember(Call(at: now, failed: nil))
            return false
        case .refuses(let reason):
            open(reason, at: now, until: now + settings.probeInterval)
            return false
        case .fails:
            remember(Call(at: now, failed: request))
            guard standstill != nil || (isFailing && (hasWorked || !settings.needsProof)) else { return false }
            open(.unavailable, at: now, until: now + pause)
            openings += 1
            return true
        }
    }

    /// Opens it because of what is known from elsewhere.
    mutating func open(_ reason: Reason, at now: Int64, until: Int64) {
        standstill = Standstill(reason: reason, since: now, until: until)
    }

    private mutating func close() {
        standstill = nil
        calls = []
        openings = 0
    }

    private mutating func remember(_ call: Call) {
        calls.append(call)
        calls = calls.suffix(settings.window).filter { call.at - $0.at <= settings.memory }
    }

    private var isFailing: Bool {
        let failures = calls.compactMap(\.failed)
        return failures.count >= settings.leastFailures && failures.count * 2 >= calls.count
            && Set(failures).count >= settings.leastRequests
    }

    private var pause: Int64 {
        min(settings.firstPause << min(openings, 16), settings.longestPause)
    }
}
