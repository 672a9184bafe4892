/// Who has met whom how often and in which order, by place instead of name; moves on with every comparison that is chosen.
///
/// Three rules hold for every strategy. A pair is repeated only when no pair that has been judged less often is left, but for audits.
/// A repeated pair is shown in the order in which it has been shown less often. Otherwise the order is the one that keeps
/// both items' numbers of appearances in first and in second place together, with a coin for ties.
struct PairingBoard {
    /// Places and order of a comparison.
    struct Seats: Hashable {
        let first: Int
        let second: Int
    }

    /// How often a pair was shown in either order, by place.
    private struct Showings {
        var lowerFirst = 0
        var upperFirst = 0
        var total: Int { lowerFirst + upperFirst }
    }

    /// In ascending order of their names.
    let items: [Item.ID]
    /// Comparisons of each item.
    private(set) var counts: [Int]
    /// Appearances in first place minus those in second.
    private(set) var skews: [Int]
    private(set) var groups: Groups
    /// Comparisons in flight, in the order given.
    let inFlight: [Seats]

    let maximumPerPair: Int
    /// Comparisons in all, and how many of them repeat a pair.
    private(set) var total = 0
    private(set) var repeats = 0
    /// Repeats that each item has taken part in.
    private(set) var repeatsByItem: [Int]
    /// Whether an item is an anchor, and how many anchors each item has met.
    private let isAnchor: [Bool]
    private var anchorsMet: [Int]
    /// Anchors that every other item is to meet early.
    private static let anchorsNeeded = 2

    private var showings: [Int: Showings] = [:]
    private let excluded: Set<Int>
    private let index: [Item.ID: Int]
    /// Number of pairs that may be chosen, by how often they have been shown.
    private var tally: [Int]

    /// Sets up the board from a state.
    init(state: PairingState, maximumJudgementsPerPair: Int) {
        precondition(maximumJudgementsPerPair > 0, "a pair must be allowed at least one judgement")
        let sorted = Set(state.items).sorted()
        let index = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        func seats(_ comparison: Comparison) -> Seats? { Self.seats(of: comparison, index: index) }
        self.index = index
        items = sorted
        counts = Array(repeating: 0, count: sorted.count)
        skews = counts
        repeatsByItem = counts
        anchorsMet = counts
        isAnchor = sorted.map { state.anchors.contains($0) }
        groups = Groups(count: sorted.count)
        maximumPerPair = maximumJudgementsPerPair
        inFlight = state.inFlight.compactMap(seats)
        excluded = Set(
            state.excluded.compactMap { pair in
                guard let lower = index[pair.lower], let upper = index[pair.upper] else { return nil }
                return lower * sorted.count + upper
            })
        tally = [sorted.count * (sorted.count - 1) / 2 - excluded.count]
        for (comparison, count) in state.judged {
            if let seats = seats(comparison) { record(seats, times: count) }
        }
        for seats in inFlight { record(seats, times: 1) }
    }

    /// The smallest number of showings among the pairs that may still be chosen; nothing when there are none.
    var level: Int? {
        tally.prefix(maximumPerPair).firstIndex { $0 > 0 }
    }

    /// Comparisons that may still be started.
    var comparisonsLeft: Int {
        tally.prefix(maximumPerPair).enumerated().reduce(0) { $0 + $1.element * (maximumPerPair - $1.offset) }
    }

    /// Whether a pair may be chosen while the smallest number of showings is `level`.
    func isOpen(_ one: Int, _ other: Int, level: Int) -> Bool {
        guard one != other else { return false }
        let key = key(one, other)
        return (showings[key]?.total ?? 0) == level && !excluded.contains(key)
    }

    /// Whether one of two items is an anchor and the other has met too few of them.
    func meetsNeededAnchor(_ one: Int, _ other: Int) -> Bool {
        guard isAnchor[one] != isAnchor[other] else { return false }
        return anchorsMet[isAnchor[one] ? other : one] < Self.anchorsNeeded
    }

    /// Pairs that have been judged once, in the order in which they have not, by place.
    var swapCandidates: [Seats] {
        let waiting = Set(inFlight.map { key($0.first, $0.second) })
        // Sorted, because a dictionary's order differs from run to run.
        return showings.filter { $0.value.total == 1 && !excluded.contains($0.key) && !waiting.contains($0.key) }.keys.sorted()
            .map { key in
                let (lower, upper) = (key / items.count, key % items.count)
                return showings[key]?.lowerFirst == 1 ? Seats(first: upper, second: lower) : Seats(first: lower, second: upper)
            }
    }

    /// Whether a pair can be shown so that neither item's places drift further apart than by one.
    func staysBalanced(_ one: Int, _ other: Int) -> Bool {
        if let showings = showings[key(one, other)], showings.lowerFirst != showings.upperFirst { return true }
        return min(drift(first: one, second: other), drift(first: other, second: one)) <= 1
    }

    /// The order in which to show a pair.
    func seated(_ one: Int, _ other: Int, using generator: inout some RandomNumberGenerator) -> Seats {
        let (lower, upper) = (min(one, other), max(one, other))
        let showings = showings[key(one, other)] ?? Showings()
        var preference = showings.upperFirst - showings.lowerFirst
        if preference == 0 {
            let lowerFirst = (skews[lower] + 1).magnitude + (skews[upper] - 1).magnitude
            let upperFirst = (skews[lower] - 1).magnitude + (skews[upper] + 1).magnitude
            preference = Int(upperFirst) - Int(lowerFirst)
        }
        if preference == 0 { preference = generator.below(2) == 0 ? 1 : -1 }
        return preference > 0 ? Seats(first: lower, second: upper) : Seats(first: upper, second: lower)
    }

    /// Counts a comparison in.
    mutating func record(_ seats: Seats, times: Int) {
        guard times > 0 else { return }
        let key = key(seats.first, seats.second)
        var showings = showings[key] ?? Showings()
        let before = showings.total
        let repeated = before > 0 ? times : times - 1
        total += times
        repeats += repeated
        repeatsByItem[seats.first] += repeated
        repeatsByItem[seats.second] += repeated
        if isAnchor[seats.first], before == 0 { anchorsMet[seats.second] += 1 }
        if isAnchor[seats.second], before == 0 { anchorsMet[seats.first] += 1 }
        if seats.first < seats.second { showings.lowerFirst += times } else { showings.upperFirst += times }
        self.showings[key] = showings
        counts[seats.first] += times
        counts[seats.second] += times
        skews[seats.first] += times
        skews[seats.second] -= times
        groups.join(seats.first, seats.second)
        guard !excluded.contains(key) else { return }
        if tally.count <= showings.total { tally += Array(repeating: 0, count: showings.total + 1 - tally.count) }
        tally[before] -= 1
        tally[showings.total] += 1
    }

    /// Places and order of a comparison; nothing where an item is not on the board.
    func seats(of comparison: Comparison) -> Seats? { Self.seats(of: comparison, index: index) }

    private static func seats(of comparison: Comparison, index: [Item.ID: Int]) -> Seats? {
        guard let first = index[comparison.first], let second = index[comparison.second] else { return nil }
        return Seats(first: first, second: second)
    }

    /// The comparison by name.
    func comparison(of seats: Seats) -> Comparison {
        Comparison(distinct: items[seats.first], items[seats.second])
    }

    /// How far apart an item's first and second places would be at most, were two items shown in this order.
    func drift(first: Int, second: Int) -> Int {
        Int(max((skews[first] + 1).magnitude, (skews[second] - 1).magnitude))
    }

    private func key(_ one: Int, _ other: Int) -> Int {
        min(one, other) * items.count + max(one, other)
    }
}
