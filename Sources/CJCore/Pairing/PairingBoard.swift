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

    private var meetings: Meetings
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
        meetings = Meetings(itemCount: sorted.count)
        maximumPerPair = maximumJudgementsPerPair
        inFlight = state.inFlight.compactMap(seats)
        excluded = Set(
            state.excluded.compactMap { pair in
                guard let lower = index[pair.lower], let upper = index[pair.upper] else { return nil }
                return lower * sorted.count + upper
            })
        tally = [sorted.count * (sorted.count - 1) / 2 - excluded.count]
        let judged = state.judged.compactMap(seats)
        // The board is the same whatever the order in which they are counted; ascending pairs are counted in the least time.
        let keys = judged.map { key($0.first, $0.second) }
        for place in RadixSort.order(of: keys, maximum: sorted.count * sorted.count) { record(judged[Int(place)]) }
        for seats in inFlight { record(seats) }
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
        one != other && meetings[one, other].total == level && !excluded.contains(key(one, other))
    }

    /// Whether one of two items is an anchor and the other has met too few of them.
    func meetsNeededAnchor(_ one: Int, _ other: Int) -> Bool {
        guard isAnchor[one] != isAnchor[other] else { return false }
        return anchorsMet[isAnchor[one] ? other : one] < Self.anchorsNeeded
    }

    /// Pairs that have been judged once, in the order in which they have not, by place.
    var swapCandidates: [Seats] {
        let waiting = Set(inFlight.map { key($0.first, $0.second) })
        var candidates: [Seats] = []
        meetings.forEach { lower, upper, count in
            let key = key(lower, upper)
            guard count.total == 1, !excluded.contains(key), !waiting.contains(key) else { return }
            candidates.append(
                count.lowerFirst == 1 ? Seats(first: upper, second: lower) : Seats(first: lower, second: upper))
        }
        return candidates
    }

    /// Whether a pair can be shown in balance. One that was shown more often in one order counts as such, for it is shown in the other.
    func staysBalanced(_ one: Int, _ other: Int) -> Bool {
        let count = meetings[one, other]
        if count.lowerFirst != count.upperFirst { return true }
        return isBalanced(first: one, second: other) || isBalanced(first: other, second: one)
    }

    /// The order in which to show a pair.
    func seated(_ one: Int, _ other: Int, using generator: inout some RandomNumberGenerator) -> Seats {
        let (lower, upper) = (min(one, other), max(one, other))
        let count = meetings[one, other]
        var preference = count.upperFirst - count.lowerFirst
        if preference == 0 {
            let lowerFirst = (skews[lower] + 1).magnitude + (skews[upper] - 1).magnitude
            let upperFirst = (skews[lower] - 1).magnitude + (skews[upper] + 1).magnitude
            preference = Int(upperFirst) - Int(lowerFirst)
        }
        if preference == 0 { preference = generator.below(2) == 0 ? 1 : -1 }
        return preference > 0 ? Seats(first: lower, second: upper) : Seats(first: upper, second: lower)
    }

    /// Counts a comparison in.
    mutating func record(_ seats: Seats) {
        let (first, second) = (seats.first, seats.second)
        let before = meetings.add(first: first, second: second)
        total += 1
        if before > 0 {
            repeats += 1
            repeatsByItem[first] += 1
            repeatsByItem[second] += 1
        } else {
            if isAnchor[first] { anchorsMet[second] += 1 }
            if isAnchor[second] { anchorsMet[first] += 1 }
        }
        counts[first] += 1
        counts[second] += 1
        skews[first] += 1
        skews[second] -= 1
        groups.join(first, second)
        guard !excluded.contains(key(first, second)) else { return }
        if tally.count == before + 1 { tally.append(0) }
        tally[before] -= 1
        tally[before + 1] += 1
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

    /// Whether two items shown in this order would have as many first as second places, but for one, or come closer to that.
    func isBalanced(first: Int, second: Int) -> Bool {
        // In first place an item's skew rises, which is well where it is below zero, and in second place it falls.
        skews[first] <= 0 && skews[second] >= 0
    }

    private func key(_ one: Int, _ other: Int) -> Int {
        min(one, other) * items.count + max(one, other)
    }
}
