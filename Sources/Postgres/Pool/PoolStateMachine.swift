/// Decides which waiter gets which connection, and when connections are made and closed.
///
/// Waiters are served in the order in which they came. While attempts to connect fail, one at a time is made, with growing delays.
struct PoolStateMachine {
    typealias Waiter = Int
    typealias ConnectionNumber = Int
    typealias Instant = ContinuousClock.Instant

    enum Refusal: Hashable { case tooManyWaiters, poolClosed }

    enum Action: Hashable {
        case connect(ConnectionNumber)
        case lease(ConnectionNumber, to: Waiter, idleFor: Duration)
        case refuse(Waiter, Refusal)
        /// The server will not have us: everyone who waits is told.
        case failAll([Waiter])
        case close(ConnectionNumber)
        case wakeUp(after: Duration)
        /// The pool has been closed and its last connection has come back.
        case closed
    }

    private enum State: Hashable { case connecting, idle(since: Instant), leased }

    private struct Entry {
        var state: State
        /// Nil until the connection stands.
        var expiry: Instant?

        func isFresh(at now: Instant) -> Bool { expiry.map { $0 > now } ?? false }
    }

    let size: Int
    let maxWaiters: Int
    let reconnectDelay: ClosedRange<Duration>
    private var entries: [ConnectionNumber: Entry] = [:]
    /// Most recently used last, so that the rest may stay idle.
    private var idle: [ConnectionNumber] = []
    private var waiting: Set<Waiter> = []
    /// In order of arrival; those not in `waiting` any more are skipped.
    private var queue: ArraySlice<Waiter> = []
    private var lastNumber = 0
    /// Rounds of attempts that failed since there was a connection: those under way at the same time fail together, and count as one.
    private var failuresInARow = 0
    private var isDelaying = false
    private(set) var isClosing = false

    init(size: Int, maxWaiters: Int, reconnectDelay: ClosedRange<Duration>) {
        precondition(size >= 1, "a pool holds at least one connection")
        self.size = size
        self.maxWaiters = maxWaiters
        self.reconnectDelay = reconnectDelay
    }

    var connectionCount: Int { entries.count }
    var idleCount: Int { idle.count }
    var waiterCount: Int { waiting.count }
    /// Places in the queue, those of waiters who gave up included: at most twice as many as may wait.
    var queueLength: Int { queue.count }

    /// True while a caller holds the connection.
    func isLeased(_ number: ConnectionNumber) -> Bool { entries[number]?.state == .leased }

    // MARK: Callers

    mutating func acquire(_ waiter: Waiter, now: Instant) -> [Action] {
        guard !isClosing else { return [.refuse(waiter, .poolClosed)] }
        var actions: [Action] = []
        while waiting.isEmpty, let number = idle.popLast() {
            guard let entry = entries[number], case .idle(let since) = entry.state else { continue }
            guard entry.isFresh(at: now) else {
                entries[number] = nil
                actions.append(.close(number))
                continue
            }
            entries[number]?.state = .leased
            return actions + [.lease(number, to: waiter, idleFor: since.duration(to: now))]
        }
        guard waiting.count < maxWaiters else { return actions + [.refuse(waiter, .tooManyWaiters)] }
        waiting.insert(waiter)
        queue.append(waiter)
        // Those who gave up keep their places until they are reached, which takes for ever while no connection can be made.
        if queue.count > 2 * maxWaiters { queue = ArraySlice(queue.filter { waiting.contains($0) }) }
        return actions + connectAsNeeded()
    }

    /// The waiter's time was up, or its task was cancelled.
    mutating func giveUp(_ waiter: Waiter) {
        waiting.remove(waiter)
        if waiting.isEmpty { queue = [] }
    }

    mutating func release(_ number: ConnectionNumber, isUsable: Bool, now: Instant) -> [Action] {
        guard let entry = entries[number], entry.state == .leased else { return [] }
        guard isUsable, !isClosing, entry.isFresh(at: now) else {
            entries[number] = nil
            return [.close(number)] + connectAsNeeded() + closedIfEmpty()
        }
        return offer(number, now: now)
    }

    // MARK: Connections

    /// - Parameter lifetime: the age at which this connection is to be replaced.
    mutating func connected(_ number: ConnectionNumber, lifetime: Duration, now: Instant) -> [Action] {
        failuresInARow = 0
        guard !isClosing else {
            entries[number] = nil
            return [.close(number)] + closedIfEmpty()
        }
        entries[number]?.expiry = now + lifetime
        return offer(number, now: now) + connectAsNeeded()
    }

    /// - Parameters:
    ///   - isPermanent: true when waiting would not help, as the server refused the user or database.
    ///   - jitter: a random number from 0 to 1.
    mutating func connectFailed(_ number: ConnectionNumber, isPermanent: Bool, jitter: Double) -> [Action] {
        entries[number] = nil
        guard !isClosing else { return closedIfEmpty() }
        var actions: [Action] = []
        if isPermanent {
            actions.append(.failAll(queue.filter { waiting.contains($0) }))
            waiting = []
            queue = []
        }
        guard !isDelaying else { return actions }
        isDelaying = true
        failuresInARow += 1
        // At most 2^20 times the shortest delay, far above the longest.
        let full = min(reconnectDelay.upperBound, reconnectDelay.lowerBound * (1 << min(failuresInARow - 1, 20)))
        return actions + [.wakeUp(after: full * (0.5 + jitter / 2))]
    }

    /// The delay asked for with `wakeUp` has passed.
    mutating func delayEnded() -> [Action] {
        isDelaying = false
        return connectAsNeeded()
    }

    /// A connection nobody was using ended by itself.
    mutating func ended(_ number: ConnectionNumber) -> [Action] {
        guard let entry = entries[number], case .idle = entry.state else { return [] }
        entries[number] = nil
        idle.removeAll { $0 == number }
        return connectAsNeeded() + closedIfEmpty()
    }

    /// Refuses everyone, closes what is idle; what is leased is closed when it comes back.
    mutating func close() -> [Action] {
        guard !isClosing else { return [] }
        isClosing = true
        let refusals = queue.filter { waiting.contains($0) }.map { Action.refuse($0, .poolClosed) }
        waiting = []
        queue = []
        let closes = idle.map { Action.close($0) }
        for number in idle { entries[number] = nil }
        idle = []
        return refusals + closes + closedIfEmpty()
    }

    // MARK: Private

    /// Gives a usable connection to the first waiter, or keeps it.
    private mutating func offer(_ number: ConnectionNumber, now: Instant) -> [Action] {
        while let waiter = queue.popFirst() {
            guard waiting.remove(waiter) != nil else { continue }
            entries[number]?.state = .leased
            return [.lease(number, to: waiter, idleFor: .zero)]
        }
        entries[number]?.state = .idle(since: now)
        idle.append(number)
        return []
    }

    private mutating func connectAsNeeded() -> [Action] {
        guard !isClosing, !isDelaying else { return [] }
        var connecting = entries.values.count { $0.state == .connecting }
        let wanted = failuresInARow > 0 ? min(1, waiting.count) : waiting.count
        var actions: [Action] = []
        while connecting < wanted, entries.count < size {
            lastNumber += 1
            entries[lastNumber] = Entry(state: .connecting, expiry: nil)
            actions.append(.connect(lastNumber))
            connecting += 1
        }
        return actions
    }

    private func closedIfEmpty() -> [Action] {
        isClosing && entries.isEmpty ? [.closed] : []
    }
}
