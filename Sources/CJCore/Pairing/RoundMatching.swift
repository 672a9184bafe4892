/// Matches whoever is left in the current round of a board.
///
/// In order of weight: pairs that join groups that have not met, then those of an anchor with an item that still needs one, then what
/// the strategy prefers. Pairs that cannot be shown in balance (``PairingBoard/staysBalanced(_:_:)``) are taken only when nothing else is
/// left.
struct RoundMatching<Generator: RandomNumberGenerator> {
    let board: PairingBoard
    /// What a strategy gives for a pair, at most a few units.
    let weight: (Int, Int, inout Generator) -> Double

    typealias Pair = (first: Int, second: Int)

    /// Items up to which every pair of a round is weighed; above it, for each item, so many partners that follow it in a random order.
    private let exhaustiveLimit = 128
    private let partnersWeighed = 12
    /// Weights of joining two groups and of meeting an anchor.
    private let bridge = 100.0
    private let anchor = 10.0

    /// The pairs of the rest of the round, the weightiest first; empty when no pair is open.
    func pairs(using generator: inout Generator) -> [Pair] {
        guard let level = board.level, let lowest = board.counts.min() else { return [] }
        var pool = board.items.indices.filter { board.counts[$0] == lowest }
        generator.shuffle(&pool)
        var pairs: [Pair] = []
        var partner: [Int: Int] = [:]
        for pair in weighed(pool, level: level, using: &generator) where partner[pair.first] == nil && partner[pair.second] == nil
        {
            (partner[pair.first], partner[pair.second]) = (pair.second, pair.first)
            pairs.append(pair)
        }
        var left = pool.filter { partner[$0] == nil }
        for mustStayBalanced in [true, false] {
            left = settle(left, into: &pairs) {
                board.isOpen($0, $1, level: level) && (!mustStayBalanced || board.staysBalanced($0, $1))
            }
        }
        return pairs + withOthers(left, pool: pool, level: level, using: &generator)
    }

    /// Balanced open pairs of a pool, by weight.
    private func weighed(_ pool: [Int], level: Int, using generator: inout Generator) -> [Pair] {
        var weighed: [(pair: Pair, weight: Double)] = []
        let steps = pool.count <= exhaustiveLimit ? pool.count - 1 : partnersWeighed
        for (place, one) in pool.enumerated() {
            for step in 1..<max(1, steps + 1) {
                let next = place + step
                guard pool.count > exhaustiveLimit || next < pool.count else { break }
                let other = pool[next % pool.count]
                guard board.isOpen(one, other, level: level), board.staysBalanced(one, other) else { continue }
                weighed.append(((one, other), total(one, other, using: &generator)))
            }
        }
        let order = weighed.indices.sorted { (weighed[$1].weight, $0) < (weighed[$0].weight, $1) }
        return order.map { weighed[$0].pair }
    }

    private func total(_ one: Int, _ other: Int, using generator: inout Generator) -> Double {
        var total = weight(one, other, &generator)
        if board.groups.count > 1, board.groups.representative(of: one) != board.groups.representative(of: other) {
            total += bridge
        }
        if board.meetsNeededAnchor(one, other) { total += anchor }
        return total
    }

    /// Pairs items that are left, taking pairs apart where they have met each other.
    ///
    /// - Returns: whoever is still left.
    private func settle(_ left: [Int], into pairs: inout [Pair], isGood: (Int, Int) -> Bool) -> [Int] {
        var waiting: [Int] = []
        for one in left {
            if let place = waiting.firstIndex(where: { isGood(one, $0) }) {
                pairs.append((one, waiting.remove(at: place)))
            } else {
                waiting.append(one)
            }
        }
        var place = 1
        while place < waiting.count {
            let (one, other) = (waiting[place - 1], waiting[place])
            if let index = pairs.firstIndex(where: { isGood(one, $0.first) && isGood(other, $0.second) }) {
                let taken = pairs[index]
                pairs[index] = (one, taken.first)
                pairs.append((other, taken.second))
                waiting.removeSubrange((place - 1)...place)
            } else if let index = pairs.firstIndex(where: { isGood(one, $0.second) && isGood(other, $0.first) }) {
                let taken = pairs[index]
                pairs[index] = (one, taken.second)
                pairs.append((other, taken.first))
                waiting.removeSubrange((place - 1)...place)
            } else {
                place += 1
            }
        }
        return waiting
    }

    /// Pairs of whoever finds nobody in the round with somebody outside it, who has been compared least.
    private func withOthers(_ left: [Int], pool: [Int], level: Int, using generator: inout Generator) -> [Pair] {
        var pairs: [Pair] = []
        var free = Set(board.items.indices).subtracting(pool).sorted()
        generator.shuffle(&free)
        free.sort { board.counts[$0] < board.counts[$1] }
        for one in left {
            let open = free.filter { board.isOpen(one, $0, level: level) }
            guard let other = open.first(where: { board.staysBalanced(one, $0) }) ?? open.first else { continue }
            free.removeAll { $0 == other }
            pairs.append((one, other))
        }
        if pairs.isEmpty, left.count == pool.count {
            // Nobody of the round may meet anybody any more: whoever else may, does.
            let rest = board.items.indices.filter { !pool.contains($0) }
            for one in rest {
                if let other = rest.first(where: { board.isOpen(one, $0, level: level) }) { return [(one, other)] }
            }
        }
        return pairs
    }
}
