/// Looks for the next comparison among the pairs that are open.
///
/// Items that have been compared least meet each other first, so that everybody takes part in a round before anybody takes
/// part in the next, without a round ever having to end. That costs no precision, and it brings distant items together now and
/// then: where only neighbours meet, a long chain of even pairs says little about how far apart its ends are, and the spread
/// of the scale, and with it the reliability, drifts upwards.
///
/// Among few items each pair is chosen in view of all that were chosen before it. Among many, several are chosen at one look, no item in
/// two of them: what one tells of the items of another is next to nothing there.
struct PairingCandidates {
    let board: PairingBoard
    let outlook: Outlook
    /// How often the pairs that may be chosen now have been shown.
    let level: Int
    let order: AbilityOrder

    typealias Pair = (first: Int, second: Int)

    /// Items up to which pairs are chosen one by one.
    private static let fewItems = 108
    /// Above it: of the items that take part in a look, one pair for so many is chosen.
    private static let itemsForEachPair = 8
    /// Pairs that are all weighed; above it, only some for each item, so that the work grows with the number of items and not with its
    /// square.
    private static let exhaustiveLimit = (few: 12_000, many: 3_000)
    /// Above it: open partners next above an item in ability, which tell most, and how far to look for them.
    private static let neighbours = 4
    private static let reach = 24
    /// Above it: partners drawn at random.
    private static let strangers = 1
    /// Random factor that decides between pairs that are as good as equal.
    private static let jitter = 0.001

    private var areMany: Bool { board.items.count > Self.fewItems }

    /// The pairs to judge next, at least one and at most so many, the best first; nothing when none is open.
    func best(_ limit: Int, using generator: inout some RandomNumberGenerator) -> [Pair] {
        let everybody = Array(board.items.indices)
        let lowest = board.counts.min() ?? 0
        if lowest > 0, board.groups.count > 1 {
            let bridges = bridges(using: &generator)
            let balanced = bridges.filter { board.staysBalanced($0.first, $0.second) }
            // The next bridge is another once this one stands.
            let best = choose(1, of: balanced.isEmpty ? bridges : balanced, using: &generator)
            if !best.isEmpty { return best }
        }
        let least = everybody.filter { board.counts[$0] == lowest }
        for mustStayBalanced in [true, false] {
            for (pool, partners) in [(least, least), (least, everybody), (everybody, everybody)] {
                var pairs = pairs(of: pool, with: partners, using: &generator)
                if mustStayBalanced { pairs = pairs.filter { board.staysBalanced($0.first, $0.second) } }
                let share = areMany ? max(1, pool.count / Self.itemsForEachPair) : 1
                let best = choose(min(limit, share), of: pairs, using: &generator)
                if !best.isEmpty { return best }
            }
        }
        return choose(1, of: everyPair(), using: &generator)
    }

    /// The items of one of the smallest groups, with everybody outside it.
    private func bridges(using generator: inout some RandomNumberGenerator) -> [Pair] {
        let items = board.items.indices
        let owners = items.map { board.groups.representative(of: $0) }
        let sizes = items.map { board.groups.size(of: $0) }
        guard let smallest = sizes.min() else { return [] }
        // By their first members: which member stands for a group depends on the order in which it grew.
        var seen: Set<Int> = []
        let roots = items.compactMap { sizes[$0] == smallest && seen.insert(owners[$0]).inserted ? owners[$0] : nil }
        let root = roots[generator.below(roots.count)]
        let members = items.filter { owners[$0] == root }
        let outsiders = items.filter { owners[$0] != root }
        return pairs(of: members, with: outsiders, using: &generator)
    }

    /// Open pairs between two sets of items: all of them, or the likely ones where there are too many.
    private func pairs(
        of pool: [Int], with partners: [Int], using generator: inout some RandomNumberGenerator
    ) -> [Pair] {
        let limit = areMany ? Self.exhaustiveLimit.many : Self.exhaustiveLimit.few
        guard pool.count * partners.count > limit else {
            return pool.flatMap { one in
                partners.compactMap { board.isOpen(one, $0, level: level) ? (one, $0) : nil }
            }
        }
        let others = order.items(among: partners)
        var pairs: [Pair] = []
        for one in pool {
            pairs += neighbours(of: one, in: others).map { (one, $0) }
            for _ in 0..<Self.strangers {
                let other = others[generator.below(others.count)]
                if board.isOpen(one, other, level: level) { pairs.append((one, other)) }
            }
        }
        return pairs
    }

    /// The first open partners from an item's own place upwards, in an order by ability.
    private func neighbours(of one: Int, in others: [Int]) -> [Int] {
        let above = others.partitionPoint { order.isAbove($0, one) }
        var open: [Int] = []
        for other in others[above...].prefix(Self.reach) where board.isOpen(one, other, level: level) {
            open.append(other)
            if open.count == Self.neighbours { break }
        }
        return open
    }

    private func everyPair() -> [Pair] {
        board.items.indices.flatMap { one in
            (0..<one).compactMap { other in board.isOpen(one, other, level: level) ? (other, one) : nil }
        }
    }

    /// Of the pairs whose items have been compared least, those that are expected to tell most, without an item in two of them.
    private func choose(_ limit: Int, of pairs: [Pair], using generator: inout some RandomNumberGenerator) -> [Pair] {
        guard let least = pairs.map(burden).min() else { return [] }
        var weighed: [(pair: Pair, gain: Double)] = []
        for pair in pairs where burden(pair) == least {
            let gain = outlook.gain(pair.first, pair.second)
            weighed.append((pair, gain * (1 + Self.jitter * generator.unit())))
        }
        guard limit > 1 else {
            return weighed.max { $0.gain < $1.gain }.map { [$0.pair] } ?? []
        }
        let order = weighed.indices.sorted { (weighed[$1].gain, $0) < (weighed[$0].gain, $1) }
        var taken: Set<Int> = []
        var best: [Pair] = []
        for index in order where best.count < limit {
            let pair = weighed[index].pair
            guard taken.isDisjoint(with: [pair.first, pair.second]) else { continue }
            taken.formUnion([pair.first, pair.second])
            best.append(pair)
        }
        return best
    }

    /// The fewer comparisons of two items, then the more, and then whether one is an anchor that the other needs, as one number to
    /// order by.
    private func burden(_ pair: Pair) -> Int {
        let (one, other) = (board.counts[pair.first], board.counts[pair.second])
        return min(one, other) << 32 + max(one, other) << 1 + (board.meetsNeededAnchor(pair.first, pair.second) ? 0 : 1)
    }
}
