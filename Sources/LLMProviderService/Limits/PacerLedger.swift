/// What was taken of a lane's limits and is not settled yet, in the order in which it was taken.
///
/// Each dimension is a virtual queue that drains at its rate (the generic cell rate algorithm, ITU-T I.371, annex A). What it holds is told
/// by one time: when it will be empty, the theoretical arrival time. That time is folded over the entries anew when one of them changes,
/// so that a request that turns out smaller gives back exactly what it took: not what the time that has passed since gave back already.
struct PacerLedger: Sendable {
    /// What an entry does to one dimension.
    struct Debit: Sendable, Hashable {
        /// When it was taken; nil for a word about the standing alone.
        var at: Int64?
        var cost: Int64 = 0
        /// The vendor's word: the queue is not empty earlier than this.
        var floor: Int64?

        func applied(to arrival: Int64) -> Int64 {
            let queued = at.map { max(arrival, $0) + cost } ?? arrival
            return floor.map { max(queued, $0) } ?? queued
        }
    }

    private struct Entry: Sendable {
        var debits: PerDimension<Debit>
        var isSettled: Bool
    }

    /// When each queue will be empty, in nanoseconds of the lane's clock.
    private(set) var arrivals: PerDimension<Int64>
    /// What the last entry took, as far as is known.
    private(set) var lastCosts = PerDimension<Int64>(all: 0)
    /// As before the first entry.
    private var base: PerDimension<Int64>
    private var entries: [Entry] = []
    /// Settled entries at the head that are in `base`.
    private var folded = 0
    /// The number of the first of `entries`.
    private var firstNumber: UInt64 = 0

    init(now: Int64) {
        base = PerDimension(all: now)
        arrivals = base
    }

    /// Entries that are remembered.
    var count: Int { entries.count - folded }

    /// - Returns: the number to settle it by.
    mutating func append(_ debits: PerDimension<Debit>, isSettled: Bool = false) -> UInt64 {
        let number = firstNumber + UInt64(entries.count)
        arrivals = arrivals.map { debits[$0].applied(to: $1) }
        lastCosts = debits.map { $1.cost }
        if isSettled, count == 0 {
            base = arrivals
        } else {
            entries.append(Entry(debits: debits, isSettled: isSettled))
        }
        return number
    }

    /// Changes what an entry did, once and for all; nothing happens to one that is settled.
    mutating func settle(_ number: UInt64, _ change: (LimitDimension, Debit) -> Debit) {
        guard let index = open(number) else { return }
        alter(index, change)
        entries[index].isSettled = true
        while folded < entries.count, entries[folded].isSettled {
            base = base.map { entries[folded].debits[$0].applied(to: $1) }
            folded += 1
        }
        refold()
        guard folded > 64, folded * 2 > entries.count else { return }
        entries.removeFirst(folded)
        firstNumber += UInt64(folded)
        folded = 0
    }

    /// Lets an entry be taken later than it was; nothing happens to one that is settled.
    mutating func delay(_ number: UInt64, until time: Int64) {
        guard let index = open(number) else { return }
        alter(index) { Debit(at: $1.at.map { max($0, time) }, cost: $1.cost, floor: $1.floor) }
        refold()
    }

    private func open(_ number: UInt64) -> Int? {
        guard number >= firstNumber, number - firstNumber < UInt64(entries.count) else { return nil }
        let index = Int(number - firstNumber)
        return index >= folded && !entries[index].isSettled ? index : nil
    }

    private mutating func alter(_ index: Int, _ change: (LimitDimension, Debit) -> Debit) {
        entries[index].debits = entries[index].debits.map(change)
        if index == entries.count - 1 { lastCosts = entries[index].debits.map { $1.cost } }
    }

    private mutating func refold() {
        arrivals = entries[folded...].reduce(base) { arrivals, entry in arrivals.map { entry.debits[$0].applied(to: $1) } }
    }
}
