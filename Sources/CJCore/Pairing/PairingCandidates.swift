/// Looks for the next comparison among the pairs that are open.
///
/// Items that have been compared least meet each other first, so that everybody takes part in a round before anybody takes
/// part in the next, without a round ever having to end. That costs no precision, and it brings distant items together now and
/// then: where only neighbours meet, a long chain of even pairs says little about how far apart its ends are, and the spread
/// of the scale, and with it the reliability, drifts upwards.
struct PairingCandidates {
    let board: PairingBoard
    let outlook: Outlook
    /// How often the pairs that may be chosen now have been shown.
    let level: Int

    typealias Pair = (first: Int, second: Int)

    /// Pairs that are weighed one by one; above it, only some for each item, so that the work grows with the number of items
    /// and not with its square.
    private static let exhaustiveLimit = 12_000
    /// Above it: open partners next above an item in ability, which tell most, and how far to look for them.
    private static let neighbours = 4
    private static let reach = 24
    /// Above it: partners drawn at random.
    private static let strangers = 1
    /// Random factor that decides between pairs that are as good as equal.
    private static let jitter = 0.001

    /// The pair to judge next; nothing when none is open.
    func best(using generator: inout some RandomNumberGenerator) -> Pair? {
        let everybody = Array(board.items.indices)
        let lowest = board.counts.min() ?? 0
        if lowest > 0, board.groups.count > 1 {
            let bridges = bridges(using: &generator)
            let balanced = bridges.filter { board.staysBalanced($0.first, $0.second) }
            if let best = choose(balanced.isEmpty ? bridges : balanced, using: &generator) { return best }
        }
        let least = everybody.filter { board.counts[$0] == lowest }
        for mustStayBalanced in [true, false] {
            for (pool, partners) in [(least, least), (least, everybody), (everybody, everybody)] {
                var pairs = pairs(of: pool, with: partners, using: &generator)
                if mustStayBalanced { pairs = pairs.filter { board.staysBalanced($0.first, $0.second) } }
                if let best = choose(pairs, using: &generator) { return best }
            }
        }
        return choose(everyPair(), using: &generator)
    }

    /// The items of one of the smallest groups, with everybody outside it.
    private func bridges(using generator: inout some RandomNumberGenerator) -> [Pair] {
        let items = board.items.indices
        let owners = items.map { board.groups.representative(of: $0) }
        let sizes = items.map { board.groups.size(of: $0) }
        guard let smallest = sizes.min() else { return [] }
        let roots = items.filter { owners[$0] == $0 && sizes[$0] == smallest }
        let root = roots[generator.below(roots.count)]
        let members = items.filter { owners[$0] == root }
        let outsiders = items.filter { owners[$0] != root }
        return pairs(of: members, with: outsiders, using: &generator)
    }

    /// Open pairs between two sets of items: all of them, or the likely ones where there are too many.
    private func pairs(
        of pool: [Int], with partners: [Int], using generator: inout some RandomNumberGenerator
    ) -> [Pair] {
        guard pool.count * partners.count > Self.exhaustiveLimit else {
            return pool.flatMap { one in
                partners.compactMap { board.isOpen(one, $0, level: level) ? (one, $0) : nil }
            }
        }
        var order = partners
        generator.shuffle(&order)
        order.sort { outlook.ability(of: $0) < outlook.ability(of: $1) }
        var pairs: [Pair] = []
        for one in pool {
            pairs += neighbours(of: one, in: order).map { (one, $0) }
            for _ in 0..<Self.strangers {
                let other = order[generator.below(order.count)]
                if board.isOpen(one, other, level: level) { pairs.append((one, other)) }
            }
        }
        return pairs
    }

    /// The first open partners from an item's own ability upwards, in an order by ability.
    private func neighbours(of one: Int, in order: [Int]) -> [Int] {
        let ability = outlook.ability(of: one)
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if outlook.ability(of: order[middle]) < ability { low = middle + 1 } else { high = middle }
        }
        return Array(order[low...].prefix(Self.reach).filter { board.isOpen(one, $0, level: level) }.prefix(Self.neighbours))
    }

    private func everyPair() -> [Pair] {
        board.items.indices.flatMap { one in
            (0..<one).compactMap { other in board.isOpen(one, other, level: level) ? (other, one) : nil }
        }
    }

    /// Of the pairs whose items have been compared least, the one that is expected to tell most.
    private func choose(_ pairs: [Pair], using generator: inout some RandomNumberGenerator) -> Pair? {
        guard let least = pairs.map(burden).min() else { return nil }
        var best: Pair?
        var bestGain = -Double.infinity
        for pair in pairs where burden(pair) == least {
            let gain = ExpectedInformation.gain(
                difference: outlook.ability(of: pair.first) - outlook.ability(of: pair.second),
                variance: outlook.variance(pair.first, pair.second))
            let weighed = gain * (1 + Self.jitter * generator.unit())
            if weighed > bestGain {
                bestGain = weighed
                best = pair
            }
        }
        return best
    }

    /// The fewer comparisons of two items, and then the more, as one number to order by.
    private func burden(_ pair: Pair) -> Int {
        let (one, other) = (board.counts[pair.first], board.counts[pair.second])
        return min(one, other) << 32 + max(one, other)
    }
}
